import { causes, javaTrace } from '../data/errors.ts'
import type { SourceRecord } from '../data/records.ts'
import { pause } from '../waiting/deadline.ts'
import type { Breather } from './breather.ts'
import type { SourceCounters } from './counters.ts'
import type { ErrorOperator } from './error-operator.ts'
import { Interrupted } from './interrupts.ts'
import type { EncodeFailure, SourceEncoder } from './source-encoder.ts'
import type { SubmittedRecords } from './source-offsets.ts'
import type { SourceOutcomes } from './source-outcomes.ts'
import { isRetriable } from './source-poller.ts'
import { appendEncoded, type EncodedRecord, type SourceRecovery } from './source-recovery.ts'
import type { SourceSender } from './source-sender.ts'
import type { StageClock } from './stage-clock.ts'
import type { TaskLife } from './task-runner.ts'
import type { TopicCreation } from './topic-creation.ts'

export interface SourceDispatchOptions {
  life: TaskLife
  sender: SourceSender
  submitted: SubmittedRecords
  encoder: SourceEncoder
  recovery: SourceRecovery
  outcomes: SourceOutcomes
  operator: ErrorOperator<SourceRecord>
  topicCreation: TopicCreation | null
  counters: SourceCounters
  clock: StageClock
  breather: Breather
  /** Lets a pause that is asked for go by; false when the task is to stop. */
  follow(): Promise<boolean>
}

/** Java: AbstractWorkerSourceTask.SEND_FAILED_BACKOFF_MS */
const SEND_FAILED_BACKOFF_MS = 100

/**
 * Takes polled records through transformations and converters to the producer, in their order.
 * Java: AbstractWorkerSourceTask.sendRecords
 */
export class SourceDispatch {
  readonly #options: SourceDispatchOptions
  #left = 0

  constructor(options: SourceDispatchOptions) {
    this.#options = options
  }

  /** Records of the poll in hand that are not yet handed to the converters. */
  get left(): number {
    return this.#left
  }

  /**
   * As in Java a task that is asked to stop still sends what it has polled, but for what has to wait for a registry or
   * a retry first: that is polled again by the next instance. Giving the task up ends this.
   */
  async send(records: readonly SourceRecord[]): Promise<void> {
    this.#left = records.length
    await this.#send(records)
    this.#left = 0
  }

  async #send(records: readonly SourceRecord[]): Promise<void> {
    const { life, sender, submitted, encoder, outcomes, operator, counters, clock, breather, follow } =
      this.#options
    for (let i = 0; i < records.length && !life.cancelled; ) {
      const waited = clock.now()
      if (!sender.hasRoom) {
        await sender.room()
        if (life.cancelled) return
      }
      const batch = sender.open(submitted.next)
      const from = batch.count
      const bytes = batch.dataLength
      const began = clock.now()
      i = encoder.encode(records, i, batch)
      const encoded = clock.now()
      this.#left = records.length - i
      counters.sent += batch.count - from
      counters.sentBytes += batch.dataLength - bytes
      outcomes.awaits(batch.topics)
      // What was polled before a bad record goes out, as in Java.
      const rest = sender.send(batch, from)
      if (rest !== null) await rest
      clock.converted(encoded - began)
      clock.spent('produce', began - waited + clock.now() - encoded)
      sender.throwFailure()
      if (sender.gaveUp) return
      // What Kafka refuses is reported from its callback, which cannot wait.
      const room = operator.room()
      if (room !== null) await room
      const { failure, wanted, pending } = encoder
      try {
        if (pending !== null) await clock.in('convert', () => operator.ready(pending))
        if (failure !== null) {
          if (!(await this.#recover(records[i]!, failure))) return
          i++
        }
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error
        // After a pause the record is taken anew, transformations included: they may have gone on since the failure.
        if (!(await follow())) return
      }
      if (wanted !== null && !(await this.#ensureTopic(wanted))) return
      if (breather.due) await breather.take()
    }
  }

  /** Takes one record the slow way; false when the task ends meanwhile. @throws Interrupted */
  async #recover(record: SourceRecord, failure: EncodeFailure): Promise<boolean> {
    const { life, sender, recovery, outcomes, topicCreation, clock } = this.#options
    const encoded = await clock.in('convert', () => recovery.recover(record, failure))
    if (life.cancelled) return false
    if (encoded.length === 0) {
      outcomes.dropped(record)
      return true
    }
    const known = topicCreation?.known
    for (const { record: output } of encoded) {
      const wanted = known === undefined || known.has(output.topic!) ? null : output.topic
      if (wanted !== null && !(await this.#ensureTopic(wanted))) return false
    }
    await this.#sendEncoded(record, encoded)
    return !life.cancelled && !sender.gaveUp
  }

  async #sendEncoded(record: SourceRecord, encoded: readonly EncodedRecord[]): Promise<void> {
    const { life, sender, submitted, outcomes, counters } = this.#options
    if (!sender.hasRoom) await sender.room()
    if (life.cancelled) return
    const batch = sender.open(submitted.next)
    const from = batch.count
    const bytes = batch.dataLength
    for (const one of encoded) appendEncoded(batch, one)
    if (encoded.length === 1) submitted.submit(record)
    else submitted.submitSeveral(record, encoded.length)
    counters.sent += encoded.length
    counters.sentBytes += batch.dataLength - bytes
    outcomes.awaits(batch.topics)
    await sender.send(batch, from)
    sender.throwFailure()
  }

  /** False when the task is asked to stop before it is known whether the topic is there. */
  async #ensureTopic(topic: string): Promise<boolean> {
    const { life, topicCreation } = this.#options
    while (!life.stopping) {
      try {
        await topicCreation!.ensure(topic)
        return true
      } catch (error) {
        if (!isRetriable(error)) throw error
        life.log.warn(
          `${life} Failed to send record to topic '${topic}'. Backing off before retrying: ${causes(error)}`,
          javaTrace(error),
        )
        await pause(SEND_FAILED_BACKOFF_MS, life.signal)
      }
    }
    return false
  }
}
