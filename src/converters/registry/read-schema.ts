import type { ParsedSchema } from '../../formats/schema-format.ts'
import type { PayloadReader } from './connect-format.ts'
import { serdeError } from './conversion-errors.ts'
import type { ConverterParts } from './converter-parts.ts'
import { refuseMigrations, refuseRules } from './data-contract.ts'
import { parsedSchema } from './parsed-schema.ts'
import type { RegisteredSchema } from './registry-answers.ts'
import { RestClientException } from './registry-errors.ts'

export interface ReadSchema {
  readonly read: PayloadReader
  /** Until when that is the way to read, in ms of `Date.now`. */
  readonly until: number
}

/**
 * Reads what was written with the schema of an id (or a GUID). Rejects with what Confluent's deserializers throw.
 * Java: AbstractKafkaAvroDeserializer.deserializeWithSchemaAndVersion
 */
export async function readSchema<P extends ParsedSchema>(
  parts: ConverterParts<P>,
  topic: string,
  id: number | string,
): Promise<ReadSchema> {
  const { format, client, config, metadata, strategy, isKey, texts } = parts
  const asked = texts.schemaForId(id, isKey ? 'key' : 'value')
  try {
    const context = strategy.usesSchema ? null : strategy.subject(topic, isKey, null)
    const found = await (typeof id === 'number' ? client.byId(id, context) : client.byGuid(id))
    refuseRules(found, 'READ')
    const writer = await parsedSchema(format, client, found)
    const subject = strategy.subject(topic, isKey, writer)!
    if (!config['use.latest.version'] && metadata === null) {
      const version = await versionIn(parts, subject, found, writer)
      return { read: format.reader(writer, version), until: found.until }
    }
    const latest = await (metadata === null
      ? client.latest(subject)
      : client.latestWithMetadata(subject, metadata))
    refuseRules(latest, 'READ')
    const { version, until } = latest
    if (latest.id === found.id) return { read: format.reader(writer, version), until }
    refuseMigrations(latest)
    return { read: format.reader(writer, version, await parsedSchema(format, client, latest)), until }
  } catch (error) {
    throw serdeError(explained(error, id, topic), asked, asked)
  }
}

/**
 * The schema's version in a subject, null where the subject does not have it: a topic that was renamed or mirrored is
 * read nevertheless.
 */
async function versionIn<P extends ParsedSchema>(
  { client }: ConverterParts<P>,
  subject: string,
  { text, references }: RegisteredSchema,
  { type }: P,
): Promise<number | null> {
  const options = { normalize: false, deleted: true }
  try {
    return (await client.lookup(subject, { type, text, references }, options)).version
  } catch (error) {
    if (error instanceof RestClientException && error.status === 404) return null
    throw error
  }
}

/** With what to do where the registry does not have the schema. */
function explained(error: unknown, id: number | string, topic: string): unknown {
  if (!(error instanceof RestClientException) || error.status !== 404 || error.hint) return error
  const message = error.message.replace(/; error code: \d+$/, '')
  const hint = `Topic ${topic} holds data of schema ${typeof id === 'number' ? 'id' : 'GUID'} ${id}, which this registry does not have: is schema.registry.url that of the registry they were written with?`
  return new RestClientException(message, error.status, error.errorCode, hint)
}
