import type { ConnectFormat } from '../registry/connect-format.ts'
import { registryConverterPlugin } from '../registry/plugin.ts'
import { type ProtobufOptions, protobufKeys, protobufOptions } from './config.ts'

/** Java: io.confluent.connect.protobuf.ProtobufConverter */
export const protobufConverterPlugin = registryConverterPlugin({
  className: 'io.confluent.connect.protobuf.ProtobufConverter',
  doc: 'Protobuf, with its schemas in a schema registry.',
  ownKeys: protobufKeys,
  formatOf(config) {
    const { ProtobufFormat } = require('./protobuf-format.ts') as {
      ProtobufFormat: new (options: ProtobufOptions) => ConnectFormat
    }
    return new ProtobufFormat(protobufOptions(config))
  },
})
