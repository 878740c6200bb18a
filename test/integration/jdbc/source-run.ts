import type { Config, OffsetMap, SourceRecord, SourceTask, Struct } from '#bunnect'
import { parseConfig } from '#bunnect'
import { aivenJdbcSourceConnector, jdbcSourceConnector } from '../../../connectors/jdbc/source.ts'
import { logger } from '../../../src/observe/log.ts'
import { PluginMeters } from '../../../src/observe/metrics/plugin-meters.ts'

/** Where source offsets are kept between tasks, by partition. */
export class Offsets {
  readonly #stored = new Map<string, OffsetMap>()

  set(partition: OffsetMap, offset: OffsetMap | null): void {
    if (offset === null) this.#stored.delete(text(partition))
    else this.#stored.set(text(partition), offset)
  }

  get(partition: OffsetMap): OffsetMap | null {
    return this.#stored.get(text(partition)) ?? null
  }
}

const text = (partition: OffsetMap) =>
  JSON.stringify(Object.entries(partition).sort(([left], [right]) => left.localeCompare(right)))

/** A task of the JDBC source as a worker runs it, without the worker. */
export class SourceRun {
  readonly records: SourceRecord[] = []
  readonly #abort = new AbortController()
  readonly #task: SourceTask

  private constructor(
    config: Config,
    private readonly offsets: Offsets,
    className: 'confluent' | 'aiven',
  ) {
    const plugin = className === 'confluent' ? jdbcSourceConnector : aivenJdbcSourceConnector
    this.#task = plugin.task(parseConfig(plugin.config, config), {
      connectorName: 'jdbc',
      task: 0,
      log: logger('test.jdbc', 'jdbc|task-0'),
      signal: this.#abort.signal,
      configs: () => config,
      print: async () => {},
      pluginMetrics: () => new PluginMeters().of(),
      offsets: {
        offset: async partition => offsets.get(partition),
        offsets: async partitions => partitions.map(partition => offsets.get(partition)),
      },
    })
  }

  static async start(
    config: Config,
    offsets = new Offsets(),
    className: 'confluent' | 'aiven' = 'confluent',
  ): Promise<SourceRun> {
    const run = new SourceRun({ ...DEFAULTS, ...config }, offsets, className)
    await run.#task.start?.()
    return run
  }

  /** One poll; its records count as delivered. */
  async poll(): Promise<SourceRecord[]> {
    const records = (await this.#task.poll()) ?? []
    for (const { sourcePartition, sourceOffset } of records) this.offsets.set(sourcePartition!, sourceOffset)
    this.records.push(...records)
    return records
  }

  /** Polls until so many records have come in all. */
  async take(count: number, deadlineMs = 30_000): Promise<SourceRecord[]> {
    const end = performance.now() + deadlineMs
    while (this.records.length < count) {
      if (performance.now() > end) throw new Error(`${this.records.length} of ${count} records came`)
      await this.poll()
    }
    return this.records
  }

  /** Polls until that is so. */
  async until(what: string, check: () => boolean, deadlineMs = 30_000): Promise<void> {
    const end = performance.now() + deadlineMs
    while (!check()) {
      if (performance.now() > end) throw new Error(`waited in vain for: ${what}`)
      await this.poll()
    }
  }

  /** As a worker stops a task: the signal first. */
  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#task.stop?.()
  }

  /** Of a field, in the order of the records. */
  values(field: string): unknown[] {
    return this.records.map(({ value }) => (value as Struct).get(field))
  }
}

const DEFAULTS = {
  'poll.interval.ms': '20',
  'poll.linger.ms': '200',
  'topic.prefix': 't-',
  'tables.fetched': 'true',
}
