import { Admin, ConfigResourceTypes, ConfigSources, Consumer, Producer } from '@platformatic/kafka'

/** One record as it lies in the topic. */
export interface TopicRecord {
  partition: number
  offset: number
  /** epoch ms */
  timestamp: number
  key: Buffer | null
  value: Buffer | null
  headers: [Buffer | null, Buffer | null][]
}

/**
 * Looks into topics with a client that is neither ours under test nor the JVM's: creates and deletes them, asks for
 * end offsets over one lasting connection, reads every record without a consumer group.
 */
export class TopicProbe {
  readonly #admin: Admin
  readonly #consumer: Consumer<Buffer, Buffer, Buffer, Buffer>

  readonly #bootstrap: string[]

  constructor(bootstrap: string) {
    this.#bootstrap = [bootstrap]
    const options = { clientId: 'topic-probe', bootstrapBrokers: [bootstrap], retries: 20, retryDelay: 200 }
    this.#admin = new Admin(options)
    this.#consumer = new Consumer({ ...options, groupId: 'topic-probe' })
  }

  async create(topic: string, partitions = 1, configs: Record<string, string> = {}): Promise<void> {
    await this.#admin.createTopics({
      topics: [topic],
      partitions,
      replicas: 1,
      configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
    })
  }

  async delete(topic: string): Promise<void> {
    await this.#admin.deleteTopics({ topics: [topic] })
  }

  /** Next offset to be written of one partition; 0 for a topic that does not exist (yet). */
  async endOffset(topic: string, partition = 0): Promise<number> {
    return Number(await this.#offset(topic, partition, -1n))
  }

  /** All records of one partition from `from` up to the end offset at the time of the call. */
  async *read(topic: string, partition = 0, from = 0): AsyncGenerator<TopicRecord> {
    const end = await this.endOffset(topic, partition)
    let next = Math.max(from, Number(await this.#offset(topic, partition, -2n)))
    while (next < end) {
      const { id, leader } = await this.#place(topic, partition)
      const answer = await this.#consumer.fetch({
        node: leader,
        minBytes: 1,
        maxBytes: 32 << 20,
        maxWaitTime: 1000,
        topics: [
          {
            topicId: id,
            partitions: [
              {
                partition,
                currentLeaderEpoch: -1,
                fetchOffset: BigInt(next),
                lastFetchedEpoch: -1,
                partitionMaxBytes: 32 << 20,
              },
            ],
          },
        ],
      })
      for (const batch of answer.responses[0]?.partitions[0]?.records ?? []) {
        const isControl = (batch.attributes & 0x20) !== 0
        const first = Number(batch.firstOffset)
        for (const record of batch.records) {
          const offset = first + record.offsetDelta
          if (offset < next || offset >= end || isControl) continue
          yield {
            partition,
            offset,
            timestamp: Number(batch.firstTimestamp) + Number(record.timestampDelta),
            key: record.key,
            value: record.value,
            headers: record.headers,
          }
        }
        next = Math.max(next, first + batch.lastOffsetDelta + 1)
      }
    }
  }

  async readAll(topic: string, partition = 0): Promise<TopicRecord[]> {
    const records: TopicRecord[] = []
    for await (const record of this.read(topic, partition)) records.push(record)
    return records
  }

  /** Writes values (null = tombstone) to partition 0, in order, without keys. */
  async produce(topic: string, values: (string | null)[]): Promise<void> {
    const producer = new Producer({ clientId: 'topic-probe', bootstrapBrokers: this.#bootstrap, retries: 20 })
    try {
      await producer.send({
        messages: values.map(value => ({
          topic,
          partition: 0,
          ...(value === null ? {} : { value: Buffer.from(value) }),
        })),
      })
    } finally {
      await producer.close()
    }
  }

  /** Creates many topics at once. */
  async createAll(
    topics: readonly { topic: string; partitions: number; configs: Record<string, string> }[],
  ): Promise<void> {
    const alike = Map.groupBy(topics, ({ partitions, configs }) => JSON.stringify([partitions, configs]))
    for (const same of alike.values()) {
      const { partitions, configs } = same[0]!
      await this.#admin.createTopics({
        topics: same.map(({ topic }) => topic),
        partitions,
        replicas: 1,
        configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
      })
    }
  }

  /** Writes records as they are given; those of one partition lie in one batch, days apart at most. */
  async produceRecords(records: readonly (Omit<TopicRecord, 'offset'> & { topic: string })[]): Promise<void> {
    const producer = new Producer({ clientId: 'topic-probe', bootstrapBrokers: this.#bootstrap, retries: 20 })
    try {
      await producer.send({
        messages: records.map(({ topic, partition, timestamp, key, value, headers }) => ({
          topic,
          partition,
          timestamp: BigInt(timestamp),
          ...(key === null ? {} : { key }),
          ...(value === null ? {} : { value }),
          // A map of buffers, which are never equal, so that a name may come twice; null is a value of headers.
          headers: new Map(headers as [Buffer, Buffer][]),
        })),
      })
    } finally {
      await producer.close()
    }
  }

  /** Topics whose names begin with `prefix`, in the order of their names. */
  async topics(prefix: string): Promise<{ name: string; partitions: number }[]> {
    const names = (await this.#admin.listTopics()).filter(name => name.startsWith(prefix)).sort()
    if (names.length === 0) return []
    const { topics } = await this.#admin.metadata({ topics: names, forceUpdate: true })
    return names.map(name => ({ name, partitions: topics.get(name)?.partitionsCount ?? 0 }))
  }

  /** Next offsets of these topics, each the sum of its partitions. */
  async recordCounts(topics: readonly { name: string; partitions: number }[]): Promise<Map<string, number>> {
    if (topics.length === 0) return new Map()
    const answer = await this.#admin.listOffsets({
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: Array.from({ length: partitions }, (_, partitionIndex) => ({
          partitionIndex,
          timestamp: -1n,
        })),
      })),
    })
    return new Map(
      answer.map(({ name, partitions }) => [
        name,
        partitions.reduce((sum, { offset }) => sum + Number(offset), 0),
      ]),
    )
  }

  /** What each group has committed, the sum of all partitions. */
  async committed(groups: readonly string[]): Promise<Map<string, number>> {
    if (groups.length === 0) return new Map()
    const answer = await this.#admin.listConsumerGroupOffsets({ groups: [...groups] })
    return new Map(
      answer.map(({ groupId, topics }) => [
        groupId,
        topics
          .flatMap(({ partitions }) => partitions)
          .reduce((sum, { committedOffset }) => sum + Math.max(0, Number(committedOffset)), 0),
      ]),
    )
  }

  /** Configurations of a topic that are its own, not the broker's. */
  async topicConfigs(topic: string): Promise<Record<string, string>> {
    const answer = await this.#admin.describeConfigs({
      resources: [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: topic }],
    })
    return Object.fromEntries(
      (answer[0]?.configs ?? [])
        .filter(({ configSource }) => configSource === ConfigSources.TOPIC_CONFIG)
        .map(({ name, value }) => [name, value ?? '']),
    )
  }

  async close(): Promise<void> {
    await Promise.all([this.#admin.close(), this.#consumer.close()])
  }

  async #offset(topic: string, partition: number, timestamp: bigint): Promise<bigint> {
    if (!(await this.#exists(topic))) return 0n
    const answer = await this.#admin.listOffsets({
      topics: [{ name: topic, partitions: [{ partitionIndex: partition, timestamp }] }],
    })
    return answer[0]?.partitions[0]?.offset ?? 0n
  }

  readonly #known = new Set<string>()

  async #exists(topic: string): Promise<boolean> {
    if (this.#known.has(topic)) return true
    const topics = await this.#admin.listTopics()
    for (const name of topics) this.#known.add(name)
    return this.#known.has(topic)
  }

  async #place(topic: string, partition: number): Promise<{ id: string; leader: number }> {
    const metadata = await this.#consumer.metadata({ topics: [topic] })
    const found = metadata.topics.get(topic)
    const leader = found?.partitions[partition]?.leader
    if (found === undefined || leader === undefined)
      throw new Error(`topic ${topic}-${partition} has no leader`)
    return { id: found.id, leader }
  }
}
