/**
 * What SourceTaskRunner costs with the JDBC source over a real Postgres and Avro, into a producer that takes everything
 * and acknowledges it a moment later. `bun test/bench/pipeline-jdbc.ts [rows] [rounds]`
 */
import { jdbcSourceConnector } from '../../connectors/jdbc/source.ts'
import { parseConfig } from '../../src/config/validate.ts'
import { AvroFormat } from '../../src/converters/avro/avro-format.ts'
import { avroKeys, avroOptions } from '../../src/converters/avro/config.ts'
import type { PayloadWriter } from '../../src/converters/registry/connect-format.ts'
import { idPrefix } from '../../src/converters/registry/wire-format.ts'
import type { Converter } from '../../src/sdk/plugin.ts'
import { startPostgres } from '../servers/databases.ts'
import { orders } from './jdbc/orders.ts'
import { runAlone } from './lone-source.ts'
import { alternates, convertersWith } from './pipeline-parts.ts'

const rows = Number(process.argv[2] ?? 200_000)
const rounds = Number(process.argv[3] ?? 3)

/** The converter's own part, without a registry. */
function avro(): Converter {
  const format = new AvroFormat(avroOptions(parseConfig(avroKeys, {})))
  const prefix = idPrefix(1)
  let write: PayloadWriter | null = null
  return {
    serialize(_topic, schema, value, out) {
      write ??= format.writer(schema, format.schemaOf(schema))
      out.putBytes(prefix)
      write(value, out)
    },
    deserialize() {
      throw new Error('nothing is read here')
    },
  }
}

const database = await startPostgres()
try {
  for (const statement of orders('orders', rows).split(';')) await database.query(statement)
  await database.query('VACUUM orders')
  const config = {
    ...database.config,
    'connection.url': `${database.url}?sslmode=disable`,
    mode: 'incrementing',
    'incrementing.column.name': 'id',
    'topic.prefix': 't-',
    tables: '"public"."orders"',
    'tables.fetched': 'true',
  }
  for (let round = 0; round < rounds; round++) {
    await runAlone({
      records: rows,
      metrics: !alternates || round % 2 === 0,
      createTask: context =>
        jdbcSourceConnector.task(parseConfig(jdbcSourceConnector.config, config), {
          ...context,
          configs: () => config,
        }),
      converters: convertersWith(avro()),
      chain: null,
    })
  }
} finally {
  await database.stop()
}
