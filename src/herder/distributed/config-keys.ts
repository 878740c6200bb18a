/** Keys of the config topic's records. Java: org.apache.kafka.connect.storage.KafkaConfigBackingStore */
import { parseInteger } from '../../config/parse.ts'
import type { TaskId } from '../../worker/status.ts'

export type ConfigKey =
  | { kind: 'target-state' | 'connector' | 'commit' | 'restart' | 'task-count'; connector: string }
  | { kind: 'task'; id: TaskId }
  | { kind: 'session-key' }
  | { kind: 'logger'; namespace: string }
  /** Of a later version of Connect, or somebody else's. */
  | { kind: 'unknown' }
  | { kind: 'bad-task' }

export const SESSION_KEY = 'session-key'
const LOGGER = 'logger-cluster-'
const TASK = 'task-'
const PREFIXES = {
  'target-state': 'target-state-',
  connector: 'connector-',
  commit: 'commit-',
  restart: 'restart-connector-',
  'task-count': 'tasks-fencing-',
} as const

/** The key of a record about a connector. */
export function configKey(kind: keyof typeof PREFIXES, connector: string): string {
  return PREFIXES[kind] + connector
}

export function taskKey({ connector, task }: TaskId): string {
  return `${TASK}${connector}-${task}`
}

export function loggerKey(namespace: string): string {
  return LOGGER + namespace
}

/** No prefix begins another one: their order does not matter. */
export function parseConfigKey(key: string): ConfigKey {
  for (const kind of Object.keys(PREFIXES) as (keyof typeof PREFIXES)[]) {
    if (key.startsWith(PREFIXES[kind])) return { kind, connector: key.slice(PREFIXES[kind].length) }
  }
  if (key.startsWith(TASK)) {
    const id = taskIdAfter(key, 1)
    return id ? { kind: 'task', id } : { kind: 'bad-task' }
  }
  if (key === SESSION_KEY) return { kind: 'session-key' }
  return key.startsWith(LOGGER)
    ? { kind: 'logger', namespace: key.slice(LOGGER.length) }
    : { kind: 'unknown' }
}

/**
 * The task of a key such as `task-my-connector-0`, whose first `words` words between dashes say what it is. Java's
 * `split` forgets empty words at the end, and `parseInt` takes `007` and `+3`.
 */
export function taskIdAfter(key: string, words: number): TaskId | null {
  const parts = key.split('-')
  while (parts.at(-1) === '') parts.pop()
  if (parts.length < words + 2) return null
  const task = parseInteger(parts.at(-1)!, 32)
  return task === null ? null : { connector: parts.slice(words, -1).join('-'), task: Number(task) }
}
