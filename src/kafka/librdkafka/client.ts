import type { AdminOptions } from '@platformatic/kafka'
import { logger } from '../../observe/log.ts'
import type { Admin, ClientProperties, Consumer, KafkaClient, Producer } from '../port.ts'
import type { Settings } from './addon.ts'
import { PlatformaticAdminClient } from './admin.ts'
import { LibrdkafkaConsumer } from './consumer.ts'
import { LibrdkafkaProducer } from './producer.ts'

/** What one kind of client is made from; the table behind it is client-properties.ts. */
export interface ClientSettings {
  settings: Settings
  /** What cannot be honoured, for the log. */
  warnings: readonly string[]
}

/** Turns Java client properties into the settings of both libraries. Throws ConfigException. */
export interface PropertyTable {
  librdkafka(kind: 'producer' | 'consumer', properties: ClientProperties): ClientSettings
  admin(properties: ClientProperties): { options: AdminOptions; warnings: readonly string[] }
}

/** A Kafka cluster behind the port: librdkafka for records and groups, @platformatic/kafka for administration. */
export function librdkafkaClient(table: PropertyTable, context?: string): KafkaClient {
  const log = logger('kafka.client', context)
  const open = (kind: 'producer' | 'consumer', properties: ClientProperties) => {
    const { settings, warnings } = table.librdkafka(kind, properties)
    for (const warning of warnings) log.warn(warning)
    return settings
  }
  return {
    async producer(properties): Promise<Producer> {
      return LibrdkafkaProducer.open(open('producer', properties), log)
    },
    async consumer(properties): Promise<Consumer> {
      const settings = open('consumer', properties)
      const limits = {
        metadataMaxAgeMs: Number(properties['metadata.max.age.ms'] ?? 300_000),
        maxPollIntervalMs: Number(properties['max.poll.interval.ms'] ?? 300_000),
      }
      return LibrdkafkaConsumer.open(settings, limits, log)
    },
    async admin(properties): Promise<Admin> {
      const { options, warnings } = table.admin(properties)
      for (const warning of warnings) log.warn(warning)
      return PlatformaticAdminClient.open(options)
    },
    // Clients are closed by who opened them; nothing is shared between them.
    async close() {},
  }
}
