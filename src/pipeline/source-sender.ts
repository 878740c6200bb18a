import { ConnectException, causes, javaTrace } from '../data/errors.ts'
import type { PackedBatch } from '../kafka/packed-batch.ts'
import type { DeliveryRun, KafkaError, Producer } from '../kafka/port.ts'
import type { Logger } from '../observe/log.ts'
import { pause } from '../waiting/deadline.ts'
import { InFlight } from './in-flight.ts'
import { withPlace } from './place.ts'
import { SourceHandOver } from './source-hand-over.ts'

export interface SourceSenderOptions {
  openProducer(): Promise<Producer>
  inFlightBytes: number
  /** The task is given up: ends every wait, and nothing is sent any more. */
  signal: AbortSignal
  /** The task is to end: what the client refuses for now is not handed over again. */
  stop?: AbortSignal
  log: Logger
  /** Successful deliveries only; `first` counts the task's records from 0, whatever producer sent them. */
  delivered(runs: readonly DeliveryRun[]): void
  /** Told of records that Kafka refuses, counted as in `delivered`; true when they are to be skipped. */
  refused?(run: DeliveryRun & { error: KafkaError }): boolean
  /** A record that Kafka refuses fails the task: what comes after it is not to be sent. */
  strict: boolean
  /** The sequence before which everything is acknowledged. */
  settled(): number
  /** Names the record of a sequence in an error. */
  describe(sequence: number): string
  /** The producer has died; for one who does not call `check` again and again. */
  died?(): void
}

/** How often in a row a producer may die before any record came through. */
const REPLACEMENTS = 8
const FIRST_BACKOFF = 100
/** Errors of a producer whose place another one has taken: it must not go on. */
const FENCED = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'FENCED', 'FENCED_INSTANCE_ID'])

/**
 * The producer of one source task: order, back-pressure, and a new producer when the old one died, which gets
 * everything again from the first record that is not known to be in Kafka.
 */
export class SourceSender {
  readonly #options: SourceSenderOptions
  readonly #inFlight: InFlight
  readonly #handOver: SourceHandOver
  #producer: Producer
  /** The task's sequence of the record that is the producer's 0. */
  #shift = 0
  #dead: KafkaError | null = null
  #failure: ConnectException | null = null
  #replacements = 0
  #wakeWaiting: (() => void) | null = null
  #closed = false

  private constructor(options: SourceSenderOptions, producer: Producer) {
    this.#options = options
    this.#inFlight = new InFlight(options.inFlightBytes)
    this.#handOver = new SourceHandOver({
      log: options.log,
      strict: options.strict,
      died: error => {
        this.#dead ??= error
      },
      failed: (error, sequence) => this.#fail(error, options.describe(sequence)),
    })
    this.#producer = producer
    this.#listen(producer)
  }

  static async open(options: SourceSenderOptions): Promise<SourceSender> {
    return new SourceSender(options, await options.openProducer())
  }

  get hasRoom(): boolean {
    return this.#inFlight.hasRoom
  }

  /** The batch to append to, for the record with sequence `next`; what is appended is to be sent at once. */
  open(next: number): PackedBatch {
    return this.#inFlight.open(next)
  }

  /** The topic of a record that is not settled yet. */
  topicOf(sequence: number): string | null {
    return this.#inFlight.topicOf(sequence)
  }

  /** The producer has to be replaced, which `check` does. */
  get dead(): boolean {
    return this.#dead !== null && this.#failure === null && !this.#closed
  }

  /** Records that were to be sent are not, because the task is to end: none may follow them. */
  get gaveUp(): boolean {
    return this.#handOver.again && this.#options.stop?.aborted === true
  }

  /** Resolves when a further batch may be sent, or the task is given up. */
  async room(): Promise<void> {
    while (!this.hasRoom && !this.#options.signal.aborted && !this.#closed) {
      if (this.#dead) await this.#replace(this.#options.signal)
      this.throwFailure()
      await this.#change()
    }
  }

  /** Throws what made a delivery fail; a dead producer is replaced first, unless `stop` fires. */
  async check(stop: AbortSignal): Promise<void> {
    if (this.#dead) await this.#replace(stop)
    this.throwFailure()
  }

  throwFailure(): void {
    if (this.#failure) throw this.#failure
  }

  /**
   * Nobody waits any more for what was appended before sequence `next`. The producer may never have taken it, so what
   * it takes next is counted anew from there: an outcome must not be told of another record.
   */
  forget(next: number): void {
    this.#inFlight.release(next)
    this.#handOver.release(next)
    this.#shift = next - this.#producer.nextSequence
  }

  /**
   * Hands the records over that were appended to the open batch, from index `from`. Null when the producer has
   * taken them at once, else resolves when it has, or when the task is given up.
   */
  send(batch: PackedBatch, from: number): Promise<void> | null {
    if (from === batch.count) return null
    const taken = this.#dead ? 0 : this.#hand(batch, from)
    if (this.#dead) return this.#replace(this.#options.signal)
    return from + taken < batch.count ? this.#sendRest(batch, from + taken) : null
  }

  /** Waits until everything sent has its outcome, at most `timeoutMs`. */
  async flush(timeoutMs: number): Promise<void> {
    if (this.#dead || this.#producer.inFlight === 0) return
    try {
      await this.#producer.flush(timeoutMs)
    } catch (error) {
      this.#options.log.warn(`The producer could not be flushed: ${causes(error)}`, javaTrace(error))
    }
  }

  async close(timeoutMs: number): Promise<void> {
    this.#closed = true
    this.#wakeWaiting?.()
    await this.#closeProducer(this.#producer, timeoutMs)
  }

  async #closeProducer(producer: Producer, timeoutMs: number): Promise<void> {
    try {
      await producer.close(timeoutMs)
    } catch (error) {
      this.#options.log.warn(`The producer could not be closed: ${causes(error)}`, javaTrace(error))
    }
  }

  async #sendRest(batch: PackedBatch, from: number): Promise<void> {
    while (from < batch.count && !this.#options.signal.aborted && !this.#closed && !this.gaveUp) {
      if (this.#dead) return this.#replace(this.#options.signal)
      this.throwFailure()
      try {
        await this.#room()
      } catch (error) {
        if (this.#options.signal.aborted || this.#closed) return
        if (this.#dead) continue
        throw error
      }
      from += this.#hand(batch, from)
    }
  }

  #room(): Promise<void> {
    const { signal, stop = signal } = this.#options
    return this.#handOver.room(this.#producer, stop, signal)
  }

  #hand(batch: PackedBatch, from: number): number {
    const producer = this.#producer
    return this.#handOver.hand(producer, batch, from, producer.nextSequence + this.#shift)
  }

  /** Makes a new producer and sends everything that is held again, unless the signal fires. */
  async #replace(signal: AbortSignal): Promise<void> {
    const { log, settled } = this.#options
    while (this.#dead && !signal.aborted && !this.#closed) {
      const error = this.#dead
      if (FENCED.has(error.code) || this.#replacements >= REPLACEMENTS) {
        this.#fail(error, null)
        throw this.#failure
      }
      log.warn(
        `The producer has died and is replaced; unacknowledged records are sent again: ${causes(error)}`,
        javaTrace(error),
      )
      await this.#discard()
      if (this.#replacements > 0) await pause(FIRST_BACKOFF * 2 ** (this.#replacements - 1), signal)
      this.#replacements++
      if (signal.aborted) return
      const producer = await this.#options.openProducer()
      // Meanwhile the task may have been given up: another instance sends the same records now.
      if (signal.aborted || this.#closed) return this.#closeProducer(producer, 0)
      this.#producer = producer
      this.#dead = null
      this.#listen(this.#producer)
      this.#shift = settled()
      await this.#resend()
    }
  }

  async #resend(): Promise<void> {
    const start = this.#shift
    for (const { batch, first } of [...this.#inFlight.batches()]) {
      let from = Math.max(start - first, 0)
      while (from < batch.count) {
        from += this.#hand(batch, from)
        if (this.#dead || this.#failure || this.gaveUp) return
        if (from >= batch.count) break
        try {
          await this.#room()
        } catch (error) {
          if (this.#dead || this.#options.signal.aborted || this.#closed) return
          throw error
        }
      }
    }
  }

  async #discard(): Promise<void> {
    const old = this.#producer
    old.onDelivery = () => {}
    old.onFatal = () => {}
    await this.#closeProducer(old, 0)
  }

  #listen(producer: Producer): void {
    producer.onFatal = error => this.#die(error)
    producer.onDelivery = runs => this.#onDelivery(runs)
  }

  #die(error: KafkaError): void {
    this.#dead ??= error
    this.#wakeWaiting?.()
    this.#options.died?.()
  }

  #onDelivery(runs: readonly DeliveryRun[]): void {
    const good: DeliveryRun[] = []
    let settled = false
    for (const run of runs) {
      if (run.error === null) {
        good.push(this.#shift === 0 ? run : { ...run, first: run.first + this.#shift })
      } else if (run.error.fatal) {
        // Not the record's fault: it goes out again with the next producer.
        this.#die(run.error)
      } else {
        settled = this.#refused(run, run.error) || settled
      }
    }
    if (good.length > 0) {
      this.#replacements = 0
      this.#options.delivered(good)
      settled = true
    }
    if (settled) this.#release()
    this.#wakeWaiting?.()
  }

  #release(): void {
    const settled = this.#options.settled()
    this.#inFlight.release(settled)
    this.#handOver.release(settled)
  }

  /** True when the records are skipped. */
  #refused(told: DeliveryRun, error: KafkaError): boolean {
    const run = { ...told, first: told.first + this.#shift }
    let skipped = false
    for (const part of this.#handOver.reasons(run, error, this.#inFlight.topicOf(run.first))) {
      if (this.#options.refused?.(part)) skipped = true
      else this.#fail(part.error, this.#options.describe(part.first))
    }
    return skipped
  }

  #fail(cause: KafkaError, record: string | null): void {
    if (this.#failure !== null) return
    const failure = new ConnectException('Unrecoverable exception from producer send callback', {
      cause,
      ...(record !== null && {
        hint: `${record}. Make Kafka take it (rights, message sizes), or set errors.tolerance=all to skip such records.`,
      }),
    })
    this.#failure = record === null ? failure : withPlace(failure, record)
  }

  /** Resolves when something about the producer has changed or the task is given up. */
  #change(): Promise<void> {
    const { signal } = this.#options
    return new Promise(resolve => {
      const wake = () => {
        this.#wakeWaiting = null
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#wakeWaiting = wake
      signal.addEventListener('abort', wake)
    })
  }
}
