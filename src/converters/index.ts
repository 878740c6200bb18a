/** The converters that come with the executable. */
import type { ConverterPlugin } from '../sdk/plugin.ts'
import { avroConverterPlugin } from './avro/avro-converter.ts'
import { booleanConverterPlugin } from './boolean.ts'
import { byteArrayConverterPlugin } from './byte-array.ts'
import { jsonConverterPlugin } from './json/json-converter.ts'
import { jsonSchemaConverterPlugin } from './json-schema/json-schema-converter.ts'
import { numberConverterPlugins } from './numbers.ts'
import { protobufConverterPlugin } from './protobuf/protobuf-converter.ts'
import { simpleHeaderConverterPlugin } from './simple-header.ts'
import { stringConverterPlugin } from './string.ts'

export const builtInConverters: readonly ConverterPlugin[] = [
  stringConverterPlugin,
  byteArrayConverterPlugin,
  jsonConverterPlugin,
  simpleHeaderConverterPlugin,
  booleanConverterPlugin,
  ...numberConverterPlugins,
  avroConverterPlugin,
  protobufConverterPlugin,
  jsonSchemaConverterPlugin,
]
