import type { TopicRecord } from '../../servers/topics.ts'
import type { Side } from '../../servers/worker.ts'

/** All that is compared of a case; texts are those of {@link Neutral}. */
export interface Outcome {
  /** Answer to POST /connectors when it is not 201. */
  refused: string | null
  /** State, and trace without its frames. */
  connector: readonly string[]
  tasks: readonly (readonly string[])[]
  /** Output topics by name, the dead letter queue among them. */
  topics: Record<string, OutputTopic>
  /** Lines of the sink's file in their order (of several partitions: sorted), null without file. */
  file: readonly string[] | null
  /** Lines of what the error handling logged, without frames. */
  errorLog: readonly (readonly string[])[]
}

interface OutputTopic {
  partitions: number
  /** Set by whoever created the topic. */
  configs: Record<string, string>
  records: readonly OutputRecord[]
}

interface OutputRecord {
  partition: number
  timestamp: string
  key: string | null
  value: string | null
  headers: readonly string[]
}

/** Takes out of texts what every run and side has of its own: its mark, folder, port, time and hash codes. */
export class Neutral {
  readonly #own: readonly (readonly [string | RegExp, string])[]
  readonly #from: number
  readonly #to: number

  constructor(own: readonly (readonly [string | RegExp, string])[], from: number, to: number) {
    this.#own = own
    this.#from = from
    this.#to = to
  }

  text(text: string): string {
    return this.#own
      .reduce((rest, [what, name]) => rest.replaceAll(what, name), text)
      .replace(/\b\d{13}\b/g, digits => this.time(Number(digits)))
      .replace(/@[0-9a-f]{5,8}\b/g, '@HASH')
  }

  /** Text where the bytes are UTF-8, else a character a byte. */
  bytes(bytes: Buffer): string {
    const text = bytes.toString('utf8')
    const exact = Buffer.from(text, 'utf8').equals(bytes)
    return this.text(exact ? text : `bytes ${bytes.toString('latin1')}`)
  }

  time(ms: number): string {
    return ms >= this.#from && ms <= this.#to ? 'NOW' : String(ms)
  }

  record({ partition, timestamp, key, value, headers }: TopicRecord): OutputRecord {
    return {
      partition,
      timestamp: this.time(timestamp),
      key: key && this.#long(this.bytes(key)),
      value: value && this.#long(this.bytes(value)),
      headers: headers.map(([name, content]) => {
        const text = content && this.bytes(content)
        const isTrace = name?.toString() === '__connect.errors.exception.stacktrace'
        return `${name}=${text && (isTrace ? withoutFrames(text).join('\n') : text)}`
      }),
    }
  }

  trace(trace: string | undefined): string[] {
    return trace === undefined ? [] : withoutFrames(this.text(trace))
  }

  #long(text: string): string {
    return text.length > 10_000 ? `${text.slice(0, 20)}… ${text.length} ${Bun.hash(text)}` : text
  }
}

/** First line and every `Caused by:` line with the further lines of their messages. */
function withoutFrames(trace: string): string[] {
  return trace
    .trimEnd()
    .split('\n')
    .filter(line => !/^\t+(at |\.\.\. \d+ )/.test(line))
}

/** The error handling's lines of one task (`CONNECTOR-N`) in a worker's log. */
export function errorLines(side: Side, log: string, task: string): string[][] {
  const start = `Error encountered in task ${task}. `
  return side === 'jvm' ? jvmErrorLines(log, start) : ourErrorLines(log, start)
}

function ourErrorLines(log: string, start: string): string[][] {
  return log.split('\n').flatMap(line => {
    const at = line.indexOf(start)
    return at < 0 ? [] : [[line.slice(at).replace(/ \([\w.]+\)$/, '')]]
  })
}

/** A message, then its trace; the next entry begins with the milliseconds since the start. */
function jvmErrorLines(log: string, start: string): string[][] {
  return log.split(/\n(?=\d+ \[)/).flatMap(entry => {
    const at = entry.indexOf(start)
    if (at < 0) return []
    return [withoutFrames(entry.slice(at))]
  })
}

/** A message and a trace as `message class: message ← class: message`, without causes that say what was said. */
export function oneLine([entry = '', ...trace]: readonly string[]): string {
  const parts: string[] = []
  const said: string[] = []
  for (const block of trace.join('\n').split(/\n?Caused by: /)) {
    const text = block.replace(/\s*\n\s*/g, ' ').trim()
    const message = /^[\w.$]+: (.*)$/s.exec(text)?.[1] ?? ''
    if (parts.length > 0 && (message === '' || said.some(before => before.includes(message)))) continue
    said.push(message)
    parts.push(text)
  }
  return `${entry} ${parts.join(' ← ')}`
}
