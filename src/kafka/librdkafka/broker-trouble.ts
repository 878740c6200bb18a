import type { Logger } from '../../observe/log.ts'
import { SeldomWarnings } from './seldom-warnings.ts'

/**
 * Keeps what librdkafka says about brokers that cannot be reached, so that a call that times out can name address
 * and reason, and warns at most once a while and address.
 */
export class BrokerTrouble {
  #last: { text: string; at: number } | null = null
  readonly #warnings: SeldomWarnings

  constructor(log: Logger) {
    this.#warnings = new SeldomWarnings(log)
  }

  /** `reason` in librdkafka's words. */
  report(reason: string): void {
    const text = plainReason(reason)
    this.#last = { text, at: performance.now() }
    const address = text.slice(0, text.indexOf(': '))
    this.#warnings.warn(address, `Cannot reach broker ${text}; trying again until it answers`)
  }

  /** What to add to the text of a call that got no answer. */
  explanation(sinceMs: number): string {
    return this.#last !== null && performance.now() - this.#last.at <= sinceMs ? ` (${this.#last.text})` : ''
  }
}

/**
 * `127.0.0.1:9092/bootstrap: Connect to ipv4#127.0.0.1:9092 failed: Connection refused (after 0ms in state CONNECT)`
 * → `127.0.0.1:9092: connection refused`. Log lines name the thread before it, coordinators their role.
 */
export function plainReason(reason: string): string {
  const [, address, rest] =
    /^(?:\[thrd:[^\]]*\]: )?(?:\w+Coordinator: )?(?:[a-z_]+:\/\/)?([^\s/]+:\d+)(?:\/\S+?)?: (.*)$/s.exec(
      reason,
    ) ?? []
  if (address === undefined || rest === undefined) return reason
  const text = rest
    .replace(/\s*\(after \d+ms in state [A-Z_]+(?:, \d+ identical error\(s\) suppressed)?\)$/, '')
    .replace(/^Connect to \S+ failed: /, '')
  // A capital that starts a word, not an abbreviation.
  return `${address}: ${text.replace(/^[A-Z](?=[a-z])/, letter => letter.toLowerCase())}`
}
