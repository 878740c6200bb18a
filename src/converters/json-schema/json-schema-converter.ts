import type { ConnectFormat } from '../registry/connect-format.ts'
import { registryConverterPlugin } from '../registry/plugin.ts'
import { type JsonSchemaOptions, jsonSchemaKeys, jsonSchemaOptions } from './config.ts'

/** Java: io.confluent.connect.json.JsonSchemaConverter */
export const jsonSchemaConverterPlugin = registryConverterPlugin({
  className: 'io.confluent.connect.json.JsonSchemaConverter',
  doc: 'JSON, with JSON Schemas in a schema registry.',
  ownKeys: jsonSchemaKeys,
  formatOf(config) {
    const { JsonSchemaConnectFormat } = require('./json-schema-connect-format.ts') as {
      JsonSchemaConnectFormat: new (options: JsonSchemaOptions) => ConnectFormat
    }
    return new JsonSchemaConnectFormat(jsonSchemaOptions(config))
  },
})
