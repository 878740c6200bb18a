import type { Admin, KafkaError, TopicPartition, TopicPartitionOffset, TopicSpec } from '../port.ts'
import { kafkaError } from './errors.ts'
import type { Groups } from './groups.ts'
import type { Journal } from './journal.ts'
import type { GroupOffsets } from './offsets.ts'
import type { EmbeddedOptions } from './options.ts'
import type { Partition } from './partition.ts'
import { effectiveConfigs } from './topic-configs.ts'
import type { Topics } from './topics.ts'
import type { Transactions } from './transactions.ts'

export interface AdminParts {
  clusterId: string
  journal: Journal
  topics: Topics
  groups: Groups
  offsets: GroupOffsets
  transactions: Transactions
  options: EmbeddedOptions
}

/** What a broker's admin requests do, on the embedded log. */
export class EmbeddedAdmin implements Admin {
  readonly #parts: AdminParts
  constructor(parts: AdminParts) {
    this.#parts = parts
  }

  async clusterId(): Promise<string> {
    return this.#parts.clusterId
  }

  async listTopics(): Promise<string[]> {
    return this.#parts.topics.names()
  }

  async describeTopics(topics: string[]): Promise<Map<string, number>> {
    const counts = new Map<string, number>()
    for (const name of topics) {
      const topic = this.#parts.topics.get(name)
      if (topic) counts.set(name, topic.partitions.length)
    }
    return counts
  }

  async createTopics(specs: TopicSpec[]): Promise<Map<string, KafkaError | null>> {
    const { journal, topics } = this.#parts
    const results = new Map<string, KafkaError | null>()
    for (const { topic, partitions, configs = {} } of specs) {
      const refusal = topics.refusal(topic, partitions, configs)
      if (!refusal) topics.create(topic, partitions, configs)
      results.set(topic, refusal)
    }
    // Invariant 1: the answer waits for the sync.
    await journal.change(() => {})
    return results
  }

  async deleteTopics(names: string[]): Promise<void> {
    for (const name of names) await this.#parts.topics.delete(name)
  }

  async topicConfigs(name: string): Promise<Map<string, string | null>> {
    const topic = this.#parts.topics.get(name)
    if (!topic) throw unknownPartition(name)
    return effectiveConfigs(topic.configs, this.#parts.options)
  }

  async endOffsets(partitions: TopicPartition[]): Promise<TopicPartitionOffset[]> {
    return partitions.map(({ topic, partition }) => ({
      topic,
      partition,
      offset: this.#existing(topic, partition).durable,
    }))
  }

  #existing(topic: string, partition: number): Partition {
    const found = this.#parts.topics.partition(topic, partition)
    if (!found) throw unknownPartition(`${topic}-${partition}`)
    return found
  }

  async groupOffsets(group: string): Promise<TopicPartitionOffset[]> {
    return this.#parts.offsets.all(group)
  }

  async alterGroupOffsets(group: string, offsets: TopicPartitionOffset[]): Promise<void> {
    if (this.#parts.groups.hasMembers(group)) {
      throw kafkaError(
        'UNKNOWN_MEMBER_ID',
        `The offsets of group ${group} cannot be altered while it has members. Stop its consumers first.`,
      )
    }
    for (const { topic, partition } of offsets) this.#existing(topic, partition)
    await this.#parts.offsets.commit(group, offsets)
  }

  async deleteGroupOffsets(group: string, partitions: TopicPartition[]): Promise<void> {
    this.#mustExist(group)
    for (const { topic } of partitions) {
      if (!this.#parts.groups.reads(group, topic)) continue
      throw kafkaError(
        'GROUP_SUBSCRIBED_TO_TOPIC',
        `Deleting offsets of topic ${topic} is forbidden while consumer group ${group} is subscribed to it.`,
      )
    }
    await this.#parts.offsets.delete(group, partitions)
  }

  async deleteGroup(group: string): Promise<void> {
    if (this.#parts.groups.hasMembers(group)) {
      throw kafkaError('NON_EMPTY_GROUP', `The group ${group} is not empty. Stop its consumers first.`)
    }
    this.#mustExist(group)
    await this.#parts.offsets.remove(group)
  }

  #mustExist(group: string): void {
    const { groups, offsets } = this.#parts
    if (!groups.hasMembers(group) && !offsets.exists(group)) {
      throw kafkaError('GROUP_ID_NOT_FOUND', `The group ${group} does not exist.`)
    }
  }

  /** Nobody has to be waited for: there is one process. */
  async fenceProducers(transactionalIds: string[]): Promise<void> {
    for (const id of transactionalIds) await this.#parts.transactions.fence(id)
  }

  async close(): Promise<void> {}
}

function unknownPartition(what: string): KafkaError {
  return kafkaError('UNKNOWN_TOPIC_OR_PARTITION', `${what} does not exist.`)
}
