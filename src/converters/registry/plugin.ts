import type { ConfigSpec, Parsed } from '../../config/keys.ts'
import { parseConfig } from '../../config/validate.ts'
import type { Config, Converter, ConverterPlugin } from '../../sdk/plugin.ts'
import type { ConnectFormat } from './connect-format.ts'
import { registryKeys } from './registry-keys.ts'

export interface RegistryConverterDefinition<C extends ConfigSpec> {
  /** The Java class, such as `io.confluent.connect.avro.AvroConverter`. */
  className: string
  doc?: string
  /** The format's own keys; those of the registry are added. */
  ownKeys: C
  /**
   * Called once for each converter. A format that is not small loads itself here, by `require`: the plugin is
   * declared when the worker starts. @throws ConfigException
   */
  formatOf(config: Parsed<C>): ConnectFormat
}

/** A converter whose schemas stand in a registry. */
export function registryConverterPlugin<const C extends ConfigSpec>(
  definition: RegistryConverterDefinition<C>,
): ConverterPlugin {
  const { className, doc, ownKeys, formatOf } = definition
  return {
    kind: 'converter',
    className,
    version: '8.1.0',
    ...(doc !== undefined && { doc }),
    unlisted: true,
    config: { ...registryKeys, ...ownKeys },
    converter(raw, isKey) {
      const { registryConverter } = require('./registry-converter.ts') as {
        registryConverter(format: ConnectFormat, config: Config, isKey: boolean): Converter
      }
      return registryConverter(formatOf(parseConfig(ownKeys, raw)), raw, isKey)
    },
  }
}
