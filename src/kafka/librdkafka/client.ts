import type { AdminOptions } from '@platformatic/kafka'
import { logger } from '../../observe/log.ts'
import { clientLimits } from '../client-properties.ts'
import type { Admin, ClientProperties, Consumer, KafkaClient, Producer } from '../port.ts'
import { ClusterAdmin, type ClusterAdminOptions } from '../wire/cluster-admin.ts'
import type { Settings } from './addon.ts'
import { LibraryAdmin } from './admin.ts'
import { LibrdkafkaConsumer } from './consumer.ts'
import { LibrdkafkaProducer } from './producer.ts'

/** What a producer or consumer is made from. */
export interface ClientSettings {
  settings: Settings
  /** What cannot be honoured, for the log. */
  warnings: readonly string[]
}

/** What an admin client is made from: for the library, and for what is asked without it. */
export interface AdminSettings {
  options: AdminOptions
  cluster: ClusterAdminOptions
  warnings: readonly string[]
}

/**
 * Turns Java client properties into the settings of both libraries: `propertyTable` of client-properties.ts. Throws
 * ConfigException.
 */
export interface PropertyTable {
  librdkafka(kind: 'producer' | 'consumer', properties: ClientProperties): ClientSettings
  admin(properties: ClientProperties): AdminSettings
}

/** The Java client's own names: people set levels for them. */
const LOGGERS = {
  producer: 'org.apache.kafka.clients.producer.KafkaProducer',
  consumer: 'org.apache.kafka.clients.consumer.KafkaConsumer',
  admin: 'org.apache.kafka.clients.admin.KafkaAdminClient',
} as const

/** A Kafka cluster behind the port: librdkafka for records and groups, the protocol itself for topics, @platformatic/kafka for the rest of administration. */
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
      const { options, cluster, warnings } = table.admin(properties)
      const log = logger(LOGGERS.admin, owner)
      for (const warning of warnings) log.warn(warning)
      return new LibraryAdmin(options, new ClusterAdmin(cluster))
    },
    // Clients are closed by who opened them; nothing is shared between them.
    async close() {},
  }
}
