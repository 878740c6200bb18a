import { causes, javaTrace } from '../data/errors.ts'
import type { SourceRecord } from '../data/records.ts'
import type { DeliveryRun, KafkaError } from '../kafka/port.ts'
import type { Logger } from '../observe/log.ts'
import type { SourceMeters } from '../observe/metrics/task-meters.ts'
import type { RecordMetadata, SourceTask } from '../sdk/plugin.ts'
import type { SourceCounters } from './counters.ts'
import type { ErrorOperator } from './error-operator.ts'
import { ProcessingContext } from './processing-context.ts'
import { SentAsSeveral, type SubmittedRecords } from './source-offsets.ts'
import { describeSource } from './source-record.ts'

export interface SourceOutcomesOptions {
  name: string
  task: SourceTask
  submitted: SubmittedRecords
  /** The topic of a record that is not settled yet. */
  topicOf(sequence: number): string | null
  /** Told of the topics that have taken records; `knows` is true when it need not be told of one any more. */
  uses(topic: string): void
  knows(topic: string): boolean
  operator: ErrorOperator<SourceRecord>
  counters: SourceCounters
  meters: SourceMeters | null
  log: Logger
}

const EXECUTING_CLASS = 'org.apache.kafka.connect.runtime.WorkerSourceTask'

/** What became of a source task's records: tells the task, and lets offsets go on. */
export class SourceOutcomes {
  readonly #options: SourceOutcomesOptions
  readonly #tellTask: boolean
  /** Topics of records under way of which is to be told; mostly none: then outcomes need not be asked for theirs. */
  readonly #untold = new Set<string>()

  constructor(options: SourceOutcomesOptions) {
    this.#options = options
    this.#tellTask = options.task.commitRecord !== undefined
  }

  /** Records for these topics go out. */
  awaits(topics: readonly string[]): void {
    for (const topic of topics) if (!this.#options.knows(topic)) this.#untold.add(topic)
  }

  /** Kafka has the records. */
  delivered(runs: readonly DeliveryRun[]): void {
    const { submitted, counters, meters, topicOf, uses } = this.#options
    let written = 0
    for (const run of runs) {
      if (this.#tellTask || this.#untold.size > 0) {
        const topic = topicOf(run.first)
        if (topic !== null && this.#untold.delete(topic)) uses(topic)
        if (this.#tellTask) this.#acknowledged(run, topic)
      }
      submitted.ack(run.first, run.count)
      written += run.count
    }
    counters.written += written
    meters?.write.record(written)
  }

  /** Kafka does not take the records: with tolerance they are reported and count as done; false without. */
  refused(run: DeliveryRun & { error: KafkaError }): boolean {
    const { submitted, operator } = this.#options
    if (operator.tolerance === 'none') return false
    for (let k = 0; k < run.count; k++) {
      const sent = submitted.waiting(run.first + k)
      if (sent === null) continue
      const several = sent instanceof SentAsSeveral ? sent : null
      const record = several === null ? (sent as SourceRecord) : several.record
      // One report for a record, however many of its outputs are refused.
      if (!several?.refused) {
        const context = new ProcessingContext(record).at('KAFKA_PRODUCE', EXECUTING_CLASS)
        void operator.executeFailed(context, run.error)
      }
      if (several === null || several.outcome(run.first + k, null)) this.#commitRecord(record, null)
    }
    submitted.ack(run.first, run.count)
    return true
  }

  /** A record that goes no further: a transformation or a tolerated error has dropped it. */
  dropped(record: SourceRecord): void {
    this.#options.counters.dropped++
    this.#commitRecord(record, null)
  }

  /** Names the record of a sequence in an error. */
  describe(sequence: number): string {
    const { name, submitted, topicOf } = this.#options
    const origin = submitted.origin(sequence)
    const sourcePartition = origin?.partition ?? null
    const sourceOffset = origin?.offset ?? null
    return `task ${name}, ${describeSource({ topic: topicOf(sequence), sourcePartition, sourceOffset })}`
  }

  #acknowledged(run: DeliveryRun, topic: string | null): void {
    const { submitted } = this.#options
    for (let k = 0; k < run.count; k++) {
      const sequence = run.first + k
      const sent = submitted.waiting(sequence)
      if (sent === null) continue
      const offset = run.baseOffset < 0 ? -1 : run.baseOffset + k
      if (!(sent instanceof SentAsSeveral)) {
        this.#commitRecord(sent, { topic: topic ?? sent.topic!, partition: run.partition, offset })
      } else if (
        sent.outcome(sequence, { topic: topic ?? sent.record.topic!, partition: run.partition, offset })
      ) {
        this.#commitRecord(sent.record, sent.metadata)
      }
    }
  }

  #commitRecord(record: SourceRecord, metadata: RecordMetadata | null): void {
    try {
      this.#options.task.commitRecord?.(record, metadata)
    } catch (error) {
      this.#options.log.error(
        `Exception thrown while calling task.commitRecord(): ${causes(error)}`,
        javaTrace(error),
      )
    }
  }
}
