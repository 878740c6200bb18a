import type { ConnectFormat } from '../registry/connect-format.ts'
import { registryConverterPlugin } from '../registry/plugin.ts'
import { type AvroOptions, avroKeys, avroOptions } from './config.ts'

/** Java: io.confluent.connect.avro.AvroConverter */
export const avroConverterPlugin = registryConverterPlugin({
  className: 'io.confluent.connect.avro.AvroConverter',
  doc: 'Avro, with the schemas in a schema registry.',
  ownKeys: avroKeys,
  formatOf(config) {
    const { AvroFormat } = require('./avro-format.ts') as {
      AvroFormat: new (options: AvroOptions) => ConnectFormat
    }
    return new AvroFormat(avroOptions(config))
  },
})
