import type { Logger } from '../../observe/log.ts'
import type { LogRecord } from '../../stores/topic-log.ts'

/** Longest part of a key that a line shows. */
const KEY_SHOWN = 200

/**
 * Tells of records in an internal topic that cannot be used, once for each kind: a topic full of them must not fill
 * the log.
 */
export class RecordComplaints {
  readonly #told = new Set<string>()

  constructor(
    readonly topic: string,
    readonly log: Logger,
  ) {}

  /** `kind` is one of a few; `remedy` says what to do. */
  tell(kind: string, record: LogRecord, problem: string, remedy: string): void {
    if (this.#told.has(kind)) return
    this.#told.add(kind)
    this.log.warn(
      `Ignoring the record at ${this.topic}-${record.partition}@${record.offset} with key ` +
        `${shown(record.key)}: ${problem}. ${remedy} Further records of this kind are ignored without a word.`,
    )
  }
}

function shown(key: Buffer | null): string {
  if (key === null) return 'null'
  const text = JSON.stringify(key.subarray(0, KEY_SHOWN).toString())
  return key.length > KEY_SHOWN ? `${text}…` : text
}
