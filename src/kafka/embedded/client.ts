import type { Admin, ClientProperties, Consumer, KafkaClient, Producer } from '../port.ts'
import { EmbeddedAdmin } from './admin.ts'
import { EmbeddedConsumer } from './consumer.ts'
import { openDatabase } from './database.ts'
import { Groups } from './groups.ts'
import { Journal } from './journal.ts'
import { Log } from './log.ts'
import { GroupOffsets } from './offsets.ts'
import { embeddedOptions } from './options.ts'
import { EmbeddedProducer } from './producer.ts'
import { Retention } from './retention.ts'
import { Topics } from './topics.ts'
import { Transactions } from './transactions.ts'

export interface EmbeddedClient extends KafkaClient {
  /** Deletes what is past its retention now, instead of at the next interval. */
  retain(): Promise<void>
}

/**
 * Opens the durable log in `dataDir` (`bootstrap.servers=embedded`) for this process alone. Of `properties` it
 * reads `bunnect.embedded.retention.ms`, `.retention.bytes`, `.retention.force` and
 * `.retention.check.interval.ms`. Throws ConfigException for unusable values, ConnectException when the log is
 * in use by another process, on a network file system or not writable.
 */
export function embeddedClient(dataDir: string, properties: ClientProperties = {}): EmbeddedClient {
  const options = embeddedOptions(properties)
  const open = openDatabase(dataDir)
  const journal = new Journal(open)
  const topics = new Topics(journal)
  const log = new Log(journal, open.file)
  const offsets = new GroupOffsets(journal)
  const groups = new Groups(topics, offsets)
  const transactions = new Transactions(journal)
  const retention = new Retention(journal, topics, groups, options)
  retention.start()

  const consumers = new Set<EmbeddedConsumer>()
  const producers = new Set<EmbeddedProducer>()
  let opened = 0
  let closing: Promise<void> | null = null

  async function close(): Promise<void> {
    await Promise.all([...consumers].map(consumer => consumer.close()))
    await Promise.all([...producers].map(producer => producer.close(CLOSE_MS)))
    await retention.stop()
    await journal.close()
  }

  return {
    async producer(clientProperties: ClientProperties): Promise<Producer> {
      const closed = (producer: EmbeddedProducer) => void producers.delete(producer)
      const producer = new EmbeddedProducer(clientProperties, { topics, log, transactions, closed })
      producers.add(producer)
      return producer
    },
    async consumer(clientProperties: ClientProperties): Promise<Consumer> {
      const closed = (consumer: EmbeddedConsumer) => void consumers.delete(consumer)
      const parts = { topics, log, groups, offsets, number: opened++, closed }
      const consumer = new EmbeddedConsumer(clientProperties, parts)
      consumers.add(consumer)
      return consumer
    },
    async admin(): Promise<Admin> {
      return new EmbeddedAdmin({ clusterId: open.clusterId, journal, topics, groups, offsets, options })
    },
    retain: () => retention.run(),
    close() {
      closing ??= close()
      return closing
    },
  }
}

/** What is in flight when the log is closed gets this long to reach the disk. */
const CLOSE_MS = 30_000
