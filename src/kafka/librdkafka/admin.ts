import type { AdminOptions, Admin as PlatformaticAdmin } from '@platformatic/kafka'
import type { Admin, KafkaError, TopicPartition, TopicPartitionOffset, TopicSpec } from '../port.ts'
import { adminError } from './admin-errors.ts'

/** ConfigResource.Type of the protocol. */
const TOPIC_RESOURCE = 2
/** How @platformatic/kafka says that a topic does not exist. */
const UNKNOWN_TOPIC = 'PLT_KFK_USER'
/** Timestamp that asks for the end offset. */
const LATEST = -1n

/**
 * The admin client, over @platformatic/kafka because the addon's own one lacks half of it and does not call back
 * from others on Bun. Loaded when it is first needed. Java: org.apache.kafka.clients.admin.Admin
 */
export class PlatformaticAdminClient implements Admin {
  readonly #options: AdminOptions
  #opened: Promise<PlatformaticAdmin> | null = null
  #closed: Promise<void> | null = null

  /** `clusterId` comes from the native client: it needs no 0.3 s and 35 MB for this package. */
  constructor(
    options: AdminOptions,
    readonly clusterId: () => Promise<string | null>,
  ) {
    this.#options = options
  }

  listTopics(): Promise<string[]> {
    return this.#attempt('Listing topics', admin => admin.listTopics({ includeInternals: false }))
  }

  async describeTopics(topics: string[]): Promise<Map<string, number>> {
    const known = new Set(
      await this.#attempt('Listing topics', admin => admin.listTopics({ includeInternals: true })),
    )
    const found = new Map<string, number>()
    await this.#refuseUnlisted(topics.filter(topic => !known.has(topic)))
    // One request a topic: an unknown one among several fails them all.
    await Promise.all(
      topics
        .filter(topic => known.has(topic))
        .map(async topic => {
          const what = `Describing topic ${topic}`
          const metadata = await this.#attempt(what, admin =>
            admin.metadata({ topics: [topic], forceUpdate: true }),
          )
          const count = metadata.topics.get(topic)?.partitionsCount
          if (count !== undefined) found.set(topic, count)
        }),
    )
    return found
  }

  /** Throws for topics that may not be seen or cannot exist: lists of topics leave them out. */
  async #refuseUnlisted(topics: readonly string[]): Promise<void> {
    const admin = await this.#admin()
    for (const topic of topics) {
      try {
        // Without retries: to this package an unknown topic is one that may come yet.
        await admin.metadata({ topics: [topic], forceUpdate: true, retries: 0 })
      } catch (error) {
        if ((error as { code?: unknown }).code === UNKNOWN_TOPIC) continue
        throw adminError(error, `Describing topic ${topic}`)
      }
    }
  }

  async createTopics(topics: TopicSpec[]): Promise<Map<string, KafkaError | null>> {
    const results = new Map<string, KafkaError | null>()
    await Promise.all(
      topics.map(async ({ topic, partitions, replicationFactor, configs = {} }) => {
        try {
          await (await this.#admin()).createTopics({
            topics: [{ topic, partitions, replicas: replicationFactor }],
            configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
          })
          results.set(topic, null)
        } catch (error) {
          results.set(topic, adminError(error, `Creating topic ${topic}`))
        }
      }),
    )
    return results
  }

  async deleteTopics(topics: string[]): Promise<void> {
    await this.#attempt(`Deleting topics ${topics.join(', ')}`, admin => admin.deleteTopics({ topics }))
  }

  async topicConfigs(topic: string): Promise<Map<string, string | null>> {
    const described = await this.#attempt(`Describing the configuration of topic ${topic}`, admin =>
      admin.describeConfigs({
        resources: [{ resourceType: TOPIC_RESOURCE, resourceName: topic, configurationKeys: null }],
      }),
    )
    return new Map(described.flatMap(d => d.configs.map(c => [c.name, c.value ?? null] as const)))
  }

  async endOffsets(partitions: TopicPartition[]): Promise<TopicPartitionOffset[]> {
    if (partitions.length === 0) return []
    const topics = byTopic(partitions).map(([name, list]) => ({
      name,
      partitions: list.map(p => ({ partitionIndex: p.partition, timestamp: LATEST })),
    }))
    const listed = await this.#attempt('Listing end offsets', admin =>
      admin.listOffsets({ topics, isolationLevel: 0 }),
    )
    const offsets = new Map(
      listed.flatMap(t =>
        t.partitions.map(p => [`${t.name}-${p.partitionIndex}`, Number(p.offset)] as const),
      ),
    )
    return partitions.flatMap(({ topic, partition }) => {
      const offset = offsets.get(`${topic}-${partition}`)
      return offset === undefined ? [] : [{ topic, partition, offset }]
    })
  }

  async groupOffsets(group: string): Promise<TopicPartitionOffset[]> {
    const groups = await this.#attempt(`Listing offsets of group ${group}`, admin =>
      admin.listConsumerGroupOffsets({ groups: [group] }),
    )
    return groups.flatMap(g =>
      g.topics.flatMap(topic =>
        topic.partitions
          .filter(p => p.committedOffset >= 0n)
          .map(p => ({
            topic: topic.name,
            partition: p.partitionIndex,
            offset: Number(p.committedOffset),
            ...(p.metadata ? { metadata: p.metadata } : {}),
          })),
      ),
    )
  }

  async alterGroupOffsets(group: string, offsets: TopicPartitionOffset[]): Promise<void> {
    const topics = byTopic(offsets).map(([name, list]) => ({
      name,
      partitionOffsets: list.map(o => ({ partition: o.partition, offset: BigInt(o.offset) })),
    }))
    await this.#attempt(`Altering offsets of group ${group}`, admin =>
      admin.alterConsumerGroupOffsets({ groupId: group, topics }),
    )
  }

  async deleteGroupOffsets(group: string, partitions: TopicPartition[]): Promise<void> {
    const topics = byTopic(partitions).map(([name, list]) => ({
      name,
      partitionIndexes: list.map(p => p.partition),
    }))
    await this.#attempt(`Deleting offsets of group ${group}`, admin =>
      admin.deleteConsumerGroupOffsets({ groupId: group, topics }),
    )
  }

  async deleteGroup(group: string): Promise<void> {
    await this.#attempt(`Deleting group ${group}`, admin => admin.deleteGroups({ groups: [group] }))
  }

  close(): Promise<void> {
    this.#closed ??= this.#opened
      ? this.#attempt('Closing the admin client', admin => admin.close())
      : Promise.resolve()
    return this.#closed
  }

  async #admin(): Promise<PlatformaticAdmin> {
    this.#opened ??= import('@platformatic/kafka').then(({ Admin }) => new Admin(this.#options))
    return await this.#opened
  }

  async #attempt<T>(what: string, deed: (admin: PlatformaticAdmin) => Promise<T>): Promise<T> {
    try {
      return await deed(await this.#admin())
    } catch (error) {
      throw adminError(error, what)
    }
  }
}

function byTopic<T extends TopicPartition>(partitions: readonly T[]): [topic: string, partitions: T[]][] {
  return [...Map.groupBy(partitions, p => p.topic)]
}
