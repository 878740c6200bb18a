/** The server's property file. Java: io.confluent.kafka.schemaregistry.rest.SchemaRegistryConfig */
import { key } from '../config/keys.ts'
import { parseConfig } from '../config/validate.ts'
import { oneOfIgnoringCase } from '../config/validators.ts'
import { listenerUrls } from '../config/worker/listeners.ts'
import { ConfigException } from '../data/errors.ts'
import { LEVELS, parseLevel } from './compatibility.ts'
import type { RegistrySettings } from './registry.ts'

const registryKeys = {
  listeners: key.list({
    doc: 'Addresses to listen on. Java takes every interface by default, bunnect this machine alone.',
    importance: 'high',
    default: ['http://127.0.0.1:8081'],
    validator: listenerUrls,
  }),
  'schema.compatibility.level': key.string({
    doc: 'What holds where no subject, context or PUT /config says otherwise.',
    importance: 'high',
    default: 'backward',
    validator: oneOfIgnoringCase(...LEVELS),
  }),
  'avro.compatibility.level': key.string({
    doc: 'The former name of schema.compatibility.level.',
    importance: 'low',
    default: 'backward',
    validator: oneOfIgnoringCase(...LEVELS),
  }),
  'mode.mutability': key.boolean({
    doc: 'Whether PUT /mode may change modes.',
    importance: 'low',
    default: true,
  }),
  'bunnect.data.dir': key.string({
    doc: 'Folder of schema-registry.db, where everything is kept.',
    importance: 'medium',
    default: 'bunnect-data',
  }),
}

export interface RegistryConfig {
  readonly listeners: readonly string[]
  readonly dataDir: string
  readonly settings: RegistrySettings
  /** What an https listener is made of: the file's keys, in the words of a worker's. */
  readonly tls: Readonly<Record<string, string>>
  /** Keys of the file that nobody reads. */
  readonly unread: readonly string[]
}

/** Where any key has it, only such keys count, as for a worker. */
export const TLS_PREFIX = 'listeners.https.'

const CLIENT_AUTHENTICATION = 'ssl.client.authentication'
const CLIENT_AUTH = 'ssl.client.auth'
const CLIENT_AUTHENTICATIONS = ['REQUIRED', 'REQUESTED', 'NONE']
const TLS_KEYS = new Set([
  'ssl.keystore.type',
  'ssl.keystore.location',
  'ssl.keystore.password',
  'ssl.keystore.key',
  'ssl.keystore.certificate.chain',
  'ssl.key.password',
  'ssl.truststore.type',
  'ssl.truststore.location',
  'ssl.truststore.password',
  'ssl.truststore.certificates',
  'ssl.enabled.protocols',
  'ssl.cipher.suites',
])

/** Throws ConfigException; where a key would keep people out that nobody here keeps out, too. */
export function registryConfig(raw: Readonly<Record<string, string>>): RegistryConfig {
  const values = parseConfig(registryKeys, raw)
  const authentication = raw['authentication.method']?.trim().toUpperCase() ?? 'NONE'
  if (authentication !== 'NONE') {
    throw new ConfigException(
      `authentication.method=${authentication} is not there: everybody would be let in`,
      {
        hint: 'Remove it and listen on this machine alone, or put a proxy before it that asks for passwords.',
      },
    )
  }
  const isNamed = raw['schema.compatibility.level'] !== undefined
  const level = values[isNamed ? 'schema.compatibility.level' : 'avro.compatibility.level']
  return {
    listeners: values.listeners,
    dataDir: values['bunnect.data.dir'],
    settings: { compatibilityLevel: parseLevel(level)!, modeMutability: values['mode.mutability'] },
    tls: tlsKeys(raw),
    unread: Object.keys(raw).filter(name => !isRead(raw, name)),
  }
}

/**
 * The registry has a key of its own for who is let in, which a worker does not know, and true and false for the older
 * one. Without the prefix it counts beside keys that have it, too: otherwise everybody would be let in.
 * Java: io.confluent.rest.SslConfig.getClientAuth
 */
function tlsKeys(raw: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const asked = [TLS_PREFIX, ''].map(place => clientAuth(raw, place)).find(one => one !== null)
  return asked === undefined ? raw : { ...raw, [tlsPlace(raw) + CLIENT_AUTH]: asked }
}

/** none, requested or required; null where it is not said. */
function clientAuth(raw: Readonly<Record<string, string>>, place: string): string | null {
  const asked = raw[place + CLIENT_AUTHENTICATION]?.trim()
  if (asked === undefined) {
    const older = raw[place + CLIENT_AUTH]?.trim().toLowerCase()
    return older === undefined ? null : ({ true: 'required', false: 'none' }[older] ?? older)
  }
  if (!CLIENT_AUTHENTICATIONS.includes(asked.toUpperCase())) {
    throw new ConfigException(
      `Invalid value ${asked} for configuration ${place}${CLIENT_AUTHENTICATION}: String must be one of: ${CLIENT_AUTHENTICATIONS.join(', ')}`,
    )
  }
  return asked.toLowerCase()
}

function tlsPlace(raw: Readonly<Record<string, string>>): string {
  return Object.keys(raw).some(name => name.startsWith(TLS_PREFIX)) ? TLS_PREFIX : ''
}

function isRead(raw: Readonly<Record<string, string>>, name: string): boolean {
  if (Object.hasOwn(registryKeys, name) || name === 'authentication.method') return true
  const place = tlsPlace(raw)
  const own = name.startsWith(TLS_PREFIX) ? name.slice(TLS_PREFIX.length) : name
  if (own === CLIENT_AUTHENTICATION || own === CLIENT_AUTH) return true
  return name.startsWith(place) && TLS_KEYS.has(name.slice(place.length))
}
