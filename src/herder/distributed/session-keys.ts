import { randomBytes } from 'node:crypto'
import { causesAndHint, javaTrace } from '../../data/errors.ts'
import { logger } from '../../observe/log.ts'
import { LONGEST_TIMER } from '../../waiting/deadline.ts'
import type { ConfigStore, SessionKey } from './config-events.ts'

const log = logger('org.apache.kafka.connect.runtime.distributed.DistributedHerder')
const RETRY_MS = 1000
/** What Java's KeyGenerator makes unless it is told a size, in bits. */
const DEFAULT_BITS: Record<string, number> = {
  HMACMD5: 512,
  HMACSHA1: 512,
  HMACSHA224: 224,
  HMACSHA256: 256,
  HMACSHA384: 384,
  HMACSHA512: 512,
}

/** The length of a new key. `bits`: inter.worker.key.size. */
export function sessionKeyBytes(algorithm: string, bits: number | null): number {
  return Math.ceil((bits ?? DEFAULT_BITS[algorithm.toUpperCase()] ?? 256) / 8)
}

export interface SessionKeysOptions {
  store: ConfigStore
  /** inter.worker.key.generation.algorithm */
  algorithm: string
  /** inter.worker.key.size, in bits */
  bits: number | null
  /** inter.worker.key.ttl.ms; 0: a key holds for ever. */
  ttlMs: number
  /** The group still counts on this worker: one that was suspended may have been replaced. */
  leads(): boolean
  /** ms since 1970 */
  now?: () => number
}

/**
 * The key that workers sign their requests to each other with: whoever leads a group that signs writes one where
 * there is none, where it has expired or is of another kind. Java: DistributedHerder.checkForKeyRotation
 */
export class SessionKeys {
  readonly #options: SessionKeysOptions
  #duty = false
  /** The last one that came while this worker was there, and when by performance.now(). */
  #live: { key: SessionKey; at: number } | null = null
  #timer: Timer | undefined
  #writing: Promise<void> | null = null

  constructor(options: SessionKeysOptions) {
    this.#options = options
  }

  /** A key was read that somebody has just written. */
  arrived(key: SessionKey): void {
    this.#live = { key, at: performance.now() }
    void this.check()
  }

  /** After a round, and when a key was read. `duty`: this worker leads, and the group signs. Resolves when one is there. */
  check(duty = this.#duty): Promise<void> {
    this.#duty = duty
    clearTimeout(this.#timer)
    if (!duty) return Promise.resolve()
    this.#writing ??= this.#rotate().finally(() => {
      this.#writing = null
    })
    return this.#writing
  }

  close(): void {
    this.#duty = false
    clearTimeout(this.#timer)
  }

  async #rotate(): Promise<void> {
    const reason = this.#due()
    if (reason !== null && !this.#options.leads()) return this.#again(RETRY_MS)
    if (reason !== null) {
      log.info(`${reason} Distributing new key now.`)
      const { store, algorithm } = this.#options
      const key = randomBytes(this.#bytes())
      try {
        await store.putSessionKey({ key, algorithm, createdAt: this.#now() })
      } catch (error) {
        const text = `Failed to write a new session key to the config topic: ${causesAndHint(error)}`
        // Who stops, or leads no more, owes nobody a key.
        if (!this.#duty) return log.debug(text)
        log.error(text, javaTrace(error))
        this.#again(RETRY_MS)
        return
      }
    }
    const { ttlMs, store } = this.#options
    const { sessionKey } = store.snapshot()
    if (ttlMs > 0 && sessionKey) this.#again(Math.max(ttlMs - this.#ageOf(sessionKey), RETRY_MS))
  }

  #due(): string | null {
    const { store, algorithm, ttlMs } = this.#options
    const { sessionKey } = store.snapshot()
    if (sessionKey === null)
      return 'Internal request signing is enabled but no session key has been distributed yet.'
    if (sessionKey.algorithm !== algorithm || sessionKey.key.length !== this.#bytes())
      return 'Previously-distributed key uses different algorithm/key size than required by current worker configuration.'
    return ttlMs > 0 && this.#ageOf(sessionKey) >= ttlMs ? 'Existing key has expired.' : null
  }

  /**
   * In ms. One that this worker has seen coming is as old as that: by the time in it, workers whose clocks differ by
   * more than a key holds would each think the other's expired, and write keys without end.
   */
  #ageOf(key: SessionKey): number {
    const live = this.#live
    if (live?.key.createdAt === key.createdAt && live.key.key.equals(key.key))
      return performance.now() - live.at
    return this.#now() - key.createdAt
  }

  #now(): number {
    return (this.#options.now ?? Date.now)()
  }

  #bytes(): number {
    const { algorithm, bits } = this.#options
    return sessionKeyBytes(algorithm, bits)
  }

  #again(ms: number): void {
    if (!this.#duty) return
    this.#timer = setTimeout(() => void this.check(), Math.min(ms, LONGEST_TIMER))
    this.#timer.unref()
  }
}
