import { loadAddon } from './native/load.ts'

/** What the native client reports; fields that a kind does not use hold neutral values. */
export type NativeEvent = readonly [
  kind: number,
  id: number,
  code: number,
  name: string,
  message: string,
  partition: number,
  fatal: boolean,
  retriable: boolean,
  abortable: boolean,
  /** topic, partition, offset, error code, metadata | null, … */
  partitions: readonly (string | number | null)[],
  low: number,
  high: number,
]

/** topic, partition, offset, metadata | null, … */
export type NativePartitions = (string | number | null)[]

/** The package's own object: configuration, connect and disconnect. */
export interface NativeClient {
  connect(done: (error: NativeFailure | null) => void): void
  disconnect(done: (error: NativeFailure | null) => void): void
  /** Of a consumer: what the last fetch told, negative where that is nothing; librdkafka's error code if it cannot say. */
  getWatermarkOffsets?(topic: string, partition: number): { highOffset: number } | number
}
export interface NativeFailure {
  message: string
  code?: number
}

/** Our entry points on one client; see native/packed.h. */
export interface PackedClient {
  open(): void
  close(): void
  events(): NativeEvent[] | null
  callsRunning(): number
}

/** See native/packed-producer.cc. */
export interface PackedProducer extends PackedClient {
  topic(name: string): number
  send(
    index: Uint8Array,
    data: Uint8Array,
    topics: Uint8Array,
    from: number,
    count: number,
    sequence: number,
  ): number
  deliveries(out: Uint8Array): number
  purge(): void
  call(id: number, what: 'init' | 'begin' | 'commit' | 'abort' | 'flush' | 'cluster', timeoutMs: number): void
}

/** See native/packed-consumer.cc. */
export interface PackedConsumer extends PackedClient {
  consume(index: Uint8Array, data: Uint8Array, topics: Uint8Array, exchange: Uint8Array): void
  topicNames(from: number): string[]
  subscribe(topics: NativePartitions): number
  assign(how: 'set' | 'add' | 'remove' | 'none', partitions: NativePartitions): number
  pause(partitions: NativePartitions, paused: boolean): void
  seek(id: number, partition: NativePartitions): void
  /** librdkafka's error code, 0 = done or overtaken by a newer seek or assignment. */
  seekReady(partition: NativePartitions, generation: number): number
  position(topic: string, partition: number): number
  commit(id: number, partitions: NativePartitions): void
  call(
    id: number,
    what: 'committed' | 'watermarks' | 'topics',
    partitions: NativePartitions,
    timeoutMs: number,
  ): void
  leave(): number
  closed(): boolean
}

export type Settings = Readonly<Record<string, string>>

export interface Addon {
  Producer: new (settings: Settings, topicSettings: null) => NativeClient
  KafkaConsumer: new (settings: Settings, topicSettings: null) => NativeClient
  PackedProducer: new (native: NativeClient, wake: () => void) => PackedProducer
  PackedConsumer: new (native: NativeClient, wake: () => void) => PackedConsumer
  packedRelease(native: NativeClient | null, packed: PackedClient | null): void
  /** librdkafka's name and text for one of its codes. */
  packedErrorName(code: number): [name: string, text: string]
}

export function nativeAddon(): Addon {
  return loadAddon<Addon>()
}
