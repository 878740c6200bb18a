import { parseConfig } from '../../config/validate.ts'
import { ConfigException } from '../../data/errors.ts'
import type { ParsedSchema } from '../../formats/schema-format.ts'
import type { Config, Converter } from '../../sdk/plugin.ts'
import type { ConnectFormat } from './connect-format.ts'
import { errorTexts } from './conversion-errors.ts'
import type { ConverterParts } from './converter-parts.ts'
import { idKeys, type SchemaConfig, schemaKeys } from './registry-keys.ts'
import { SchemaReaders } from './schema-readers.ts'
import { SchemaWriters } from './schema-writers.ts'
import { sharedClient } from './shared-clients.ts'
import { subjectStrategy } from './subject-strategies.ts'

/**
 * Keys and values in a language whose schemas stand in a registry: `00`, the schema's id, the payload.
 * Java: io.confluent.connect.avro.AvroConverter and those of the other languages
 * @throws ConfigException
 */
export function registryConverter<P extends ParsedSchema>(
  format: ConnectFormat<P>,
  raw: Config,
  isKey: boolean,
): Converter {
  const config: SchemaConfig = parseConfig({ ...schemaKeys, ...idKeys }, raw)
  const { client, settings } = sharedClient(raw)
  const strategyClass = config[isKey ? 'key.subject.name.strategy' : 'value.subject.name.strategy']
  const parts: ConverterParts<P> = {
    format,
    client,
    config,
    metadata: metadataOf(config['use.latest.with.metadata']),
    strategy: subjectStrategy(strategyClass)!,
    isKey,
    texts: errorTexts(format.label),
    cacheSize: settings.cacheSize,
  }
  const writers = new SchemaWriters(parts)
  const readers = new SchemaReaders(parts)
  return {
    registers: true,
    serialize: (topic, schema, value, out) => writers.serialize(topic, schema, value, out),
    deserialize: (topic, data, start, length, into) => readers.deserialize(topic, data, start, length, into),
  }
}

/** `name=value,…`; quoted by `'` where a comma stands in it. Java: AbstractKafkaSchemaSerDe.MapPropertyParser */
function metadataOf(text: string | null): ReadonlyMap<string, string> | null {
  if (text === null || text.trim() === '') return null
  const entries = text.match(/(?:'[^']*'|[^,'])+/g) ?? []
  return new Map(
    entries.map(entry => {
      const plain = entry.trim().replaceAll("'", '')
      const at = plain.indexOf('=')
      if (at < 0) {
        throw new ConfigException(`use.latest.with.metadata=${text}: ${plain} is not of the form name=value`)
      }
      return [plain.slice(0, at), plain.slice(at + 1)] as const
    }),
  )
}
