import type { ConnectException } from '../../data/errors.ts'
import type { ParsedSchema } from '../../formats/schema-format.ts'
import { spokenReasons } from '../../formats/spoken-reasons.ts'
import { serdeError } from './conversion-errors.ts'
import type { ConverterParts } from './converter-parts.ts'
import { refuseRules } from './data-contract.ts'
import { incompatibleRegistration } from './incompatible.ts'
import { parsedSchema } from './parsed-schema.ts'
import type { RegisteredSchema } from './registry-answers.ts'
import { IncompatibleSchema, RestClientException } from './registry-errors.ts'

/** What data of a Connect schema are written with. */
export interface WrittenSchema<P> {
  readonly id: number
  readonly target: P
  /** Until when that holds, in ms of `Date.now`. */
  readonly until: number
}

/**
 * The registry's id for data of the schema `own`, in the order in which Confluent's serializers look for it. Rejects
 * with what they throw. Java: AbstractKafkaAvroSerializer.serializeImpl
 */
export async function writtenSchema<P extends ParsedSchema>(
  parts: ConverterParts<P>,
  subject: string,
  own: P,
): Promise<WrittenSchema<P>> {
  const { config, texts, metadata } = parts
  if (config['auto.register.schemas']) return registered(parts, subject, own)
  if (config['use.schema.id'] >= 0) {
    return given(parts, subject, own, 'Error retrieving schema ID', 'id.compatibility.strict', () =>
      parts.client.byId(config['use.schema.id'], subject),
    )
  }
  if (metadata !== null) {
    return given(parts, subject, own, texts.latest, null, () =>
      parts.client.latestWithMetadata(subject, metadata),
    )
  }
  if (config['use.latest.version']) {
    return given(parts, subject, own, texts.latest, 'latest.compatibility.strict', () =>
      parts.client.latest(subject),
    )
  }
  return lookedUp(parts, subject, own)
}

async function registered<P extends ParsedSchema>(
  parts: ConverterParts<P>,
  subject: string,
  own: P,
): Promise<WrittenSchema<P>> {
  const { client, config, texts } = parts
  let found: RegisteredSchema
  try {
    found = await client.register(subject, own, config['normalize.schemas'])
  } catch (error) {
    const told =
      error instanceof RestClientException && error.status === 409
        ? await incompatibleRegistration(client, subject, own, error)
        : error
    throw failure(parts, told, texts.registering + own.text)
  }
  refuseRules(found, 'WRITE')
  return { id: found.id, target: own, until: found.until }
}

async function lookedUp<P extends ParsedSchema>(
  parts: ConverterParts<P>,
  subject: string,
  own: P,
): Promise<WrittenSchema<P>> {
  const { client, config, texts } = parts
  const options = { normalize: config['normalize.schemas'], deleted: false }
  let found: RegisteredSchema
  try {
    found = await client.lookup(subject, own, options)
  } catch (error) {
    throw failure(parts, notRegistered(error, subject), texts.retrieving + own.text)
  }
  refuseRules(found, 'WRITE')
  return { id: found.id, target: own, until: found.until }
}

/** Another schema than the data's own. `strict` names the key by which the two have to fit. */
async function given<P extends ParsedSchema>(
  parts: ConverterParts<P>,
  subject: string,
  own: P,
  asked: string,
  strict: 'id.compatibility.strict' | 'latest.compatibility.strict' | null,
  ask: () => Promise<RegisteredSchema>,
): Promise<WrittenSchema<P>> {
  const { format, client, config } = parts
  try {
    const found = await ask()
    refuseRules(found, 'WRITE')
    const target = await parsedSchema(format, client, found)
    if (strict !== null && config[strict]) refuseUnfit(target, own, found, subject, strict)
    return { id: found.id, target, until: found.until }
  } catch (error) {
    throw failure(parts, notRegistered(error, subject), asked + own.text)
  }
}

function failure<P extends ParsedSchema>(
  { texts }: ConverterParts<P>,
  error: unknown,
  asked: string,
): ConnectException {
  return serdeError(error, asked, texts.serializing)
}

/** Java: AbstractKafkaSchemaSerDe.lookupLatestVersion */
function refuseUnfit(
  target: ParsedSchema,
  own: ParsedSchema,
  found: RegisteredSchema,
  subject: string,
  key: string,
): void {
  const reasons = spokenReasons(target.incompatibilities(own), 'registered', 'new')
  if (reasons.length === 0) return
  const place = found.version === null ? `schema id ${found.id}` : `version ${found.version}`
  throw new IncompatibleSchema(
    `Incompatible schema ${target.text} of type ${target.type} for schema ${own.text}. Set ${key}=false to disable this check. Subject "${subject}", ${place}: ${reasons.join('; ')}`,
    {
      hint: `Register a version of "${subject}" that the data fit, or let auto.register.schemas=true do it.`,
    },
  )
}

/** With what to do where the registry does not have it. */
function notRegistered(error: unknown, subject: string): unknown {
  if (!(error instanceof RestClientException) || error.status !== 404 || error.hint) return error
  const message = error.message.replace(/; error code: \d+$/, '')
  const hint = `The schema is not registered under subject "${subject}": register it there, or set auto.register.schemas=true.`
  return new RestClientException(message, error.status, error.errorCode, hint)
}
