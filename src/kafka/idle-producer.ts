import { causes, javaTrace } from '../data/errors.ts'
import type { Logger } from '../observe/log.ts'
import type { PackedBatch } from './packed-batch.ts'
import { type DeliveryRun, KafkaError, type Producer, type Refusal } from './port.ts'

export interface IdleProducerOptions {
  /** A new client; called again when a record comes after the last one was closed. */
  open(): Promise<Producer>
  /** Without a record for so long, the client is closed. */
  idleMs: number
  log: Logger
}

/** For a client that has nothing in flight to end its threads. */
const CLOSE_MS = 10_000
const LONGEST_TIMER = 2 ** 31 - 1

/**
 * A producer that has a client (threads, connections, buffers) only while it has something to send. Nothing is in
 * flight when one is closed, so order and outcomes are those of a single client; it has no transactions.
 */
export class IdleProducer implements Producer {
  onDelivery: (runs: readonly DeliveryRun[]) => void = () => {}
  onFatal: (error: KafkaError) => void = () => {}
  readonly #options: IdleProducerOptions
  #client: Producer | null = null
  #opening: Promise<Producer> | null = null
  /** Of the client before, when it is just being closed. */
  #closing: Promise<void> = Promise.resolve()
  /** The sequence of the client's 0. */
  #base = 0
  #usedAt = 0
  #timer: Timer | null = null
  #closed: Promise<void> | null = null

  /** `client` is one that is open already. */
  constructor(options: IdleProducerOptions, client: Producer | null) {
    this.#options = options
    if (client) this.#take(client)
  }

  get nextSequence(): number {
    return this.#base + (this.#client?.nextSequence ?? 0)
  }

  get inFlight(): number {
    return this.#client?.inFlight ?? 0
  }

  send(batch: PackedBatch, from = 0): number {
    if (this.#closed) throw closedError()
    if (this.#client === null) {
      this.#open().catch(() => {}) // `room` tells.
      return 0
    }
    this.#usedAt = performance.now()
    return this.#client.send(batch, from)
  }

  /** Null also while there is no client: `send` takes nothing then, and it is asked again. */
  refusal(batch: PackedBatch, from: number): Refusal | null {
    return this.#client?.refusal(batch, from) ?? null
  }

  /** Rejects also when no client can be opened. */
  async room(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (this.#closed) throw closedError()
    if (this.#client) await this.#client.room(signal)
    else await unlessAborted(this.#open(), signal)
  }

  async flush(timeoutMs: number): Promise<boolean> {
    return this.#client ? await this.#client.flush(timeoutMs) : true
  }

  async initTransactions(): Promise<void> {
    throw noTransactions()
  }

  async beginTransaction(): Promise<void> {
    throw noTransactions()
  }

  async commitTransaction(): Promise<void> {
    throw noTransactions()
  }

  async abortTransaction(): Promise<void> {
    throw noTransactions()
  }

  close(timeoutMs: number): Promise<void> {
    this.#closed ??= this.#close(timeoutMs)
    return this.#closed
  }

  async #close(timeoutMs: number): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    // One that is just being opened is closed by who opens it.
    await this.#client?.close(timeoutMs)
    await this.#opening?.catch(() => {})
    await this.#closing
  }

  #open(): Promise<Producer> {
    this.#opening ??= this.#options
      .open()
      .then(async client => {
        if (this.#closed) {
          await client.close(0)
          throw closedError()
        }
        this.#take(client)
        return client
      })
      .finally(() => {
        this.#opening = null
      })
    return this.#opening
  }

  #take(client: Producer): void {
    const base = this.#base
    client.onFatal = error => this.onFatal(error)
    client.onDelivery = runs => {
      this.#usedAt = performance.now()
      this.onDelivery(base === 0 ? runs : runs.map(run => ({ ...run, first: run.first + base })))
    }
    this.#client = client
    this.#usedAt = performance.now()
    this.#lookIn(this.#options.idleMs)
  }

  #lookIn(ms: number): void {
    this.#timer = setTimeout(() => this.#look(), Math.min(ms, LONGEST_TIMER))
    this.#timer.unref()
  }

  /** Closes the client if its time has come, else looks again when it may have. */
  #look(): void {
    const client = this.#client
    if (client === null || this.#closed) return
    const left = this.#usedAt + this.#options.idleMs - performance.now()
    // Invariant 1: what has no outcome yet would be lost with its client.
    if (client.inFlight > 0 || left > 0) {
      this.#lookIn(Math.max(left, Math.min(this.#options.idleMs, 100)))
      return
    }
    this.#client = null
    this.#timer = null
    this.#base += client.nextSequence
    client.onDelivery = () => {}
    client.onFatal = () => {}
    this.#closing = client.close(CLOSE_MS).catch(error => {
      this.#options.log.warn(`The idle producer could not be closed: ${causes(error)}`, javaTrace(error))
    })
  }
}

function unlessAborted(promise: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  const done = promise.then(() => {})
  if (!signal) return done
  const { promise: aborted, reject } = Promise.withResolvers<void>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  return Promise.race([done, aborted]).finally(() => signal.removeEventListener('abort', abort))
}

function closedError(): KafkaError {
  return new KafkaError('ILLEGAL_STATE', 'Cannot perform operation after producer has been closed', {
    javaClass: 'java.lang.IllegalStateException',
  })
}

function noTransactions(): KafkaError {
  return new KafkaError('ILLEGAL_STATE', 'This producer was opened without transactional.id', {
    javaClass: 'java.lang.IllegalStateException',
  })
}
