import { logger } from '../../observe/log.ts'
import type { PackedBatch } from '../packed-batch.ts'
import { STRIDE } from '../packed-batch.ts'
import type { ClientProperties, DeliveryRun, KafkaError, Producer, Refusal } from '../port.ts'
import { firstOversized } from '../record-size.ts'
import { endOf } from './blob.ts'
import { kafkaError } from './errors.ts'
import type { Log, Piece } from './log.ts'
import { flag, integer } from './options.ts'
import { type Staged, stage } from './staging.ts'
import type { Topic, Topics } from './topics.ts'
import type { Transaction, TransactionOwner, Transactions } from './transactions.ts'

const log = logger('bunnect.embedded.producer')

export interface ProducerParts {
  topics: Topics
  log: Log
  transactions: Transactions
  /** Takes the producer off the client's list. */
  closed(producer: EmbeddedProducer): void
}

/** Appends to the embedded log. Acknowledged means durable; in a transaction, durable with its commit. */
export class EmbeddedProducer implements Producer, TransactionOwner {
  onDelivery: (runs: readonly DeliveryRun[]) => void = () => {}
  onFatal: (error: KafkaError) => void = () => {}
  nextSequence = 0
  inFlight = 0
  readonly #parts: ProducerParts
  readonly #maxRequestBytes: number
  readonly #bufferBytes: number
  readonly #autoCreate: boolean
  readonly #transactionalId: string | null
  readonly #transactionTimeout: number
  #usedBytes = 0
  #wantedBytes = 0
  #outcomes: DeliveryRun[] = []
  #closed = false
  #fatal: KafkaError | null = null
  #initialized = false
  #transaction: Transaction | null = null
  #transactionError: KafkaError | null = null
  #expiry: ReturnType<typeof setTimeout> | null = null
  readonly #roomWaiters = new Set<{ resolve(): void; reject(error: unknown): void }>()
  readonly #flushWaiters = new Set<() => void>()

  /** Throws ConfigException for unusable properties. */
  constructor(properties: ClientProperties, parts: ProducerParts) {
    this.#parts = parts
    this.#maxRequestBytes = integer(properties, 'max.request.size', 1_048_576, 0)
    this.#bufferBytes = integer(properties, 'buffer.memory', 33_554_432, 0)
    this.#autoCreate = flag(properties, 'allow.auto.create.topics', true)
    this.#transactionalId = properties['transactional.id'] ?? null
    this.#transactionTimeout = integer(properties, 'transaction.timeout.ms', 60_000, 1)
  }

  refusal(batch: PackedBatch, from: number): Refusal | null {
    return firstOversized(batch, from, this.#maxRequestBytes)
  }

  send(batch: PackedBatch, from = 0): number {
    this.#checkAlive()
    if (this.#transactionalId !== null && !this.#transaction) {
      throw kafkaError(
        'INVALID_TXN_STATE',
        'Cannot perform a send outside of a transaction: call beginTransaction first.',
      )
    }
    const to = this.#fitting(batch, from)
    if (to === from) return 0
    const limits = { maxRequestBytes: this.#maxRequestBytes, bufferBytes: this.#bufferBytes }
    const { staged, refused } = stage(
      batch,
      from,
      to,
      this.nextSequence,
      limits,
      this.#topicOf,
      this.#parts.log.pool.take,
    )
    this.nextSequence += to - from
    this.inFlight += to - from
    for (const share of staged) this.#append(share)
    for (const { sequence, partition, error } of refused) {
      this.#report([{ first: sequence, count: 1, partition, baseOffset: -1, error }], 0)
    }
    return to - from
  }

  /** The first record that the buffer has no room for. One that is larger than the buffer passes: it is refused. */
  #fitting(batch: PackedBatch, from: number): number {
    const { count } = batch
    if (from >= count) return from
    const start = batch.start(from)
    const room = this.#bufferBytes - this.#usedBytes
    const size = (to: number) => endOf(batch, to - 1) - start + (to - from) * STRIDE
    this.#wantedBytes = 0
    if (size(count) <= room) return count
    let low = from
    let high = count
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (size(middle) <= room) low = middle
      else high = middle - 1
    }
    if (low === from && size(from + 1) > this.#bufferBytes) return from + 1
    this.#wantedBytes = endOf(batch, low) - batch.start(low) + STRIDE
    return low
  }

  #append(share: Staged): void {
    const transaction = this.#transaction
    transaction?.partitions.add(share.partition)
    const bytes = share.blob.length
    this.#usedBytes += bytes
    const { ranges, ...rest } = share
    this.#parts.log.append({
      ...rest,
      transaction,
      base: -1,
      done: (piece, error) => this.#done(piece, ranges, bytes, error),
    })
  }

  #done(piece: Piece, ranges: readonly number[], bytes: number, error: KafkaError | null): void {
    const runs: DeliveryRun[] = []
    let baseOffset = piece.base
    for (let r = 0; r < ranges.length; r += 2) {
      const count = ranges[r + 1]!
      const at = error ? -1 : baseOffset
      runs.push({ first: ranges[r]!, count, partition: piece.partition.number, baseOffset: at, error })
      baseOffset += count
    }
    if (error && piece.transaction === this.#transaction) this.#transactionError = error
    this.#report(runs, bytes)
  }

  /** Gathers outcomes of one moment into one call of `onDelivery`, outside of whoever is running now. */
  #report(runs: DeliveryRun[], bytes: number): void {
    const first = this.#outcomes.length === 0
    for (const run of runs) this.#outcomes.push(run)
    this.#usedBytes -= bytes
    if (first) {
      queueMicrotask(() => {
        const outcomes = this.#outcomes
        this.#outcomes = []
        for (const run of outcomes) this.inFlight -= run.count
        try {
          this.onDelivery(outcomes)
        } finally {
          if (this.#hasRoom()) this.#release(waiter => waiter.resolve())
          if (this.inFlight === 0) for (const done of this.#flushWaiters) done()
        }
      })
    }
  }

  #hasRoom(): boolean {
    return this.#usedBytes + this.#wantedBytes <= this.#bufferBytes
  }

  #release(each: (waiter: { resolve(): void; reject(error: unknown): void }) => void): void {
    const waiters = [...this.#roomWaiters]
    this.#roomWaiters.clear()
    for (const waiter of waiters) each(waiter)
  }

  room(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#fatal) return reject(this.#fatal)
      if (signal?.aborted) return reject(signal.reason)
      if (this.#closed) return reject(closed())
      if (this.#hasRoom()) return resolve()
      const aborted = () => {
        this.#roomWaiters.delete(waiter)
        reject(signal!.reason)
      }
      const settle = (then: () => void) => {
        signal?.removeEventListener('abort', aborted)
        then()
      }
      const waiter = {
        resolve: () => settle(resolve),
        reject: (error: unknown) => settle(() => reject(error)),
      }
      this.#roomWaiters.add(waiter)
      signal?.addEventListener('abort', aborted, { once: true })
    })
  }

  flush(timeoutMs: number): Promise<boolean> {
    if (this.inFlight === 0) return Promise.resolve(true)
    return new Promise(resolve => {
      const finish = (all: boolean) => {
        clearTimeout(timer)
        this.#flushWaiters.delete(done)
        resolve(all)
      }
      const done = () => finish(true)
      const timer = setTimeout(() => finish(false), timeoutMs)
      this.#flushWaiters.add(done)
    })
  }

  async initTransactions(_timeoutMs: number): Promise<void> {
    this.#checkAlive()
    const id = this.#transactionalId
    if (id === null) {
      throw kafkaError('INVALID_TXN_STATE', 'Transactions need the producer property transactional.id.')
    }
    await this.#parts.transactions.claim(id, this)
    this.#initialized = true
  }

  async beginTransaction(): Promise<void> {
    this.#checkAlive()
    if (!this.#initialized) {
      throw kafkaError('INVALID_TXN_STATE', 'Cannot begin a transaction before initTransactions.')
    }
    if (this.#transaction) throw kafkaError('INVALID_TXN_STATE', 'A transaction is open already.')
    this.#transaction = this.#parts.transactions.begin()
    this.#transactionError = null
    this.#expiry = setTimeout(() => {
      const message = `The transaction was open for longer than transaction.timeout.ms (${this.#transactionTimeout} ms).`
      this.#die(message).catch(error => log.warn(`The transaction could not be aborted: ${error.message}`))
    }, this.#transactionTimeout)
    this.#expiry.unref()
  }

  async commitTransaction(_timeoutMs: number): Promise<void> {
    const transaction = this.#ending()
    if (this.#transactionError) {
      throw kafkaError(
        'INVALID_TXN_STATE',
        `Cannot commit: a record of the transaction failed. Abort it. ${this.#transactionError.message}`,
        this.#transactionError,
      )
    }
    // The journal writes what was sent before this in the same transaction of its own, or an earlier one.
    await this.#parts.transactions.commit(transaction)
    this.#ended()
  }

  async abortTransaction(_timeoutMs: number): Promise<void> {
    await this.#parts.transactions.abort(this.#ending())
    this.#ended()
  }

  #ending(): Transaction {
    this.#checkAlive()
    if (!this.#transaction) throw kafkaError('INVALID_TXN_STATE', 'There is no open transaction.')
    return this.#transaction
  }

  #ended(): void {
    this.#transaction = null
    this.#transactionError = null
    if (this.#expiry) clearTimeout(this.#expiry)
    this.#expiry = null
  }

  async fence(): Promise<void> {
    await this.#die('There is a newer producer with the same transactionalId which fences the current one.')
  }

  async #die(message: string): Promise<void> {
    const error = kafkaError('PRODUCER_FENCED', message)
    this.#fatal = error
    this.#release(waiter => waiter.reject(error))
    const transaction = this.#transaction
    this.#ended()
    queueMicrotask(() => this.onFatal(error))
    if (transaction) await this.#parts.transactions.abort(transaction)
  }

  async close(timeoutMs: number): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#release(waiter => waiter.reject(closed()))
    await this.flush(timeoutMs)
    const transaction = this.#transaction
    this.#ended()
    if (transaction) await this.#parts.transactions.abort(transaction)
    if (this.#transactionalId !== null) this.#parts.transactions.release(this.#transactionalId, this)
    this.#parts.closed(this)
  }

  readonly #topicOf = (name: string): Topic => {
    const { topics } = this.#parts
    const topic = topics.get(name)
    if (topic) return topic
    if (this.#autoCreate) return topics.create(name)
    throw kafkaError('REQUEST_TIMED_OUT', `Topic ${name} not present in metadata.`)
  }

  #checkAlive(): void {
    if (this.#fatal) throw this.#fatal
    if (this.#closed) throw closed()
  }
}

function closed(): KafkaError {
  return kafkaError('ILLEGAL_STATE', 'Cannot perform operation after producer has been closed')
}
