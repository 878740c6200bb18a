import { ConnectException, causes, javaTrace } from '../data/errors.ts'
import type { PackedBatch } from '../kafka/packed-batch.ts'
import { type DeliveryRun, KafkaError, type Producer, type Refusal } from '../kafka/port.ts'
import { refusedByBroker } from '../kafka/send-errors.ts'
import type { Logger } from '../observe/log.ts'
import { pauseFor } from './deadline.ts'
import { InFlight } from './in-flight.ts'
import { withPlace } from './place.ts'

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
/** Before what the client refused for now is handed over again, in ms. Java: SEND_FAILED_BACKOFF_MS */
const SEND_AGAIN = 100
/** Errors of a producer whose place another one has taken: it must not go on. */
const FENCED = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'FENCED', 'FENCED_INSTANCE_ID'])

/**
 * The producer of one source task: order, back-pressure, and a new producer when the old one died, which gets
 * everything again from the first record that is not known to be in Kafka.
 */
export class SourceSender {
  readonly #options: SourceSenderOptions
  readonly #inFlight: InFlight
  #producer: Producer
  /** The task's sequence of the record that is the producer's 0. */
  #shift = 0
  #dead: KafkaError | null = null
  /** Why the client refuses records that it has, by sequence. */
  readonly #refusals = new Map<number, KafkaError>()
  /** The last hand-over was refused for now. */
  #again = false
  #failure: ConnectException | null = null
  #replacements = 0
  #wakeWaiting: (() => void) | null = null
  #closed = false

  private constructor(options: SourceSenderOptions, producer: Producer) {
    this.#options = options
    this.#inFlight = new InFlight(options.inFlightBytes)
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
    return this.#again && this.#options.stop?.aborted === true
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
    return this.#again ? pauseFor(SEND_AGAIN, stop) : this.#producer.room(signal)
  }

  /** How many records the producer has taken; a dead one takes none, nor one that refuses for now. */
  #hand(batch: PackedBatch, from: number): number {
    this.#again = false
    try {
      const refusal = this.#producer.refusal(batch, from)
      return refusal === null ? this.#producer.send(batch, from) : this.#handBefore(batch, from, refusal)
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      if (!error.fatal && error.retriable) {
        this.#again = true
        this.#options.log.warn(`Failed to send record, will try again in ${SEND_AGAIN} ms: ${causes(error)}`)
        return 0
      }
      if (!error.fatal) throw new ConnectException('Unrecoverable exception trying to send', { cause: error })
      this.#dead ??= error
      return 0
    }
  }

  /** As `#hand` for a batch with a record that the producer will not take, whose error is known beforehand. */
  #handBefore(batch: PackedBatch, from: number, { index, error }: Refusal): number {
    const producer = this.#producer
    const sequence = producer.nextSequence + this.#shift + index - from
    if (!this.#options.strict) {
      this.#refusals.set(sequence, error)
      return sendUpTo(producer, batch, from, index + 1)
    }
    const taken = sendUpTo(producer, batch, from, index)
    if (from + taken === index) this.#fail(error, this.#options.describe(sequence))
    return taken
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
      if (this.#replacements > 0) await pauseFor(FIRST_BACKOFF * 2 ** (this.#replacements - 1), signal)
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
    for (const sequence of this.#refusals.keys()) if (sequence < settled) this.#refusals.delete(sequence)
  }

  /** True when the records are skipped. */
  #refused(run: DeliveryRun, error: KafkaError): boolean {
    let skipped = false
    const said = refusedByBroker(error, this.#inFlight.topicOf(run.first + this.#shift))
    const parts = this.#refusals.size === 0 ? [{ ...run, error: said }] : this.#eachWithError(run, said)
    for (const part of parts) {
      const first = part.first + this.#shift
      if (this.#options.refused?.({ ...part, first })) skipped = true
      else this.#fail(part.error, this.#options.describe(first))
    }
    return skipped
  }

  /** The run's records one by one, those that were too large with the error that says how large. */
  *#eachWithError(run: DeliveryRun, error: KafkaError): Generator<DeliveryRun & { error: KafkaError }> {
    for (let first = run.first; first < run.first + run.count; first++) {
      const known = this.#refusals.get(first + this.#shift)
      this.#refusals.delete(first + this.#shift)
      yield { ...run, first, count: 1, error: known ?? error }
    }
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

/** Sends the records before index `end` only. */
function sendUpTo(producer: Producer, batch: PackedBatch, from: number, end: number): number {
  const { count, dataLength } = batch
  if (end < count) batch.dataLength = batch.start(end)
  batch.count = end
  try {
    return producer.send(batch, from)
  } finally {
    batch.count = count
    batch.dataLength = dataLength
  }
}
