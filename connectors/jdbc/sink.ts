import { type Config, type ConfigSpec, type Parsed, type SinkConnectorPlugin, sinkConnector } from '#bunnect'
import { aivenSinkKeys } from './sink/aiven-keys.ts'
import { confluentSinkKeys } from './sink/confluent-keys.ts'
import { aivenSettings, confluentSettings, type SinkSettings } from './sink/settings.ts'
import { JdbcSinkTask } from './sink/sink-task.ts'
import { sinkProblems } from './sink/validation.ts'
import { VERSION } from './version.ts'

const DOC = 'Writes records into tables of a database: inserts, upserts, updates and deletes.'

function jdbcSink<const C extends ConfigSpec>(
  project: string,
  config: C,
  settings: (keys: Parsed<C>, config: Config) => SinkSettings,
  unaliased = false,
): SinkConnectorPlugin {
  return sinkConnector({
    className: `${project}.JdbcSinkConnector`,
    taskClassName: `${project}.sink.JdbcSinkTask`,
    version: VERSION,
    doc: DOC,
    unlisted: true,
    unaliased,
    config,
    validate: sinkProblems,
    // An upsert or update that comes again changes nothing; an insert would be a row more.
    idempotentPut: given => /^(?:upsert|update)$/i.test(given['insert.mode'] ?? ''),
    taskConfigs: (_keys, maxTasks, props) => Array.from({ length: maxTasks }, () => ({ ...props })),
    task: (keys, context) => new JdbcSinkTask(settings(keys, context.configs()), context),
  })
}

/** Java: io.confluent.connect.jdbc.JdbcSinkConnector */
export const jdbcSinkConnector = jdbcSink('io.confluent.connect.jdbc', confluentSinkKeys, confluentSettings)

/** The same under the name and with the keys of Aiven's. Java: io.aiven.connect.jdbc.JdbcSinkConnector */
export const aivenJdbcSinkConnector = jdbcSink('io.aiven.connect.jdbc', aivenSinkKeys, aivenSettings, true)
