import type { ConnectException } from '../data/errors.ts'

/** Every answer that is not a success, in one table: HTTP status and the JVM's text. `%s` takes arguments. */
const HERDER_ERRORS = {
  CONNECTOR_NOT_FOUND: { status: 404, java: 'Connector %s not found' },
  UNKNOWN_CONNECTOR: { status: 404, java: 'Unknown connector: %s' },
  UNKNOWN_CONNECTOR_STATE: { status: 404, java: 'Unknown connector %s' },
  /** Of standalone mode, where the JVM goes on after this text and ends with another. */
  NOTHING_TO_RESTART: { status: 404, java: 'Connector %s not found' },
  NO_TASKS_TO_RESTART: { status: 404, java: 'Connector %s not found' },
  NOTHING_TO_STOP: { status: 404, java: 'Unknown connector %s' },
  NO_STATUS: { status: 404, java: 'No status found for connector %s' },
  NO_STATUS_TO_RESTART: { status: 404, java: 'Status for connector %s not found' },
  NO_TASK_STATUS: { status: 404, java: 'No status found for task %s' },
  TASK_NOT_FOUND: { status: 404, java: 'Task %s not found' },
  UNKNOWN_TASK: { status: 404, java: 'Unknown task: %s' },
  /** Two workers have each held the other for the one that has to answer. */
  CONFLICTING_OPERATION: {
    status: 409,
    java: 'Cannot complete request because of a conflicting operation (e.g. worker rebalance)',
  },
  STALE_CONFIG: {
    status: 409,
    java: 'Cannot complete request momentarily due to stale configuration (typically caused by a concurrent config change)',
  },
  /** Nobody runs it: it is configured, and its connector is stopped or has just been changed. */
  NOT_ASSIGNED: {
    status: 409,
    java: 'Cannot complete request momentarily due to no known leader URL, likely because a rebalance was underway.',
    hint: 'The tasks of a stopped connector run nowhere: resume it first.',
  },
  CONNECTOR_EXISTS: {
    status: 409,
    java: 'Connector %s already exists',
    hint: 'PUT /connectors/%s/config replaces it.',
  },
  UNKNOWN_PLUGIN: { status: 404, java: 'Unknown plugin %s.' },
  BAD_REQUEST: { status: 400, java: '%s' },
  /** What a client wrote into a configuration and validation of the JVM stumbles over. */
  INVALID_CONFIG: { status: 400, java: '%s' },
  NO_PLUGIN: { status: 400, java: 'Instantiation error' },
  LOGGER_NOT_FOUND: { status: 404, java: 'Logger %s not found.' },
  NO_LOG_LEVEL: {
    status: 404,
    java: "invalid log level '%s'.",
    hint: 'Levels are OFF, FATAL, ERROR, WARN, INFO, DEBUG, TRACE and ALL.',
  },
  NO_SESSION_KEY: {
    status: 503,
    java: 'This worker is still starting up and has not been able to read a session key from the config topic yet',
  },
  FORBIDDEN: { status: 403, java: '%s' },
  INTERNAL: { status: 500, java: '%s' },
  CONNECTOR_START_FAILED: {
    status: 500,
    java: 'Failed to start connector: %s',
    hint: 'The status of the connector shows the reason.',
  },
  TASK_START_FAILED: {
    status: 500,
    java: 'Failed to start task: %s',
    hint: 'The status of the task shows the reason.',
  },
  /** Of one worker on its own. */
  NOT_STANDALONE: { status: 500, java: 'Kafka Connect in standalone mode does not support %s.' },
  NO_GROUP: {
    status: 400,
    java: 'This worker is a standalone worker: it has no group to leave, and none whose work it could take over.',
    hint: 'Stop it with SIGTERM; its connectors are in the files that it was started with.',
  },
  /** Nobody reads this answer. */
  ABANDONED: { status: 400, java: 'The client has gone before anything was written' },
  SHUTTING_DOWN: { status: 500, java: 'Worker is shutting down' },
  TIMED_OUT: { status: 500, java: 'Request timed out. The worker is currently %s, which began at %s.' },
} satisfies Record<string, { status: number; java: string; hint?: string }>

export type HerderErrorCode = keyof typeof HERDER_ERRORS

/** An answer to whoever asked the herder; the text is the JVM's, filled with `args`. Java: ConnectRestException and its kin */
export class HerderError extends Error {
  readonly status: number
  #hint: string | undefined
  constructor(
    readonly code: HerderErrorCode,
    ...args: string[]
  ) {
    const entry: { status: number; java: string; hint?: string } = HERDER_ERRORS[code]
    super(fill(entry.java, args))
    this.name = 'HerderError'
    this.status = entry.status
    this.#hint = entry.hint && fill(entry.hint, args)
  }

  /** Text and way out of what has gone wrong below. */
  static because(
    code: 'BAD_REQUEST' | 'INVALID_CONFIG' | 'INTERNAL',
    { message, hint }: ConnectException,
  ): HerderError {
    return new HerderError(code, message).withHint(hint)
  }

  /** Replaces the hint of the table, where there is something better to say. */
  withHint(hint: string | undefined): this {
    this.#hint = hint ?? this.#hint
    return this
  }

  /** What to do about it, where that is known. */
  get hint(): string | undefined {
    return this.#hint
  }
}

/** A configuration is refused for nothing but what this worker lacks: another worker of the group may have it. */
export class LacksPluginError extends HerderError {}

/** This worker must not join its group (`bunnect.join.unsupported=fail`). The text is a report of several lines. Ours. */
export class JoinRefusedError extends Error {
  constructor(group: string, report: string) {
    super(
      `This worker does not join the group ${group}, and nothing has changed there: ${report}\n` +
        'Put what is missing on plugin.path, or set bunnect.join.unsupported=allow: then this worker joins, and a ' +
        'bunnect leader leaves these connectors to workers that can run them.',
    )
    this.name = 'JoinRefusedError'
  }
}

/** Another worker has to do it. Java: NotLeaderException, NotAssignedException */
export class ElsewhereError extends Error {
  /** `url`: advertised by that worker, with a trailing slash; null when nobody knows who it is. */
  constructor(readonly url: string | null) {
    super(`It is for ${url ?? 'a worker that is not known yet'}`)
    this.name = 'ElsewhereError'
  }
}

function fill(text: string, args: string[]): string {
  let i = 0
  return text.replaceAll('%s', () => args[i++] ?? '')
}
