import { javaTrace } from '../../data/errors.ts'
import { logger } from '../../observe/log.ts'
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

const log = logger('bunnect.embedded')

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
  const records = new Log(journal, open.file)
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
    // A callback of the consumer's owner may never return: nobody else's records wait for it.
    await Promise.all([...consumers].map(consumer => ended(consumer.close(), `consumer ${consumer.id}`)))
    await Promise.all([...producers].map(producer => producer.close(CLOSE_MS)))
    await retention.stop()
    await journal.close()
  }

  return {
    async producer(clientProperties: ClientProperties): Promise<Producer> {
      const closed = (producer: EmbeddedProducer) => void producers.delete(producer)
      const producer = new EmbeddedProducer(clientProperties, { topics, log: records, transactions, closed })
      producers.add(producer)
      return producer
    },
    async consumer(clientProperties: ClientProperties): Promise<Consumer> {
      const closed = (consumer: EmbeddedConsumer) => void consumers.delete(consumer)
      const parts = { topics, log: records, groups, offsets, number: opened++, closed }
      const consumer = new EmbeddedConsumer(clientProperties, parts)
      consumers.add(consumer)
      return consumer
    },
    async admin(): Promise<Admin> {
      const { clusterId } = open
      return new EmbeddedAdmin({ clusterId, journal, topics, groups, offsets, transactions, options })
    },
    retain: () => retention.run(),
    close() {
      closing ??= close()
      return closing
    },
  }
}

/** What is in flight when the log is closed gets this long to reach the disk. */
const CLOSE_MS = 20_000
/** A consumer whose owner still has something to commit gets this long. */
const CONSUMER_CLOSE_MS = 5_000

/** Waits for a close at most so long (invariant 7); what does not end is told and left behind. */
async function ended(closing: Promise<void>, what: string): Promise<void> {
  let timer: Timer | undefined
  const late = new Promise<void>(resolve => {
    timer = setTimeout(() => {
      log.warn(
        `The embedded log is closed although its ${what} has not ended within ${CONSUMER_CLOSE_MS} ms: a rebalance ` +
          'callback of its owner does not return. What it has not committed comes again.',
      )
      resolve()
    }, CONSUMER_CLOSE_MS)
  })
  try {
    await Promise.race([closing, late])
  } catch (error) {
    log.warn(`The ${what} of the embedded log could not be closed: ${javaTrace(error)}`)
  } finally {
    clearTimeout(timer)
  }
}
