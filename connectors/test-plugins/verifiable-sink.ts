import {
  ConnectException,
  type SinkOffset,
  type SinkRecord,
  type SinkTask,
  type SinkTaskContext,
  sinkConnector,
  type TopicPartition,
} from '#bunnect'
import { type Field, jsonLine } from './json-line.ts'
import { parseInteger } from './numbers.ts'
import { numberedConfigs } from './seqno.ts'
import { VERSION } from './version.ts'

/**
 * Prints a JSON object for each record that it gets, and another one when its offset is about to be committed.
 * Java: org.apache.kafka.connect.tools.VerifiableSinkConnector
 */
export const verifiableSink = sinkConnector({
  className: 'org.apache.kafka.connect.tools.VerifiableSinkConnector',
  taskClassName: 'org.apache.kafka.connect.tools.VerifiableSinkTask',
  version: VERSION,
  doc: 'Prints what it gets and what of it is committed, to test a cluster.',
  unlisted: true,
  config: {},
  taskConfigs: (_config, maxTasks, props) => numberedConfigs(props, maxTasks),
  task: (_config, context) => new VerifiableSinkTask(context),
})

class VerifiableSinkTask implements SinkTask {
  readonly #context: SinkTaskContext
  #name = ''
  #id = 0
  /** By topic and partition. */
  readonly #unflushed = new Map<string, SinkRecord[]>()

  constructor(context: SinkTaskContext) {
    this.#context = context
  }

  start(): void {
    const config = this.#context.configs()
    try {
      this.#name = config['name'] ?? ''
      this.#id = parseInteger(config['id'])
    } catch (cause) {
      throw new ConnectException('Invalid VerifiableSourceTask configuration', { cause })
    }
  }

  async put(records: SinkRecord[]): Promise<void> {
    const now = Date.now()
    let printed: Promise<void> | null = null
    for (const record of records) {
      printed = this.#print(record, now)
      const key = keyOf({ topic: record.topic!, partition: record.kafkaPartition! })
      const kept = this.#unflushed.get(key)
      if (kept) kept.push(record)
      else this.#unflushed.set(key, [record])
    }
    await printed
  }

  async flush(offsets: SinkOffset[]): Promise<void> {
    const now = Date.now()
    let printed: Promise<void> | null = null
    for (const partition of offsets) {
      const key = keyOf(partition)
      for (const record of this.#unflushed.get(key) ?? []) printed = this.#print(record, now, true)
      this.#unflushed.delete(key)
    }
    // Invariant 1: the offsets are committed after this.
    await printed
  }

  #print(record: SinkRecord, now: number, flushed = false): Promise<void> {
    const fields: Field[] = [
      // The task of the source: VerifiableSourceTask makes it the key.
      ['task', record.key, record.keySchema],
      ['seqno', record.value, record.valueSchema],
      ['offset', record.kafkaOffset],
      ['time_ms', now],
      ['name', this.#name],
      ['topic', record.topic],
      ['sinkTask', this.#id],
    ]
    if (flushed) fields.push(['flushed', true])
    return this.#context.print(jsonLine(fields))
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}
