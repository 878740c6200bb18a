import type { Logger } from '../observe/log.ts'

/** Every attempt makes a round for the whole group. */
const FIRST_BACKOFF_MS = 1000
const LONGEST_BACKOFF_MS = 60_000

/** What of other members cannot be read: said once, so that a group with such a member has no endless log. */
export class Garbage {
  readonly #log: Logger
  #members = new Set<string>()
  #assignments = 0
  #told = ''

  constructor(log: Logger) {
    this.#log = log
  }

  /** By member id why the metadata of those in a round cannot be read. */
  metadata(reasons: ReadonlyMap<string, string>): void {
    for (const [memberId, reason] of reasons) {
      if (this.#members.has(memberId)) continue
      this.#log.error(
        `The metadata of the member ${memberId} of the group cannot be read: ${reason}. It is given no connectors and ` +
          'tasks. If it is no Connect worker, give it another group.id; if it is one, look for its version and its log.',
      )
    }
    this.#members = new Set(reasons.keys())
  }

  /** What the leader has sent cannot be read. How long to wait before the next attempt, ms. */
  assignment(leader: string, reason: string): number {
    const ms = Math.min(FIRST_BACKOFF_MS * 2 ** this.#assignments, LONGEST_BACKOFF_MS)
    this.#assignments++
    const text = `The leader ${leader} of the group has sent an assignment that cannot be read: ${reason}`
    if (text !== this.#told) {
      this.#log.error(
        `${text}. What runs here goes on; this worker joins again in ${ms} ms, and later less and less often. Look at ` +
          'the log of the leader, and stop it if it is no Connect worker: another member then leads.',
      )
    }
    this.#told = text
    return ms
  }

  /** One could be read. */
  assignmentRead(): void {
    this.#assignments = 0
    this.#told = ''
  }

  /** Of those in a row that could not be read. */
  get assignments(): number {
    return this.#assignments
  }
}
