/**
 * `bun test/bench/transforms.ts [RECORDS]`: what each transformation alone costs for an order of 20 fields, without
 * and with schema, in nanoseconds a record; the best of five rounds.
 */

import { parseConfig } from '../../src/config/validate.ts'
import { jsonConverterPlugin } from '../../src/converters/json/json-converter.ts'
import { type ConnectRecord, SinkRecord } from '../../src/data/records.ts'
import { SchemaAndValue } from '../../src/data/schema.ts'
import type { Config, Transformation } from '../../src/sdk/plugin.ts'
import { builtInTransformations } from '../../src/transforms/index.ts'
import { orderLine } from './orders.ts'

const RECORDS = Number(process.argv[2] ?? 200_000)
const DISTINCT = 1000

const steps: readonly [string, Config][] = [
  ['Cast$Value', { spec: 'quantity:int32,version:float64,zip:string,gift:string' }],
  ['ExtractField$Value', { field: 'city' }],
  ['Flatten$Value', { delimiter: '_' }],
  ['HoistField$Value', { field: 'order' }],
  ['InsertField$Value', { 'static.field': 'source', 'static.value': 'bench', 'offset.field': 'at' }],
  ['MaskField$Value', { fields: 'tax_no,email', replacement: 'masked' }],
  ['ReplaceField$Value', { exclude: 'status,discount', renames: 'customer:client,city:town' }],
  ['SetSchemaMetadata$Value', { 'schema.name': 'Renamed' }],
  ['ValueToKey', { fields: 'id' }],
]

function transformationOf(name: string, config: Config): Transformation {
  const className = `org.apache.kafka.connect.transforms.${name}`
  const plugin = builtInTransformations.find(each => each.className === className)!
  return plugin.create(parseConfig(plugin.config, config), config)
}

function recordsOf(schemas: boolean): ConnectRecord[] {
  const config = { 'schemas.enable': String(schemas) }
  const converter = jsonConverterPlugin.converter!(config, false)
  return Array.from({ length: DISTINCT }, (_, i) => {
    const data = Buffer.from(orderLine(i, schemas))
    const into = new SchemaAndValue()
    converter.deserialize('t', data, 0, data.length, into)
    return new SinkRecord('t', 0, null, null, into.schema, into.value, i, 1_700_000_000_000, 'CreateTime')
  })
}

function nanoseconds(transformation: Transformation, records: readonly ConnectRecord[]): number {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 5; round++) {
    const start = Bun.nanoseconds()
    for (let i = 0; i < RECORDS; i++) transformation.apply(records[i % DISTINCT]!)
    best = Math.min(best, (Bun.nanoseconds() - start) / RECORDS)
  }
  return Math.round(best)
}

const without = recordsOf(false)
const withSchema = recordsOf(true)
for (const [name, config] of steps) {
  const schemaless = name.startsWith('SetSchemaMetadata')
    ? 'needs a schema'
    : `${nanoseconds(transformationOf(name, config), without)} ns`
  const schema = nanoseconds(transformationOf(name, config), withSchema)
  console.log(`${name.padEnd(24)} without schema ${schemaless.padStart(14)}, with schema ${schema} ns`)
}
