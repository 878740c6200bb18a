import { join } from 'node:path'
import type { DemoFiles } from './demo-worker.ts'
import { TABLES } from './shop-database.ts'

/** The property files of the demo, as a person would write them. */
export function shopFiles(folder: string): DemoFiles {
  return {
    worker: `bootstrap.servers=embedded
bunnect.data.dir=${join(folder, 'data')}
key.converter=org.apache.kafka.connect.storage.StringConverter
value.converter=io.confluent.connect.avro.AvroConverter
value.converter.schema.registry.url=embedded
offset.storage.file.filename=${join(folder, 'connect.offsets')}
offset.flush.interval.ms=1000
`,
    source: `name=shop-source
connector.class=io.confluent.connect.jdbc.JdbcSourceConnector
tasks.max=1
connection.url=jdbc:sqlite:${join(folder, 'shop.db')}
mode=incrementing
incrementing.column.name=id
poll.interval.ms=200
topic.prefix=shop-
`,
    sink: `name=shop-sink
connector.class=io.confluent.connect.jdbc.JdbcSinkConnector
tasks.max=1
topics=${TABLES.map(table => `shop-${table}`).join(',')}
connection.url=jdbc:sqlite:${join(folder, 'copy.db')}
insert.mode=upsert
pk.mode=record_value
pk.fields=id
auto.create=true
transforms=table
transforms.table.type=org.apache.kafka.connect.transforms.RegexRouter
transforms.table.regex=shop-(.*)
transforms.table.replacement=$1
`,
  }
}
