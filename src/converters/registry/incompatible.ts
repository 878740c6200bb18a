import { ConnectException } from '../../data/errors.ts'
import type { RegistryClient, SchemaText } from './registry-client.ts'
import { RestClientException } from './registry-errors.ts'

/** Longer reasons are cut: a registry puts whole schemas into them. */
const LONGEST_REASON = 600

/**
 * A refused registration (409) as an error that names subject, version and the registry's reason. Registries that do
 * not tell the reason with their refusal are asked for it.
 */
export async function incompatibleRegistration(
  client: RegistryClient,
  subject: string,
  schema: SchemaText,
  error: RestClientException,
): Promise<RestClientException> {
  const message = error.message.replace(/; error code: \d+$/, '')
  const version = /oldSchemaVersion:\s*(\d+)/.exec(message)?.[1] ?? (await latestVersion(client, subject))
  const described = [...message.matchAll(/description:'((?:[^']|'(?!\s*[,}]))*)'/g)].map(match => match[1]!)
  const reasons = described.length > 0 ? described : await askedReasons(client, subject, schema)
  const place = `Subject "${subject}"${version === null ? '' : `, version ${version}`}`
  const why = reasons.length === 0 ? message : reasons.join('; ')
  const hint = `${place}, does not admit this schema: ${shortened(why)}. Give new fields a default (or make them optional), keep the names and types of the old ones, or change the compatibility level of the subject: PUT /config/${encodeURIComponent(subject)}.`
  // Where the refusal itself does not say it: traces show messages alone.
  const told =
    described.length > 0 || reasons.length === 0 ? message : `${message} (${place}: ${shortened(why)})`
  return new RestClientException(told, error.status, error.errorCode, hint)
}

async function latestVersion(client: RegistryClient, subject: string): Promise<number | null> {
  try {
    return (await client.latest(subject)).version
  } catch (error) {
    return unanswered(error, null)
  }
}

async function askedReasons(client: RegistryClient, subject: string, schema: SchemaText): Promise<string[]> {
  try {
    return await client.incompatibilities(subject, schema)
  } catch (error) {
    return unanswered(error, [])
  }
}

/** What the refusal is told with when the registry does not tell more: the refusal counts, not this. */
function unanswered<T>(error: unknown, instead: T): T {
  if (error instanceof ConnectException) return instead
  throw error
}

function shortened(text: string): string {
  return text.length <= LONGEST_REASON ? text : `${text.slice(0, LONGEST_REASON)}…`
}
