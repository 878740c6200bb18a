import type { AdminOptions, Admin as PlatformaticAdmin } from '@platformatic/kafka'
import type { Admin, KafkaError, TopicPartition, TopicPartitionOffset, TopicSpec } from '../port.ts'
import type { EverydayAdmin } from '../wire/cluster-admin.ts'
import { adminError } from './admin-errors.ts'

/**
 * The admin client: what a worker needs in its normal life it asks itself; groups' offsets and deletions go over
 * @platformatic/kafka, because the addon's own client lacks half of it and does not call back from others on Bun. That
 * one is loaded when it is first needed: it takes 0.15 s of CPU and 50 MB. Java: org.apache.kafka.clients.admin.Admin
 */
export class LibraryAdmin implements Admin {
  readonly #options: AdminOptions
  readonly #everyday: EverydayAdmin
  #opened: Promise<PlatformaticAdmin> | null = null
  #closed: Promise<void> | null = null

  constructor(options: AdminOptions, everyday: EverydayAdmin) {
    this.#options = options
    this.#everyday = everyday
  }

  clusterId(): Promise<string | null> {
    return this.#everyday.clusterId()
  }

  listTopics(): Promise<string[]> {
    return this.#everyday.listTopics()
  }

  describeTopics(topics: string[]): Promise<Map<string, number>> {
    return this.#everyday.describeTopics(topics)
  }

  createTopics(topics: TopicSpec[]): Promise<Map<string, KafkaError | null>> {
    return this.#everyday.createTopics(topics)
  }

  topicConfigs(topic: string): Promise<Map<string, string | null>> {
    return this.#everyday.topicConfigs(topic)
  }

  endOffsets(partitions: TopicPartition[]): Promise<TopicPartitionOffset[]> {
    return this.#everyday.endOffsets(partitions)
  }

  fenceProducers(transactionalIds: string[], timeoutMs: number): Promise<void> {
    return this.#everyday.fenceProducers(transactionalIds, timeoutMs)
  }

  async deleteTopics(topics: string[]): Promise<void> {
    await this.#attempt(`Deleting topics ${topics.join(', ')}`, admin => admin.deleteTopics({ topics }))
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
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    await this.#everyday.close()
    if (this.#opened) await this.#attempt('Closing the admin client', admin => admin.close())
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
