import {
  type Config,
  type ConfigSpec,
  ConnectException,
  type OffsetMap,
  type Parsed,
  type SourceConnectorPlugin,
  sourceConnector,
} from '#bunnect'
import type { TableId } from './dialects/dialect.ts'
import { aivenSourceKeys } from './source/aiven-keys.ts'
import { confluentSourceKeys } from './source/confluent-keys.ts'
import { aivenSettings, confluentSettings, type SourceSettings } from './source/settings.ts'
import { JdbcSourceTask } from './source/source-task.ts'
import { TableMonitor } from './source/table-monitor.ts'
import { quotedName } from './source/table-selection.ts'
import { sourceProblems } from './source/validation.ts'
import { VERSION } from './version.ts'

const DOC =
  'Reads tables of a database, or a query: everything, or what is new by a growing number or a time.'

/** Of the connectors that run, by their configuration. */
const monitors = new WeakMap<Config, TableMonitor>()

function jdbcSource<const C extends ConfigSpec>(
  className: string,
  config: C,
  settingsOf: (keys: Parsed<C>, config: Config) => SourceSettings,
  unaliased = false,
): SourceConnectorPlugin {
  return sourceConnector({
    className: `${className}.JdbcSourceConnector`,
    taskClassName: `${className}.source.JdbcSourceTask`,
    version: VERSION,
    doc: DOC,
    unlisted: true,
    unaliased,
    config,
    validate: sourceProblems,
    async start(keys, context) {
      const settings = settingsOf(keys, context.configs())
      if (settings.query !== null) return
      const monitor = new TableMonitor(settings, context)
      await monitor.start()
      monitors.set(context.configs(), monitor)
    },
    async stop(_keys, context) {
      const monitor = monitors.get(context.configs())
      monitors.delete(context.configs())
      await monitor?.stop()
    },
    async taskConfigs(keys, maxTasks, props) {
      const settings = settingsOf(keys, props)
      if (settings.query !== null) return [{ ...props, tables: '', 'tables.fetched': 'true' }]
      const monitor = monitors.get(props)
      if (monitor === undefined) throw new ConnectException('The connector does not run')
      const tables = await monitor.tables()
      if (tables === null || tables.length === 0) {
        return [{ ...props, tables: '', 'tables.fetched': String(tables !== null) }]
      }
      return grouped(tables, Math.min(maxTasks, tables.length)).map(group => ({
        ...props,
        tables: group.map(table => quotedName(table, settings.dialect)).join(','),
        'tables.fetched': 'true',
      }))
    },
    task: (keys, context) => new JdbcSourceTask(settingsOf(keys, context.configs()), context),
    alterOffsets(_keys, offsets) {
      for (const { partition, offset } of offsets) checkOffset(partition, offset)
      return true
    },
  })
}

/** Neighbours stay together, groups differ by one at most. Java: ConnectorUtils.groupPartitions */
function grouped(tables: readonly TableId[], groups: number): TableId[][] {
  const small = Math.floor(tables.length / groups)
  const larger = tables.length - small * groups
  const found: TableId[][] = []
  let from = 0
  for (let i = 0; i < groups; i++) {
    const size = i < larger ? small + 1 : small
    found.push(tables.slice(from, from + size))
    from += size
  }
  return found
}

function checkOffset(partition: OffsetMap | null, offset: OffsetMap | null): void {
  // Any partition may be forgotten.
  if (offset === null) return
  if (partition === null || !('table' in partition || 'query' in partition)) {
    throw new ConnectException("A partition has the key 'table', with 'protocol', or 'query'")
  }
  for (const [name, value] of Object.entries(offset)) {
    if (!['incrementing', 'timestamp', 'timestamp_nanos'].includes(name)) {
      throw new ConnectException(
        `An offset has the keys 'incrementing', 'timestamp' and 'timestamp_nanos', not '${name}'`,
      )
    }
    if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) {
      throw new ConnectException(`The value of '${name}' in an offset is a whole number`)
    }
  }
}

/** Java: io.confluent.connect.jdbc.JdbcSourceConnector */
export const jdbcSourceConnector = jdbcSource(
  'io.confluent.connect.jdbc',
  confluentSourceKeys,
  confluentSettings,
)

/** The same under the name and with the keys of Aiven's. Java: io.aiven.connect.jdbc.JdbcSourceConnector */
export const aivenJdbcSourceConnector = jdbcSource(
  'io.aiven.connect.jdbc',
  aivenSourceKeys,
  aivenSettings,
  true,
)
