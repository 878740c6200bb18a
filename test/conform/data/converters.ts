/** Groups json.from, json.to, converter.from and converter.to. */
import { builtInConverters } from '../../../src/converters/index.ts'
import { SchemaAndValue } from '../../../src/data/schema.ts'
import type { Config, Converter } from '../../../src/sdk/plugin.ts'
import type { Group } from './groups.ts'
import { CollectingSink } from './sink.ts'
import { fromSchema, fromValue, toSchema, toValue } from './values.ts'
import { bytesOf, type Vector } from './vectors.ts'

const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter'

/** Schema parameters whose order, which the vectors do not record, shows in the bytes. */
const PARAMETER_ORDER: Readonly<Record<string, readonly string[]>> = { 'json.from-108': ['z', 'a'] }

function converterOf(className: string, config: Config): Converter {
  const plugin = builtInConverters.find(known => known.className === className)
  if (plugin?.converter === undefined) throw new Error(`${className} is no built-in converter`)
  return plugin.converter(config, false)
}

function fromConnectData({ id, in: input }: Vector): unknown {
  const converter = converterOf(input.class ?? JSON_CONVERTER, input.config)
  const schema = toSchema(input.schema, PARAMETER_ORDER[id])
  const sink = new CollectingSink()
  converter.serialize('t', schema, toValue(input.value, schema), sink)
  return sink.bytes()?.toString('hex') ?? null
}

function toConnectData({ in: input }: Vector): unknown {
  const converter = converterOf(input.class ?? JSON_CONVERTER, input.config)
  const bytes = bytesOf(input.bytes)
  // Records lie anywhere in a batch: what is around them must not matter.
  const data = Buffer.concat([Buffer.from('"{'), bytes ?? Buffer.alloc(0), Buffer.from('1}"')])
  const into = new SchemaAndValue()
  converter.deserialize('t', data, 2, bytes === null ? -1 : bytes.length, into)
  return { schema: fromSchema(into.schema), value: fromValue(into.value, into.schema) }
}

const hex = ({ out }: Vector): unknown => bytesOf(out)?.toString('hex') ?? null

export const converterGroups: Readonly<Record<string, Group>> = {
  'json.from': { run: fromConnectData, expected: hex },
  'json.to': { run: toConnectData },
  'converter.from': { run: fromConnectData, expected: hex },
  'converter.to': { run: toConnectData },
}
