import type { Logger } from '../../observe/log.ts'
import type { PackedBatch } from '../packed-batch.ts'
import { type DeliveryRun, KafkaError, type Producer, type Refusal } from '../port.ts'
import { firstOversized } from '../record-size.ts'
import type { PackedProducer, Settings } from './addon.ts'
import { kafkaError } from './errors.ts'
import type { ClientEvent } from './events.ts'
import { Handle } from './handle.ts'
import { TopicNumbers } from './topic-numbers.ts'

const RUN = 5
const RUNS_AT_ONCE = 256
/** Dropped by librdkafka unsent, or with its outcome unknown. */
const PURGED = new Set([-152, -151])
/** After the buffer was full, `room` waits until this part of what filled it is left. */
const REFILL_AT = 0.75

interface Flush {
  /** Sequences below it are waited for. */
  target: number
  remaining: number
  resolve: (all: boolean) => void
}

/**
 * A producer on one native client. Records are copied by `send`; outcomes come back as runs whenever librdkafka has
 * some. Java: org.apache.kafka.clients.producer.KafkaProducer
 */
export class LibrdkafkaProducer implements Producer {
  onDelivery: (runs: readonly DeliveryRun[]) => void = () => {}
  onFatal: (error: KafkaError) => void = () => {}
  nextSequence = 0
  inFlight = 0

  readonly #handle: Handle<PackedProducer>
  readonly #maxRequestBytes: number
  readonly #topics = new TopicNumbers()
  /** Numbers by name, for all batches. */
  readonly #numbers = new Map<string, number>()
  readonly #runs = new Float64Array(RUN * RUNS_AT_ONCE)
  readonly #runBytes = new Uint8Array(this.#runs.buffer)
  #indexOf: ArrayBuffer | null = null
  #index = new Uint8Array(0)
  #fullAt = 0
  #waitingForRoom: { resolve: () => void; reject: (error: Error) => void }[] = []
  #flushes: Flush[] = []
  #dead: KafkaError | null = null
  #closed: Promise<void> | null = null
  #inTransaction = false

  private constructor(handle: Handle<PackedProducer>, maxRequestBytes: number) {
    this.#handle = handle
    this.#maxRequestBytes = maxRequestBytes
    handle.onWake = () => this.#drain()
    handle.onEvent = event => this.#event(event)
  }

  static async open(settings: Settings, log: Logger): Promise<LibrdkafkaProducer> {
    // librdkafka's own default
    const maxRequestBytes = Number(settings['message.max.bytes'] ?? 1_000_000)
    return new LibrdkafkaProducer(
      await Handle.open<PackedProducer>('producer', settings, log),
      maxRequestBytes,
    )
  }

  send(batch: PackedBatch, from = 0): number {
    this.#mustLive()
    if (from >= batch.count) return 0
    if (batch.index !== this.#indexOf) {
      this.#indexOf = batch.index
      this.#index = new Uint8Array(batch.index)
    }
    const packed = this.#handle.packed
    const topics = this.#topics.of(batch.topics, name => this.#topic(name))
    const taken = packed.send(this.#index, batch.data, topics, from, batch.count, this.nextSequence)
    this.nextSequence += taken
    this.inFlight += taken
    this.#fullAt = from + taken < batch.count ? this.inFlight : 0
    return taken
  }

  refusal(batch: PackedBatch, from: number): Refusal | null {
    return firstOversized(batch, from, this.#maxRequestBytes)
  }

  room(signal?: AbortSignal): Promise<void> {
    if (this.#dead) return Promise.reject(this.#dead)
    if (this.#closed) return Promise.reject(closedError())
    if (signal?.aborted) return Promise.reject(signal.reason)
    if (this.#hasRoom()) return Promise.resolve()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiting = { resolve, reject }
    this.#waitingForRoom.push(waiting)
    if (!signal) return promise
    const abort = () => {
      this.#waitingForRoom = this.#waitingForRoom.filter(w => w !== waiting)
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
    return promise.finally(() => signal.removeEventListener('abort', abort))
  }

  async flush(timeoutMs: number): Promise<boolean> {
    if (this.inFlight === 0) return true
    if (this.#closed) return false
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const flush: Flush = { target: this.nextSequence, remaining: this.inFlight, resolve }
    this.#flushes.push(flush)
    const timer = setTimeout(() => this.#endFlush(flush, false), timeoutMs)
    // Its only work is to make librdkafka ignore linger.ms; what counts are the outcomes.
    void this.#handle.call(id => this.#handle.packed.call(id, 'flush', timeoutMs))
    const all = await promise
    clearTimeout(timer)
    return all
  }

  async initTransactions(timeoutMs: number): Promise<void> {
    await this.#transaction('init', timeoutMs, 'Initializing transactions')
  }

  async beginTransaction(): Promise<void> {
    await this.#transaction('begin', 0, 'Beginning a transaction')
    this.#inTransaction = true
  }

  async commitTransaction(timeoutMs: number): Promise<void> {
    await this.#transaction('commit', timeoutMs, 'Committing the transaction')
    this.#inTransaction = false
  }

  async abortTransaction(timeoutMs: number): Promise<void> {
    await this.#transaction('abort', timeoutMs, 'Aborting the transaction')
    this.#inTransaction = false
  }

  close(timeoutMs: number): Promise<void> {
    this.#closed ??= this.#close(timeoutMs)
    return this.#closed
  }

  async #close(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs
    const left = () => Math.max(0, deadline - performance.now())
    // As Java does: a transaction that nobody commits is not left to its timeout.
    if (this.#inTransaction && !this.#dead)
      await this.#handle.call(id => this.#handle.packed.call(id, 'abort', left()))
    if (this.inFlight > 0 && !this.#dead) await this.#flushForClose(left())
    if (this.inFlight > 0) {
      this.#handle.packed.purge()
      await this.#handle.call(id => this.#handle.packed.call(id, 'flush', 1000))
    }
    this.#drain()
    this.#rejectWaiting(closedError())
    await this.#handle.close(Math.max(left(), 1000))
  }

  async #flushForClose(timeoutMs: number): Promise<void> {
    await this.#handle.call(id => this.#handle.packed.call(id, 'flush', timeoutMs))
    this.#drain()
  }

  async #transaction(
    what: 'init' | 'begin' | 'commit' | 'abort',
    timeoutMs: number,
    deed: string,
  ): Promise<void> {
    this.#mustLive()
    try {
      await this.#handle.check(deed, id => this.#handle.packed.call(id, what, timeoutMs))
    } catch (error) {
      if (error instanceof KafkaError && error.fatal) this.#die(error)
      throw error
    } finally {
      // The outcomes of the transaction's records are told before the transaction's own.
      this.#drain()
    }
  }

  #topic(name: string): number {
    let number = this.#numbers.get(name)
    if (number === undefined) {
      number = this.#handle.packed.topic(name)
      this.#numbers.set(name, number)
    }
    return number
  }

  #drain(): void {
    for (;;) {
      const count = this.#handle.packed.deliveries(this.#runBytes)
      // A fatal error comes before the failures that it causes: those are its own, not the records'.
      this.#handle.serveEvents()
      if (count === 0) break
      const runs: DeliveryRun[] = []
      for (let i = 0; i < count * RUN; i += RUN) {
        const code = this.#runs[i + 4]!
        const run: DeliveryRun = {
          first: this.#runs[i]!,
          count: this.#runs[i + 1]!,
          partition: this.#runs[i + 2]!,
          baseOffset: this.#runs[i + 3]!,
          error: code === 0 ? null : this.#failed(code),
        }
        runs.push(run)
        this.inFlight -= run.count
        for (const flush of this.#flushes) {
          flush.remaining -= Math.max(0, Math.min(run.count, flush.target - run.first))
        }
      }
      this.onDelivery(runs)
    }
    for (const flush of this.#flushes) if (flush.remaining <= 0) this.#endFlush(flush, true)
    if (this.#waitingForRoom.length > 0 && this.#hasRoom()) {
      const waiting = this.#waitingForRoom
      this.#waitingForRoom = []
      for (const w of waiting) w.resolve()
    }
  }

  #failed(code: number): KafkaError {
    if (this.#dead) return this.#dead
    // Java: Sender.failBatch for a transaction that is aborted
    if (PURGED.has(code) && this.#inTransaction) return transactionAborted()
    return kafkaError({ code }, 'Sending a record')
  }

  #hasRoom(): boolean {
    return this.#fullAt === 0 || this.inFlight <= this.#fullAt * REFILL_AT
  }

  #endFlush(flush: Flush, all: boolean): void {
    this.#flushes = this.#flushes.filter(f => f !== flush)
    flush.resolve(all)
  }

  #event(event: ClientEvent): void {
    if (event.kind === 'error' && event.error.fatal) this.#die(kafkaError(event.error))
  }

  #die(error: KafkaError): void {
    if (this.#dead) return
    this.#dead = error
    // librdkafka's own purge misses what is just on its way to a broker's thread: that would wait for
    // delivery.timeout.ms. Java fails what is in flight, too: Sender.maybeAbortBatches
    this.#handle.packed.purge()
    this.#rejectWaiting(error)
    this.onFatal(error)
  }

  #rejectWaiting(error: Error): void {
    const waiting = this.#waitingForRoom
    this.#waitingForRoom = []
    for (const w of waiting) w.reject(error)
  }

  #mustLive(): void {
    if (this.#dead) throw this.#dead
    if (this.#closed) throw closedError()
  }
}

function transactionAborted(): KafkaError {
  return new KafkaError(
    'TRANSACTION_ABORTABLE',
    'Sending a record: Failing batch since transaction was aborted',
    { javaClass: 'org.apache.kafka.common.errors.TransactionAbortedException' },
  )
}

function closedError(): KafkaError {
  return new KafkaError('ILLEGAL_STATE', 'Cannot perform operation after producer has been closed', {
    javaClass: 'java.lang.IllegalStateException',
  })
}
