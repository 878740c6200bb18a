/** The requests of Kafka's protocol that ask for topics and make them. Java: org.apache.kafka.common.message */
import type { WireReader } from './fields.ts'
import type { Answer, Api } from './requests.ts'

export interface BrokerNode {
  nodeId: number
  host: string
  port: number
}

export interface TopicMetadata extends Answer {
  name: string
  isInternal: boolean
  /** `leader` is the broker's number, -1 while there is none. */
  partitions: { errorCode: number; partition: number; leader: number }[]
}

export interface Metadata extends Answer {
  brokers: BrokerNode[]
  clusterId: string | null
  /** -1 where nobody knows it. */
  controllerId: number
  topics: TopicMetadata[]
}

/** `topics` null asks for all of them. None is made by being asked for. */
export const metadata: Api<{ topics: readonly string[] | null }, Metadata> = {
  name: 'Metadata',
  key: 3,
  lowest: 7,
  highest: 9,
  flexibleFrom: 9,
  write(writer, { topics }, version) {
    // An array that is null has the length of bytes that are null.
    if (topics === null) writer.nullableBytes(null)
    else writer.array(topics, topic => writer.string(topic).end())
    writer.int8(0)
    if (version >= 8) writer.int8(0).int8(0)
    writer.end()
  },
  read(reader, version) {
    reader.int32()
    const answer: Metadata = {
      errorCode: 0,
      brokers: reader.array(() => readBroker(reader)),
      clusterId: reader.nullableString(),
      controllerId: reader.int32(),
      topics: reader.array(() => readTopic(reader, version)),
    }
    if (version >= 8) reader.int32()
    reader.end()
    return answer
  },
}

function readBroker(reader: WireReader): BrokerNode {
  const broker = { nodeId: reader.int32(), host: reader.string(), port: reader.int32() }
  reader.nullableString()
  reader.end()
  return broker
}

function readTopic(reader: WireReader, version: number): TopicMetadata {
  const topic = {
    errorCode: reader.int16(),
    name: reader.string(),
    isInternal: reader.boolean(),
    partitions: reader.array(() => {
      const partition = {
        errorCode: reader.int16(),
        partition: reader.int32(),
        leader: reader.int32(),
      }
      reader.int32()
      for (let replicas = 0; replicas < 3; replicas++) reader.array(() => reader.int32())
      reader.end()
      return partition
    }),
  }
  if (version >= 8) reader.int32()
  reader.end()
  return topic
}

export interface NewTopic {
  name: string
  /** -1 = the broker's default, as for `replicationFactor`. */
  partitions: number
  replicationFactor: number
  configs: readonly (readonly [name: string, value: string])[]
}

/** One topic a request, so that the answer's error is that topic's. */
export const createTopic: Api<{ topic: NewTopic; timeoutMs: number }, Answer> = {
  name: 'CreateTopics',
  key: 19,
  lowest: 4,
  highest: 6,
  flexibleFrom: 5,
  write(writer, { topic, timeoutMs }) {
    writer
      .array([topic], ({ name, partitions, replicationFactor, configs }) =>
        writer
          .string(name)
          .int32(partitions)
          .int16(replicationFactor)
          .array([], () => {})
          .array(configs, ([key, value]) => writer.string(key).nullableString(value).end())
          .end(),
      )
      .int32(timeoutMs)
      .int8(0)
      .end()
  },
  read(reader, version) {
    reader.int32()
    const [created] = reader.array(() => {
      reader.string()
      const answer = { errorCode: reader.int16(), errorMessage: reader.nullableString() }
      if (version >= 5) {
        reader.int32()
        reader.int16()
        reader.array(() => {
          reader.string()
          reader.nullableString()
          for (let flags = 0; flags < 3; flags++) reader.int8()
          reader.end()
        })
      }
      reader.end()
      return answer
    })
    reader.end()
    if (created === undefined) throw new Error('The broker tells of no topic')
    return created
  },
}

/** ConfigResource.Type of the protocol. */
const TOPIC_RESOURCE = 2

/** All configs of one topic, defaults included. */
export const describeTopicConfigs: Api<
  { topic: string },
  Answer & { configs: (readonly [name: string, value: string | null])[] }
> = {
  name: 'DescribeConfigs',
  key: 32,
  lowest: 1,
  highest: 4,
  flexibleFrom: 4,
  write(writer, { topic }, version) {
    writer.array([topic], name => writer.int8(TOPIC_RESOURCE).string(name).nullableBytes(null).end()).int8(0)
    if (version >= 3) writer.int8(0)
    writer.end()
  },
  read(reader, version) {
    reader.int32()
    const [described] = reader.array(() => {
      const answer = { errorCode: reader.int16(), errorMessage: reader.nullableString() }
      reader.int8()
      reader.string()
      const configs = reader.array(() => readConfig(reader, version))
      reader.end()
      return { ...answer, configs }
    })
    reader.end()
    if (described === undefined) throw new Error('The broker tells of no topic')
    return described
  },
}

function readConfig(reader: WireReader, version: number): readonly [name: string, value: string | null] {
  const config = [reader.string(), reader.nullableString()] as const
  for (let flags = 0; flags < 3; flags++) reader.int8()
  reader.array(() => {
    reader.string()
    reader.nullableString()
    reader.int8()
    reader.end()
  })
  if (version >= 3) {
    reader.int8()
    reader.nullableString()
  }
  reader.end()
  return config
}

/** Timestamp that asks for the end offset. */
const LATEST = -1
/** A client is no replica. */
const NO_REPLICA = -1

export interface ListedOffset extends Answer {
  topic: string
  partition: number
  offset: number
}

/** End offsets of partitions that the asked broker leads; records of open transactions are counted. */
export const listEndOffsets: Api<
  { topics: readonly (readonly [topic: string, partitions: readonly number[]])[] },
  Answer & { offsets: ListedOffset[] }
> = {
  name: 'ListOffsets',
  key: 2,
  lowest: 4,
  highest: 6,
  flexibleFrom: 6,
  write(writer, { topics }) {
    writer
      .int32(NO_REPLICA)
      .int8(0)
      .array(topics, ([topic, partitions]) =>
        writer
          .string(topic)
          .array(partitions, partition => writer.int32(partition).int32(-1).int64(LATEST).end())
          .end(),
      )
      .end()
  },
  read(reader) {
    reader.int32()
    const byTopic = reader.array(() => {
      const topic = reader.string()
      const offsets = reader.array((): ListedOffset => {
        const [partition, errorCode] = [reader.int32(), reader.int16()]
        reader.int64()
        const offset = Number(reader.int64())
        reader.int32()
        reader.end()
        return { topic, partition, errorCode, offset }
      })
      reader.end()
      return offsets
    })
    reader.end()
    return { errorCode: 0, offsets: byTopic.flat() }
  },
}
