import type { AdminOptions } from '@platformatic/kafka'
import { logger } from '../../observe/log.ts'
import { clientLimits } from '../client-properties.ts'
import type { Admin, ClientProperties, Consumer, KafkaClient, Producer } from '../port.ts'
import type { Settings } from './addon.ts'
import { PlatformaticAdminClient } from './admin.ts'
import { clusterIdOf } from './cluster-id.ts'
import { LibrdkafkaConsumer } from './consumer.ts'
import { LibrdkafkaProducer } from './producer.ts'

/** What a producer or consumer is made from. */
export interface ClientSettings {
  settings: Settings
  /** What cannot be honoured, for the log. */
  warnings: readonly string[]
}

/**
 * Turns Java client properties into the settings of both libraries: `propertyTable` of client-properties.ts. Throws
 * ConfigException.
 */
export interface PropertyTable {
  librdkafka(kind: 'producer' | 'consumer', properties: ClientProperties): ClientSettings
  admin(properties: ClientProperties): { options: AdminOptions; warnings: readonly string[] }
}

/** The Java client's own names: people set levels for them. */
const LOGGERS = {
  producer: 'org.apache.kafka.clients.producer.KafkaProducer',
  consumer: 'org.apache.kafka.clients.consumer.KafkaConsumer',
  admin: 'org.apache.kafka.clients.admin.KafkaAdminClient',
} as const

/** A Kafka cluster behind the port: librdkafka for records and groups, @platformatic/kafka for administration. */
export function librdkafkaClient(table: PropertyTable): KafkaClient {
  const open = (kind: 'producer' | 'consumer', properties: ClientProperties, owner?: string) => {
    const log = logger(LOGGERS[kind], owner)
    const { settings, warnings } = table.librdkafka(kind, properties)
    for (const warning of warnings) log.warn(warning)
    return { settings, log }
  }
  return {
    async producer(properties, owner): Promise<Producer> {
      const { settings, log } = open('producer', properties, owner)
      return LibrdkafkaProducer.open(settings, log)
    },
    async consumer(properties, owner): Promise<Consumer> {
      const { settings, log } = open('consumer', properties, owner)
      return LibrdkafkaConsumer.open(settings, clientLimits('consumer', properties), log)
    },
    async admin(properties, owner): Promise<Admin> {
      const { options, warnings } = table.admin(properties)
      const log = logger(LOGGERS.admin, owner)
      for (const warning of warnings) log.warn(warning)
      return new PlatformaticAdminClient(options, () => {
        const { settings } = open('producer', properties, owner)
        return clusterIdOf(settings, log)
      })
    },
    // Clients are closed by who opened them; nothing is shared between them.
    async close() {},
  }
}
