import type { ConfigSpec, Parsed } from '../../config/keys.ts'
import { parseConfig } from '../../config/validate.ts'
import type { ConverterPlugin } from '../../sdk/plugin.ts'
import type { ConnectFormat } from './connect-format.ts'

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

/** A converter whose schemas stand in a registry. Its parts load when it is used: most workers never do. */
export function registryConverterPlugin<const C extends ConfigSpec>(
  definition: RegistryConverterDefinition<C>,
): ConverterPlugin {
  const { className, doc, ownKeys, formatOf } = definition
  let config: ConfigSpec | null = null
  return {
    kind: 'converter',
    className,
    version: '8.1.0',
    ...(doc !== undefined && { doc }),
    unlisted: true,
    get config() {
      if (config === null) {
        const { registryKeys } = require('./registry-keys.ts') as typeof import('./registry-keys.ts')
        config = { ...registryKeys, ...ownKeys }
      }
      return config
    },
    converter(raw, isKey) {
      const { registryConverter } =
        require('./registry-converter.ts') as typeof import('./registry-converter.ts')
      return registryConverter(formatOf(parseConfig(ownKeys, raw)), raw, isKey)
    },
  }
}
