/** What a conformance suite stands on: a Kafka and workers, given by whoever runs it. */
import type { OffsetMap } from '../data/records.ts'
import type { Config } from '../sdk/plugin.ts'

/** A record as it lies in a topic. */
export interface RawRecord {
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly { readonly name: string; readonly value: Uint8Array | null }[]
}

/** A source partition and how far it has been read. */
export interface StoredOffset {
  readonly partition: OffsetMap | null
  readonly offset: OffsetMap | null
}

export interface Environment {
  /** Starts a standalone worker with these keys besides `bootstrap.servers` and its REST listener. */
  startWorker(worker: Config): Promise<TestWorker>
  createTopic(topic: string, partitions: number): Promise<void>
  /** To partition 0, in order; resolves when Kafka has them. */
  produce(topic: string, records: readonly RawRecord[]): Promise<void>
  /** All that is in partition 0 now; none where there is no such topic. */
  read(topic: string): Promise<RawRecord[]>
  /** How many records partition 0 has now; 0 where there is no such topic. */
  count(topic: string): Promise<number>
  /** The offset that a consumer group has committed for partition 0, null where there is none. */
  committed(group: string, topic: string): Promise<number | null>
  /** Has a group without members go on at this offset of partition 0. */
  alterCommitted(group: string, topic: string, offset: number): Promise<void>
  /** Who is in a consumer group, by the ids that Kafka gave them; empty where it knows of none. */
  members(group: string): Promise<string[]>
  /**
   * Until what it returns is called, Kafka takes little of what the producer with this client id could send. Absent
   * where Kafka cannot be slowed down.
   */
  slowProducer?(clientId: string): Promise<() => Promise<void>>
}

/** A worker process; where it is started again it has the files that it had. */
export interface TestWorker {
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** All it has printed, over all its starts. */
  log(): Promise<string>
  /** Resident memory of it and the processes that it has started, in bytes. */
  memory(): Promise<number>
  /** SIGTERM; resolves when it has ended. */
  stop(): Promise<void>
  /** SIGKILL */
  kill(): Promise<void>
  /** After `stop` or `kill`. */
  start(): Promise<void>
  /** The source offsets that it has of a connector; between `stop` and `start`. */
  offsets(connector: string): Promise<StoredOffset[]>
  /** Forgets them; between `stop` and `start`. */
  forgetOffsets(connector: string): Promise<void>
}
