/**
 * Connect's exception family. `javaClass` is what traces, dead letter queue headers and REST answers show;
 * `hint` is ours: what the person who reads the error should do. Java: org.apache.kafka.connect.errors.*
 */
export class ConnectException extends Error {
  static readonly javaClass: string = 'org.apache.kafka.connect.errors.ConnectException'
  readonly hint: string | undefined

  constructor(message: string, options: { cause?: unknown; hint?: string } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = new.target.name
    this.hint = options.hint
  }

  get javaClass(): string {
    return (this.constructor as typeof ConnectException).javaClass
  }
}

/** The operation may be tried again unchanged. */
export class RetriableException extends ConnectException {
  static override readonly javaClass: string = 'org.apache.kafka.connect.errors.RetriableException'
}

export class DataException extends ConnectException {
  static override readonly javaClass: string = 'org.apache.kafka.connect.errors.DataException'
}

export class SchemaBuilderException extends DataException {
  static override readonly javaClass = 'org.apache.kafka.connect.errors.SchemaBuilderException'
}

export class SchemaProjectorException extends DataException {
  static override readonly javaClass = 'org.apache.kafka.connect.errors.SchemaProjectorException'
}

export class IllegalWorkerStateException extends ConnectException {
  static override readonly javaClass = 'org.apache.kafka.connect.errors.IllegalWorkerStateException'
}

/** A configuration key with a missing or unusable value. Java: org.apache.kafka.common.config.ConfigException */
export class ConfigException extends ConnectException {
  static override readonly javaClass = 'org.apache.kafka.common.config.ConfigException'
}

/** Bytes that a (de)serializer cannot handle. Java: org.apache.kafka.common.errors.SerializationException */
export class SerializationException extends ConnectException {
  static override readonly javaClass = 'org.apache.kafka.common.errors.SerializationException'
}

/**
 * The class name under which an error is shown: an error that carries `javaClass` shows that one, any other
 * JavaScript error its own name.
 */
export function javaClassOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'javaClass' in error) return String(error.javaClass)
  return error instanceof Error ? error.name : typeof error
}

/**
 * What went wrong on one line, for logs: `class: message ← class: message of its cause ←…`. A cause whose message
 * was said already is left out.
 */
export function causes(error: unknown): string {
  const parts: string[] = []
  const said: string[] = []
  for (const e of causeChain(error)) {
    const message = (e instanceof Error ? e.message : String(e)).replace(/\s*\n\s*/g, ' ').trim()
    if (parts.length > 0 && (message === '' || said.some(text => text.includes(message)))) continue
    said.push(message)
    parts.push(`${javaClassOf(e)}${message && `: ${message}`}`)
  }
  return parts.join(' ← ')
}

/** The causes, and behind them what to do, where one of the errors knows. */
export function causesAndHint(error: unknown): string {
  const hints = causeChain(error).flatMap(e => (e instanceof ConnectException ? (e.hint ?? []) : []))
  return hints.length === 0 ? causes(error) : `${causes(error)} (${hints[0]})`
}

/**
 * The text that Java's `printStackTrace` would give: first line and every `Caused by:` line are Java's, the
 * frames are ours.
 */
export function javaTrace(error: unknown): string {
  const lines: string[] = []
  let prefix = ''
  for (const e of causeChain(error)) {
    const message = e instanceof Error ? e.message : String(e)
    lines.push(`${prefix}${javaClassOf(e)}${message ? `: ${message}` : ''}`)
    if (e instanceof Error && e.stack) {
      // Lines of the message may look like frames: Jackson's do.
      const spoken = message.split('\n').map(line => line.trim())
      for (const line of e.stack.split('\n')) {
        const frame = line.trim()
        if (frame.startsWith('at ') && !spoken.includes(frame)) lines.push(`\t${frame}`)
      }
    }
    prefix = 'Caused by: '
  }
  return `${lines.join('\n')}\n`
}

/** An error and its causes, each once. */
function causeChain(error: unknown): unknown[] {
  const chain = new Set<unknown>()
  for (let e: unknown = error; e != null && !chain.has(e); e = e instanceof Error ? e.cause : undefined)
    chain.add(e)
  return [...chain]
}
