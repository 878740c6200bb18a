/** Logs of internal topics on a broker, as a distributed worker makes them. */
import { parseWorkerConfig } from '../../../src/config/worker-config.ts'
import type { InternalStore } from '../../../src/kafka/client-layers.ts'
import { propertyTable } from '../../../src/kafka/client-properties.ts'
import { librdkafkaClient } from '../../../src/kafka/librdkafka/client.ts'
import type { KafkaClient } from '../../../src/kafka/port.ts'
import { redirect } from '../../../src/observe/log.ts'
import { type DistributedWorker, InternalLogs } from '../../../src/stores/internal-logs.ts'
import type { LogRecord, TopicLog } from '../../../src/stores/topic-log.ts'

export const kafka: KafkaClient = librdkafkaClient(propertyTable)
export const DEADLINE = 60_000

const PREFIX: Record<InternalStore, string> = {
  configs: 'config.storage.',
  statuses: 'status.storage.',
  offsets: 'offset.storage.',
}

let topics = 0
export function freshTopic(what: string): string {
  return `${what}-${process.pid}-${Date.now()}-${topics++}`
}

/** A worker whose topics have names of their own; `set` are more lines of its configuration. */
export function workerOn(bootstrap: string, set: Record<string, string> = {}): DistributedWorker {
  return parseWorkerConfig('distributed', {
    'bootstrap.servers': bootstrap,
    'group.id': freshTopic('group'),
    'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'config.storage.topic': freshTopic('configs'),
    'status.storage.topic': freshTopic('statuses'),
    'offset.storage.topic': freshTopic('offsets'),
    'config.storage.replication.factor': '1',
    'status.storage.replication.factor': '1',
    'offset.storage.replication.factor': '1',
    ...set,
  })
}

export function topicOf(worker: DistributedWorker, store: InternalStore): string {
  return worker.raw[`${PREFIX[store]}topic`]!
}

export interface Opened extends AsyncDisposable {
  log: TopicLog
  records: LogRecord[]
  /** `key=value` of what was told, in order; nulls as `null`. */
  texts(): string[]
}

/** Not started. Disposing closes it and its admin client. */
export function openLog(
  worker: DistributedWorker,
  store: InternalStore,
  tell?: (record: LogRecord) => void,
): Opened {
  const logs = new InternalLogs(kafka, worker)
  const records: LogRecord[] = []
  const log = logs.open(store, record => {
    records.push(record)
    tell?.(record)
  })
  return {
    log,
    records,
    texts: () => records.map(({ key, value }) => `${key}=${value}`),
    async [Symbol.asyncDispose]() {
      await log.close()
      await logs.close()
    },
  }
}

/** What is logged meanwhile. */
export function captured(): { lines: string[] } & Disposable {
  const lines: string[] = []
  const back = redirect(line => lines.push(line))
  return { lines, [Symbol.dispose]: back }
}

export async function rejection(promise: Promise<unknown>): Promise<Error & { hint?: string }> {
  try {
    await promise
  } catch (error) {
    return error as Error
  }
  throw new Error('it did not fail')
}
