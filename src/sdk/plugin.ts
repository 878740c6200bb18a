/**
 * What a plugin is. Built-in plugins use nothing that an outside one could not: connectors/ import only
 * `#bunnect` (src/sdk/index.ts).
 */
import type { ConfigSpec, Parsed } from '../config/keys.ts'
import type { ByteSink } from '../data/bytes.ts'
import type { OffsetMap, SinkRecord, SourceRecord } from '../data/records.ts'
import type { Schema, SchemaAndValue } from '../data/schema.ts'
import type { Logger } from '../observe/log.ts'

/** A raw configuration as a person wrote it. */
export type Config = Readonly<Record<string, string>>
type Awaitable<T> = T | Promise<T>

export interface TopicPartition {
  topic: string
  partition: number
}
/** Where a delivered record lies. Java: org.apache.kafka.clients.producer.RecordMetadata */
export interface RecordMetadata extends TopicPartition {
  offset: number
}
/** By `topic` and partition the next offset to consume. */
export interface SinkOffset extends TopicPartition {
  offset: number
  metadata?: string
}

export interface ConnectorContext {
  readonly connectorName: string
  readonly log: Logger
  /** Asks for `taskConfigs` to be called again; returns at once. */
  requestTaskReconfiguration(): void
  /** Marks the connector FAILED; its tasks run on. */
  raiseError(error: unknown): void
}

export interface SourceConnectorContext extends ConnectorContext {
  readonly offsets: OffsetStorageReader
}

export interface OffsetStorageReader {
  /** The committed offset of a source partition, or null. Integers come back as number or bigint. */
  offset(partition: OffsetMap): Promise<OffsetMap | null>
  offsets(partitions: readonly OffsetMap[]): Promise<(OffsetMap | null)[]>
}

export interface TaskContext {
  readonly connectorName: string
  readonly task: number
  readonly log: Logger
  /** Fires when the task is to stop: whoever waits inside `poll` or `put` should return. */
  readonly signal: AbortSignal
  configs(): Config
}

export interface SourceTaskContext extends TaskContext {
  readonly offsets: OffsetStorageReader
}

/**
 * Calls are made one after the other, never while an earlier one is pending, but for two that come when their
 * time has come, also while a `poll` waits: `commitRecord` and `commit`.
 */
export interface SourceTask {
  start?(): Awaitable<void>
  /** The next records; null or [] when there are none. Should wait a little rather than return null at once. */
  poll(): Awaitable<SourceRecord[] | null>
  /** Per record as polled, once Kafka has it; metadata null when it was dropped on the way. */
  commitRecord?(record: SourceRecord, metadata: RecordMetadata | null): void
  /** After every successful offset commit. */
  commit?(): Awaitable<void>
  stop?(): Awaitable<void>
}

export interface SinkTaskContext extends TaskContext {
  assignment(): TopicPartition[]
  /** Rewinds: the next `put` starts at these offsets. */
  offset(offsets: readonly SinkOffset[]): void
  /** The next poll, or the redelivery after a RetriableException, waits at most this long. */
  timeout(ms: number): void
  pause(partitions: readonly TopicPartition[]): void
  resume(partitions: readonly TopicPartition[]): void
  requestCommit(): void
}

export interface SinkTask {
  start?(): Awaitable<void>
  open?(partitions: TopicPartition[]): Awaitable<void>
  /** Also called with an empty batch. A RetriableException brings the same records again. */
  put(records: SinkRecord[]): Awaitable<void>
  /** Everything put so far must be durable when it returns. */
  flush?(offsets: SinkOffset[]): Awaitable<void>
  /** Which offsets may be committed; without it `flush` is called and all of them may. */
  preCommit?(offsets: SinkOffset[]): Awaitable<SinkOffset[]>
  close?(partitions: TopicPartition[]): Awaitable<void>
  stop?(): Awaitable<void>
}

interface ConnectorDefinition<C extends ConfigSpec, Context> {
  /** The Java class that users name in `connector.class`; simple name and alias follow from it. */
  className: string
  /** The Java task class, written into task configs. */
  taskClassName: string
  version: string
  doc?: string
  config: C
  start?(config: Parsed<C>, context: Context): Awaitable<void>
  /** With the arguments of `start`, since one definition serves every connector of its class. */
  stop?(config: Parsed<C>, context: Context): Awaitable<void>
  /** Task configurations, at most `maxTasks`; default: one, equal to the connector's. */
  taskConfigs?(config: Parsed<C>, maxTasks: number, props: Config): Awaitable<Record<string, string>[]>
}

export interface SourceConnectorDefinition<C extends ConfigSpec>
  extends ConnectorDefinition<C, SourceConnectorContext> {
  task(config: Parsed<C>, context: SourceTaskContext): SourceTask
  exactlyOnceSupport?(config: Parsed<C>): 'SUPPORTED' | 'UNSUPPORTED'
  /** Throws ConnectException to refuse offsets a person wants to set. */
  alterOffsets?(
    config: Parsed<C>,
    offsets: { partition: OffsetMap | null; offset: OffsetMap | null }[],
  ): boolean
}

export interface SinkConnectorDefinition<C extends ConfigSpec>
  extends ConnectorDefinition<C, ConnectorContext> {
  task(config: Parsed<C>, context: SinkTaskContext): SinkTask
  alterOffsets?(config: Parsed<C>, offsets: SinkOffset[]): boolean
}

export interface SourceConnectorPlugin extends SourceConnectorDefinition<ConfigSpec> {
  readonly kind: 'source'
}
export interface SinkConnectorPlugin extends SinkConnectorDefinition<ConfigSpec> {
  readonly kind: 'sink'
}
export type ConnectorPlugin = SourceConnectorPlugin | SinkConnectorPlugin

export function sourceConnector<const C extends ConfigSpec>(
  definition: SourceConnectorDefinition<C>,
): SourceConnectorPlugin {
  return { kind: 'source', ...definition } as unknown as SourceConnectorPlugin
}

export function sinkConnector<const C extends ConfigSpec>(
  definition: SinkConnectorDefinition<C>,
): SinkConnectorPlugin {
  return { kind: 'sink', ...definition } as unknown as SinkConnectorPlugin
}

/** One configured converter for keys or values. Java: org.apache.kafka.connect.storage.Converter */
export interface Converter {
  /** Appends the encoded value to `out`. Java: fromConnectData */
  serialize(topic: string, schema: Schema | null, value: unknown, out: ByteSink): void
  /**
   * Decodes `length` bytes of `data` from `start` (-1 = null bytes) and puts the result into `into`, which
   * the caller reuses. Nothing may keep a view of `data`. Java: toConnectData
   */
  deserialize(topic: string, data: Buffer, start: number, length: number, into: SchemaAndValue): void
  close?(): void
}

/** Java: org.apache.kafka.connect.storage.HeaderConverter */
export interface HeaderConverter {
  serialize(topic: string, header: string, schema: Schema | null, value: unknown, out: ByteSink): void
  deserialize(topic: string, header: string, bytes: Uint8Array | null, into: SchemaAndValue): void
  close?(): void
}

export interface ConverterPlugin {
  readonly kind: 'converter'
  className: string
  version: string
  config: ConfigSpec
  /** Makes a converter from its sub-keys (prefix stripped); absent where the class is a header converter only. */
  converter?(config: Config, isKey: boolean): Converter
  headerConverter?(config: Config): HeaderConverter
}
