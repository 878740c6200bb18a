import { ConnectException, causes, javaTrace } from '../data/errors.ts'
import type { Admin, DeliveryRun, KafkaError, Producer } from '../kafka/port.ts'
import type { Logger } from '../observe/log.ts'
import { within } from '../waiting/deadline.ts'
import { contextHeaders, type DeadLetter } from './dead-letter.ts'
import type { ErrorCounters } from './error-counters.ts'
import type { ErrorReporter } from './error-reporter.ts'
import { asAnswered, ExecutionException } from './execution-exception.ts'
import type { ProcessingContext } from './processing-context.ts'
import { appendRaw } from './raw-record.ts'
import { SourceSender } from './source-sender.ts'
import type { TaskId } from './task-runner.ts'

export interface DeadLetterQueueSettings {
  topic: string
  /** For the topic when it has to be created; -1 = the broker's default. */
  replicationFactor: number
  /** Adds the `__connect.errors.` headers. */
  contextHeaders: boolean
  openAdmin(): Promise<Admin>
  openProducer(): Promise<Producer>
}

export interface DeadLetterQueueOptions<T> extends DeadLetterQueueSettings {
  id: TaskId
  letter(original: T): DeadLetter
  counters: ErrorCounters
  /** The task is given up: ends every wait. */
  cancelled: AbortSignal
  log: Logger
}

/** Bytes of letters that are not acknowledged yet; more wait outside (invariant 7). */
const IN_FLIGHT_BYTES = 4 * 1024 * 1024

interface Waiting {
  key: Uint8Array | null
  value: Uint8Array | null
  timestamp: number
  headers: { name: string; value: Uint8Array | null }[]
  outcome: PromiseWithResolvers<void>
}

/**
 * Sends failed records to a topic, in the order of their reports. A letter that cannot be produced is counted and
 * logged. Java: org.apache.kafka.connect.runtime.errors.DeadLetterQueueReporter
 */
export class DeadLetterQueue<T> implements ErrorReporter<T> {
  readonly #options: DeadLetterQueueOptions<T>
  #sender!: SourceSender
  /** By sequence, oldest first: sent, without outcome. */
  readonly #open = new Map<number, PromiseWithResolvers<void>>()
  #next = 0
  readonly #queue: Waiting[] = []
  #pump: Promise<void> | null = null
  #closed = false

  private constructor(options: DeadLetterQueueOptions<T>) {
    this.#options = options
  }

  /** Creates the topic where it is missing. Throws ConnectException. Java: createAndSetup */
  static async open<T>(options: DeadLetterQueueOptions<T>): Promise<DeadLetterQueue<T>> {
    await setUp(options)
    const queue = new DeadLetterQueue(options)
    queue.#sender = await SourceSender.open({
      openProducer: options.openProducer,
      inFlightBytes: IN_FLIGHT_BYTES,
      signal: options.cancelled,
      log: options.log,
      delivered: runs => queue.#delivered(runs),
      refused: run => queue.#refused(run, run.error),
      strict: false,
      settled: () => queue.#settledSequence(),
      describe: () => `letter to ${options.topic}`,
      died: () => queue.#start(),
    })
    return queue
  }

  report(context: ProcessingContext<T>): Promise<void> {
    const { id, counters, letter } = this.#options
    counters.deadLetterRequests++
    const outcome = Promise.withResolvers<void>()
    // Who does not wait for it has the log line and the counter.
    outcome.promise.catch(() => {})
    if (this.#closed) {
      this.#fail(outcome, new ConnectException('The task was closed before the dead letter was reported'))
      return outcome.promise
    }
    try {
      const made = letter(context.original)
      const headers = [...made.headers]
      if (this.#options.contextHeaders) headers.push(...contextHeaders(id, made, context))
      const { key, value, timestamp } = made
      this.#queue.push({ key, value, timestamp, headers, outcome })
    } catch (error) {
      this.#fail(outcome, error)
      return outcome.promise
    }
    this.#start()
    const waiting = this.#queue.at(-1)
    if (waiting !== undefined) keep(waiting)
    return outcome.promise
  }

  room(): Promise<void> | null {
    return this.#pump
  }

  settled(): Promise<void> | null {
    const open = [...this.#queue.map(({ outcome }) => outcome), ...this.#open.values()]
    if (open.length === 0) return null
    return Promise.allSettled(open.map(({ promise }) => promise)).then(() => {})
  }

  async close(timeoutMs: number): Promise<void> {
    this.#closed = true
    const deadline = performance.now() + timeoutMs
    if (this.#pump) await within(this.#pump, timeoutMs, () => {})
    await this.#sender.close(Math.max(deadline - performance.now(), 0))
    this.#failAll(new ConnectException('The task was closed before the dead letter was acknowledged'))
  }

  #start(): void {
    if (this.#pump !== null) return
    const pending = this.#handOver()
    if (pending !== null) this.#pump = this.#drain(pending)
  }

  /** Hands over what is queued; null when all of it is, else what to wait for before the next try. */
  #handOver(): Promise<void> | null {
    // Letters on their way hold up commits: they do not wait for the next report.
    if (this.#sender.dead) return this.#sender.check(this.#options.cancelled)
    while (this.#queue.length > 0) {
      const pending = this.#sender.hasRoom ? this.#sendBatch() : this.#sender.room()
      if (pending !== null) return pending
    }
    return null
  }

  async #drain(first: Promise<void>): Promise<void> {
    for (let pending: Promise<void> | null = first; pending !== null; pending = this.#handOver()) {
      try {
        await pending
      } catch (error) {
        this.#failAll(error)
      }
      if (this.#options.cancelled.aborted) break
    }
    this.#pump = null
  }

  #sendBatch(): Promise<void> | null {
    const batch = this.#sender.open(this.#next)
    const from = batch.count
    const topic = batch.topicNumber(this.#options.topic)
    for (const letter of this.#queue.splice(0)) {
      try {
        appendRaw(batch, topic, -1, letter.timestamp, letter)
      } catch (error) {
        this.#fail(letter.outcome, error)
        continue
      }
      this.#open.set(this.#next++, letter.outcome)
    }
    try {
      return this.#sender.send(batch, from)
    } catch (error) {
      this.#failAll(error)
      return null
    }
  }

  #delivered(runs: readonly DeliveryRun[]): void {
    for (const run of runs) {
      for (let k = 0; k < run.count; k++) this.#outcomeOf(run.first + k)?.resolve()
    }
  }

  #refused(run: DeliveryRun, error: KafkaError | null): boolean {
    for (let k = 0; k < run.count; k++) {
      const outcome = this.#outcomeOf(run.first + k)
      if (outcome) this.#fail(outcome, error)
    }
    return true
  }

  #outcomeOf(sequence: number): PromiseWithResolvers<void> | undefined {
    const outcome = this.#open.get(sequence)
    this.#open.delete(sequence)
    return outcome
  }

  #settledSequence(): number {
    const oldest = this.#open.keys().next()
    return oldest.done ? this.#next : oldest.value
  }

  /** The client is of no use for now: what it holds, or was to take, has no outcome to wait for. */
  #failAll(error: unknown): void {
    const waiting = this.#queue.splice(0).map(({ outcome }) => outcome)
    for (const outcome of [...this.#open.values(), ...waiting]) this.#fail(outcome, error)
    this.#open.clear()
    this.#sender.forget(this.#next)
  }

  #fail(outcome: PromiseWithResolvers<void>, error: unknown): void {
    const { topic, counters, log } = this.#options
    counters.deadLetterFailures++
    log.error(
      `Could not produce message to dead letter queue. topic=${topic}: ${causes(error)}`,
      javaTrace(error),
    )
    outcome.reject(error)
  }
}

/** Views of the consumed batch do not outlive it. */
function keep(letter: Waiting): void {
  letter.key &&= Buffer.from(letter.key)
  letter.value &&= Buffer.from(letter.value)
  letter.headers = letter.headers.map(({ name, value }) => ({ name, value: value && Buffer.from(value) }))
}

async function setUp<T>({
  topic,
  replicationFactor,
  openAdmin,
  log,
}: DeadLetterQueueOptions<T>): Promise<void> {
  try {
    const admin = await openAdmin()
    try {
      if ((await admin.listTopics()).includes(topic)) return
      log.info(`Topic ${topic} doesn't exist. Will attempt to create topic.`)
      const created = await admin.createTopics([{ topic, partitions: 1, replicationFactor }])
      const error = created.get(topic) ?? null
      if (error !== null && error.code !== 'TOPIC_ALREADY_EXISTS') throw asAnswered(error)
    } finally {
      await admin.close()
    }
  } catch (error) {
    throw new ConnectException(`Could not initialize dead letter queue with topic=${topic}`, {
      cause: new ExecutionException(error),
      hint:
        `Create the topic ${topic} beforehand, or let the replication factor of the dead letter queue ` +
        `(${replicationFactor}) fit the number of brokers.`,
    })
  }
}
