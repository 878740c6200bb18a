/**
 * What a plugin is. Built-in plugins use nothing that an outside one could not: connectors/ import only
 * `#bunnect` (src/sdk/index.ts).
 */
import type { ConfigSpec, Parsed } from '../config/keys.ts'
import type { ConfigProblem } from '../config/validate.ts'
import type { ByteSink } from '../data/bytes.ts'
import type { ConnectRecord, OffsetMap, SinkRecord, SourceRecord } from '../data/records.ts'
import type { Schema, SchemaAndValue } from '../data/schema.ts'
import type { Logger } from '../observe/log.ts'
import type { PluginMetrics } from '../observe/metrics/plugin-meters.ts'

export type { ConfigData, ConfigProvider, ConfigProviderPlugin } from '../config/providers/provider.ts'
export type { PluginMetric, PluginMetrics, PluginStat } from '../observe/metrics/plugin-meters.ts'

/** A raw configuration as a person wrote it. */
export type Config = Readonly<Record<string, string>>
type Awaitable<T> = T | Promise<T>

/** What every plugin says of itself. */
export interface PluginIdentity {
  /** The Java class that users name; simple name and alias follow from it. */
  className: string
  version: string
  doc?: string
  /** Runs code that is not compiled in: its place is a task host, and calls into it have deadlines. */
  outside?: boolean
  /** Found by its name, but in no list of plugins: of those that Kafka's own worker does not carry along. */
  unlisted?: boolean
  /** Found by its class name alone: its aliases are those of another plugin, which it would make ambiguous. */
  unaliased?: boolean
  /**
   * What no single key's validator can see, told beside the keys' own complaints; a message stands as it is.
   * Java: Connector.validate
   */
  validate?(config: Config): Awaitable<readonly ConfigProblem[]>
}

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
  /** As it was written, with references resolved. */
  configs(): Config
  /** Asks for `taskConfigs` to be called again; returns at once. */
  requestTaskReconfiguration(): void
  /** Marks the connector FAILED; its tasks run on. */
  raiseError(error: unknown): void
  /** For metrics of its own, with the tag `connector`. */
  pluginMetrics(): PluginMetrics
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
  /**
   * Prints a line on the worker's standard output, whole, in the order of the calls, from a task host too. Resolves
   * when it is written: a task that prints many waits now and then. A rejection that nobody waits for is no error.
   */
  print(line: string): Promise<void>
  /** For metrics of its own, with the tags `connector` and `task`. */
  pluginMetrics(): PluginMetrics
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
  /** Null unless a dead letter queue or `errors.log.enable` is configured. */
  errantRecordReporter(): ErrantRecordReporter | null
}

/** Java: org.apache.kafka.connect.sink.ErrantRecordReporter (KIP-610) */
export interface ErrantRecordReporter {
  /**
   * Reports a record that the task cannot use; resolves when the report is durable, which offset commits of the
   * record's partition wait for anyway. Throws ConnectException under `errors.tolerance=none`.
   */
  report(record: SinkRecord, error: unknown): Promise<void>
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

interface ConnectorDefinition<C extends ConfigSpec, Context> extends PluginIdentity {
  /** The Java task class, written into task configs. */
  taskClassName: string
  config: C
  start?(config: Parsed<C>, context: Context): Awaitable<void>
  /**
   * With this configuration it uses the standard input or output of the worker, so it cannot run in a task host.
   * Of a plugin that is not built in this is not asked: what it prints becomes log lines.
   */
  usesTerminal?(config: Config): boolean
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
  /**
   * A `put` of records that were put before, in part or as a whole, changes nothing: `bunnect.errors.put` may cut batches.
   * A function tells it of a configuration; of a plugin that is not built in only `true` counts.
   */
  idempotentPut?: boolean | ((config: Config) => boolean)
  alterOffsets?(config: Parsed<C>, offsets: SinkOffset[]): boolean
}

export interface SourceConnectorPlugin extends SourceConnectorDefinition<ConfigSpec> {
  readonly kind: 'source'
}
export interface SinkConnectorPlugin extends SinkConnectorDefinition<ConfigSpec> {
  readonly kind: 'sink'
}
export type ConnectorPlugin = SourceConnectorPlugin | SinkConnectorPlugin

/** What a plugin file exports for a source. Java: org.apache.kafka.connect.source.SourceConnector */
export function sourceConnector<const C extends ConfigSpec>(
  definition: SourceConnectorDefinition<C>,
): SourceConnectorPlugin {
  return { kind: 'source', ...definition } as unknown as SourceConnectorPlugin
}

/** What a plugin file exports for a sink. Java: org.apache.kafka.connect.sink.SinkConnector */
export function sinkConnector<const C extends ConfigSpec>(
  definition: SinkConnectorDefinition<C>,
): SinkConnectorPlugin {
  return { kind: 'sink', ...definition } as unknown as SinkConnectorPlugin
}

/** Has metrics of its own. Java: org.apache.kafka.common.metrics.Monitorable (KIP-877) */
export interface Monitorable {
  /**
   * Called once, before it is used. The tags are `connector`, `task`, and which one it is: `converter` (key, value or
   * header), `transformation` or `predicate` (its alias).
   */
  withPluginMetrics?(metrics: PluginMetrics): void
}

/** One configured converter for keys or values. Java: org.apache.kafka.connect.storage.Converter */
export interface Converter extends Monitorable {
  /**
   * `serialize` leaves a trace elsewhere, such as a schema in a registry: it is only called for what goes into the
   * topic. Dead letters of a source are JSON then.
   */
  readonly registers?: boolean
  /** Appends the encoded value to `out`. Java: fromConnectData */
  serialize(topic: string, schema: Schema | null, value: unknown, out: ByteSink): void
  /**
   * Decodes `length` bytes of `data` from `start` (-1 = null bytes) and puts the result into `into`, which is
   * empty (no schema, null) and reused by the caller. Nothing may keep a view of `data`. Java: toConnectData
   */
  deserialize(topic: string, data: Buffer, start: number, length: number, into: SchemaAndValue): void
  close?(): void
}

/** Java: org.apache.kafka.connect.storage.HeaderConverter */
export interface HeaderConverter extends Monitorable {
  serialize(topic: string, header: string, schema: Schema | null, value: unknown, out: ByteSink): void
  deserialize(topic: string, header: string, bytes: Uint8Array | null, into: SchemaAndValue): void
  close?(): void
}

export interface ConverterPlugin extends PluginIdentity {
  readonly kind: 'converter'
  config: ConfigSpec
  /** Makes a converter from its sub-keys (prefix stripped); absent where the class is a header converter only. */
  converter?(config: Config, isKey: boolean): Converter
  headerConverter?(config: Config): HeaderConverter
}

/** One configured step of a chain. Java: org.apache.kafka.connect.transforms.Transformation */
export interface Transformation extends Monitorable {
  /**
   * The record itself, another one (`record.newRecord` keeps what belongs to it), null to drop it, or several in
   * its place, which a JVM transformation cannot give.
   */
  apply<R extends ConnectRecord>(record: R): R | null | readonly R[]
  close?(): void
}

/** Java: org.apache.kafka.connect.transforms.predicates.Predicate */
export interface Predicate extends Monitorable {
  test(record: ConnectRecord): boolean
  close?(): void
}

interface TransformationDefinition<C extends ConfigSpec> extends PluginIdentity {
  config: C
  /** Makes one from its keys (prefix stripped). Throws ConfigException. Java: configure */
  create(config: Parsed<C>, raw: Config): Transformation
}

interface PredicateDefinition<C extends ConfigSpec> extends PluginIdentity {
  config: C
  /** Makes one from its keys (prefix stripped). Throws ConfigException. Java: configure */
  create(config: Parsed<C>, raw: Config): Predicate
}

export interface TransformationPlugin extends TransformationDefinition<ConfigSpec> {
  readonly kind: 'transformation'
}
export interface PredicatePlugin extends PredicateDefinition<ConfigSpec> {
  readonly kind: 'predicate'
}

export type Plugin = ConnectorPlugin | ConverterPlugin | TransformationPlugin | PredicatePlugin

/** What a plugin file exports for a transformation; `create` is called once for each task that uses it. */
export function transformation<const C extends ConfigSpec>(
  definition: TransformationDefinition<C>,
): TransformationPlugin {
  return { kind: 'transformation', ...definition } as unknown as TransformationPlugin
}

/** A converter for keys and values (`converter`), for headers (`headerConverter`), or both. */
export function converter(definition: Omit<ConverterPlugin, 'kind'>): ConverterPlugin {
  return { kind: 'converter', ...definition }
}

/** What a plugin file exports for a predicate; `create` is called once for each task that uses it. */
export function predicate<const C extends ConfigSpec>(definition: PredicateDefinition<C>): PredicatePlugin {
  return { kind: 'predicate', ...definition } as unknown as PredicatePlugin
}
