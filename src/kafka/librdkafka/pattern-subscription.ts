import type { Logger } from '../../observe/log.ts'

const RETRY_MS = 1000
/** Java: exclude.internal.topics, whose default is true. */
const INTERNAL = new Set(['__consumer_offsets', '__transaction_state', '__share_group_state'])

/**
 * Subscribes to the topics that match a pattern, looked up again each `intervalMs`. librdkafka's own patterns are
 * POSIX and need a `^`; ours mean what Java's mean: the whole name has to match.
 */
export class PatternSubscription {
  readonly #whole: RegExp
  readonly #intervalMs: number
  readonly #list: () => Promise<string[]>
  readonly #subscribe: (topics: string[]) => void
  readonly #log: Logger
  #current = ''
  #timer: ReturnType<typeof setTimeout> | null = null
  #stopped = false

  constructor(
    pattern: RegExp,
    intervalMs: number,
    list: () => Promise<string[]>,
    subscribe: (topics: string[]) => void,
    log: Logger,
  ) {
    this.#whole = new RegExp(`^(?:${pattern.source})$`, pattern.flags.replace(/[gy]/g, ''))
    this.#intervalMs = intervalMs
    this.#list = list
    this.#subscribe = subscribe
    this.#log = log
    void this.#refresh()
  }

  stop(): void {
    this.#stopped = true
    if (this.#timer) clearTimeout(this.#timer)
  }

  async #refresh(): Promise<void> {
    let next = this.#intervalMs
    try {
      const topics = (await this.#list())
        .filter(topic => !INTERNAL.has(topic) && this.#whole.test(topic))
        .sort()
      if (this.#stopped) return
      const joined = topics.join('\n')
      if (joined !== this.#current) this.#subscribe(topics)
      this.#current = joined
    } catch (error) {
      if (this.#stopped) return
      this.#log.warn(`Topics for ${this.#whole}: ${error instanceof Error ? error.message : String(error)}`)
      next = Math.min(RETRY_MS, this.#intervalMs)
    }
    this.#timer = setTimeout(() => void this.#refresh(), next)
    this.#timer.unref()
  }
}
