import { pause } from '../../waiting/deadline.ts'
import {
  type Admin,
  KafkaError,
  type TopicPartition,
  type TopicPartitionOffset,
  type TopicSpec,
} from '../port.ts'
import { createTopic, describeTopicConfigs, listEndOffsets } from './admin-requests.ts'
import { answerError, checkAnswer, named } from './answer-error.ts'
import { Cluster, type ClusterOptions, isRetriable } from './cluster.ts'
import { fenceProducers } from './producer-fencing.ts'

export interface ClusterAdminOptions extends ClusterOptions {
  /** How often a request is sent again that failed for a reason that may be gone by then. */
  retries: number
  retryBackoffMs: number
  /** No attempt begins later. Java: default.api.timeout.ms */
  apiTimeoutMs: number
}

/** What a worker asks in its normal life; it needs no library that takes 0.1 s and 25 MB to load. */
export type EverydayAdmin = Pick<
  Admin,
  | 'clusterId'
  | 'listTopics'
  | 'describeTopics'
  | 'createTopics'
  | 'topicConfigs'
  | 'endOffsets'
  | 'fenceProducers'
  | 'close'
>

/** Numbers of the protocol. */
const UNKNOWN_TOPIC = 3
const NO_LEADER = 5

/** What Java's client tries again when it creates a topic; any other error is the answer. */
const CREATED_AGAIN = new Set(['NOT_CONTROLLER', 'THROTTLING_QUOTA_EXCEEDED'])

/** Topics of a cluster, over Kafka's own protocol. Java: org.apache.kafka.clients.admin.KafkaAdminClient */
export class ClusterAdmin implements EverydayAdmin {
  readonly #options: ClusterAdminOptions
  readonly #cluster: Cluster
  /** By topic, the leader of each partition; a topic is forgotten with the first answer that doubts it. */
  readonly #leaders = new Map<string, ReadonlyMap<number, number>>()
  readonly #closing = new AbortController()

  constructor(options: ClusterAdminOptions) {
    this.#options = options
    this.#cluster = new Cluster(options)
  }

  /** Every broker is tried once: who looks for a cluster says how long. */
  clusterId(): Promise<string | null> {
    return this.#attempt(
      'Describing the cluster',
      async () => (await this.#cluster.metadata([])).clusterId,
      0,
    )
  }

  listTopics(): Promise<string[]> {
    return this.#attempt('Listing topics', async () => {
      const { topics } = await this.#cluster.metadata(null)
      return topics
        .filter(({ isInternal }) => !isInternal)
        .map(({ name }) => name)
        .sort()
    })
  }

  async describeTopics(topics: string[]): Promise<Map<string, number>> {
    if (topics.length === 0) return new Map()
    const what = `Describing topic ${topics.join(', ')}`
    return await this.#attempt(what, async () => {
      const answer = await this.#cluster.metadata(topics)
      const found = new Map<string, number>()
      for (const { name, errorCode, partitions } of answer.topics) {
        if (errorCode === 0) found.set(name, partitions.length)
        else if (errorCode !== UNKNOWN_TOPIC) throw answerError(errorCode)
      }
      return found
    })
  }

  async createTopics(topics: TopicSpec[]): Promise<Map<string, KafkaError | null>> {
    return new Map(
      await Promise.all(
        topics.map(async spec => [spec.topic, await this.#create(spec)] as [string, KafkaError | null]),
      ),
    )
  }

  topicConfigs(topic: string): Promise<Map<string, string | null>> {
    return this.#attempt(`Describing the configuration of topic ${topic}`, async () => {
      const answer = await this.#cluster.any(describeTopicConfigs, { topic })
      checkAnswer(answer)
      return new Map(answer.configs)
    })
  }

  async endOffsets(partitions: TopicPartition[]): Promise<TopicPartitionOffset[]> {
    if (partitions.length === 0) return []
    return await this.#attempt('Listing end offsets', async () => {
      try {
        return await this.#endOffsets(partitions)
      } catch (error) {
        for (const { topic } of partitions) this.#leaders.delete(topic)
        throw error
      }
    })
  }

  fenceProducers(transactionalIds: string[], timeoutMs: number): Promise<void> {
    const { retryBackoffMs } = this.#options
    const options = { timeoutMs, retryBackoffMs, signal: this.#closing.signal }
    return fenceProducers(this.#cluster, transactionalIds, options)
  }

  /** Requests without an answer are rejected. Safe to call twice. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#cluster.close()
  }

  async #create({
    topic: name,
    partitions,
    replicationFactor,
    configs = {},
  }: TopicSpec): Promise<KafkaError | null> {
    const topic = { name, partitions, replicationFactor, configs: Object.entries(configs) }
    const what = `Creating topic ${name}`
    try {
      return await this.#attempt(what, async () => {
        const timeoutMs = this.#options.requestTimeoutMs
        const { errorCode, errorMessage } = await this.#cluster.controller(createTopic, { topic, timeoutMs })
        if (errorCode === 0) return null
        const error = answerError(errorCode, errorMessage)
        if (CREATED_AGAIN.has(error.code)) throw error
        return named(error, what)
      })
    } catch (error) {
      if (error instanceof KafkaError) return error
      throw error
    }
  }

  async #endOffsets(partitions: readonly TopicPartition[]): Promise<TopicPartitionOffset[]> {
    await this.#learnLeaders(new Set(partitions.map(({ topic }) => topic)))
    const byLeader = Map.groupBy(partitions, partition => this.#leaderOf(partition))
    const answers = await Promise.all(
      [...byLeader].map(async ([leader, led]) => {
        const topics = [...Map.groupBy(led, ({ topic }) => topic)]
        return await this.#cluster.on(leader, listEndOffsets, {
          topics: topics.map(([topic, list]) => [topic, list.map(({ partition }) => partition)] as const),
        })
      }),
    )
    const listed = answers.flatMap(({ offsets }) => offsets)
    listed.forEach(checkAnswer)
    const ends = new Map(listed.map(({ topic, partition, offset }) => [`${topic}-${partition}`, offset]))
    return partitions.flatMap(({ topic, partition }) => {
      const offset = ends.get(`${topic}-${partition}`)
      return offset === undefined ? [] : [{ topic, partition, offset }]
    })
  }

  async #learnLeaders(topics: ReadonlySet<string>): Promise<void> {
    const missing = [...topics].filter(topic => !this.#leaders.has(topic))
    if (missing.length === 0) return
    const { topics: described } = await this.#cluster.metadata(missing)
    described.forEach(checkAnswer)
    for (const { name, partitions } of described)
      this.#leaders.set(name, new Map(partitions.map(({ partition, leader }) => [partition, leader])))
  }

  #leaderOf({ topic, partition }: TopicPartition): number {
    const leader = this.#leaders.get(topic)?.get(partition)
    if (leader !== undefined && leader >= 0) return leader
    throw answerError(leader === undefined ? UNKNOWN_TOPIC : NO_LEADER)
  }

  /** Rejects with a KafkaError that says what failed. */
  async #attempt<T>(what: string, deed: () => Promise<T>, retries = this.#options.retries): Promise<T> {
    const { retryBackoffMs, apiTimeoutMs } = this.#options
    const deadline = performance.now() + apiTimeoutMs
    for (let left = retries; ; left--) {
      try {
        return await deed()
      } catch (error) {
        // Of a topic that is not there callers know better how long it may take to come.
        const mayHelp = isRetriable(error) && error.code !== 'UNKNOWN_TOPIC_OR_PARTITION'
        const isOver = left <= 0 || performance.now() + retryBackoffMs > deadline
        if (!(error instanceof KafkaError)) throw error
        if (!mayHelp || isOver || this.#closing.signal.aborted) throw named(error, what)
        this.#cluster.forgetController()
        await pause(retryBackoffMs, this.#closing.signal)
      }
    }
  }
}
