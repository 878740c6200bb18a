import { ConnectException } from '../data/errors.ts'
import type { SinkRecord } from '../data/records.ts'
import { ConversionPending } from '../sdk/conversion-pending.ts'
import type { ErrantRecordReporter, TopicPartition } from '../sdk/plugin.ts'
import type { TaskConverters } from './converters.ts'
import type { ErrorOperator } from './error-operator.ts'
import { ExecutionException, textOf } from './execution-exception.ts'
import { fieldBytes } from './field-buffer.ts'
import { encodedHeaders } from './header-buffer.ts'
import { InternalSinkRecord } from './internal-sink-record.ts'
import { type ConsumedRecord, ProcessingContext } from './processing-context.ts'
import { text } from './sink-offsets.ts'

const SINK_TASK = 'org.apache.kafka.connect.sink.SinkTask'

/**
 * Takes the records that a sink task cannot use, and remembers per original partition which reports are not durable
 * yet. Java: org.apache.kafka.connect.runtime.errors.WorkerErrantRecordReporter
 */
export class ErrantRecords implements ErrantRecordReporter {
  readonly #operator: ErrorOperator<ConsumedRecord>
  readonly #converters: TaskConverters
  readonly #open = new Map<string, Set<Promise<void>>>()

  constructor(operator: ErrorOperator<ConsumedRecord>, converters: TaskConverters) {
    this.#operator = operator
    this.#converters = converters
  }

  /** errors.tolerance=all: a report lets the task go on. */
  get tolerant(): boolean {
    return this.#operator.tolerance === 'all'
  }

  report(record: SinkRecord, error: unknown): Promise<void> {
    const reported = this.#report(record, error)
    // Once: a report that has waited may not come back after its partition was forgotten.
    this.#remember(record, reported)
    return reported
  }

  #report(record: SinkRecord, error: unknown): Promise<void> {
    let original: ConsumedRecord
    try {
      original =
        record instanceof InternalSinkRecord ? record.consumed() : serialized(record, this.#converters)
    } catch (pending) {
      if (!(pending instanceof ConversionPending) || this.#operator.cancelled) throw pending
      return this.#operator.answered(pending).then(() => this.#report(record, error))
    }
    const context = new ProcessingContext(original).at('TASK_PUT', SINK_TASK)
    return this.#operator.executeFailed(context, error)
  }

  /**
   * What offsets of these partitions have to wait for, null when there is nothing: any dead letter that is under way,
   * but only those that the task itself reported may fail it. Rejects with ConnectException.
   */
  reported(partitions: readonly TopicPartition[]): Promise<void> | null {
    const open = partitions.flatMap(partition => [...(this.#open.get(text(partition)) ?? [])])
    const settled = this.#operator.settled()
    return open.length === 0 && settled === null ? null : durable(open, settled)
  }

  /** The partitions are somebody else's now. */
  forget(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#open.delete(text(partition))
  }

  #remember(record: SinkRecord, reported: Promise<void>): void {
    const partition = text({
      topic: record.originalTopic,
      partition: record.originalKafkaPartition,
    })
    const open = this.#open.get(partition) ?? new Set()
    this.#open.set(partition, open.add(reported))
    reported.then(
      () => open.delete(reported),
      // Invariant 1: a failed one stays, so that no commit of the partition passes it, the closing one neither.
      () => {},
    )
  }
}

async function durable(open: readonly Promise<void>[], settled: Promise<unknown> | null): Promise<void> {
  await settled
  try {
    await Promise.all(open)
  } catch (error) {
    const cause = new ExecutionException(error)
    throw new ConnectException(textOf(cause), { cause })
  }
}

/** A record that the task built itself, as its converters write it. */
function serialized(record: SinkRecord, { key, value, header }: TaskConverters): ConsumedRecord {
  const topic = record.topic!
  return {
    topic,
    partition: record.kafkaPartition!,
    offset: record.kafkaOffset,
    timestamp: record.timestamp ?? -1,
    timestampType: record.timestampType,
    key: fieldBytes(out => key.serialize(topic, record.keySchema, record.key, out)),
    value: fieldBytes(out => value.serialize(topic, record.valueSchema, record.value, out)),
    headers: record.hasHeaders ? encodedHeaders(topic, record.headers, header) : [],
  }
}
