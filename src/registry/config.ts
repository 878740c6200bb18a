/** The server's property file. Java: io.confluent.kafka.schemaregistry.rest.SchemaRegistryConfig */
import { key } from '../config/keys.ts'
import { parseConfig } from '../config/validate.ts'
import { oneOfIgnoringCase } from '../config/validators.ts'
import { listenerUrls } from '../config/worker/listeners.ts'
import { ConfigException } from '../data/errors.ts'
import { LEVELS, parseLevel } from './compatibility.ts'
import type { RegistrySettings } from './registry.ts'

export const registryKeys = {
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
  /** Keys of the file that nobody reads. */
  readonly unread: readonly string[]
}

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
    unread: Object.keys(raw).filter(
      name =>
        !Object.hasOwn(registryKeys, name) &&
        !/^(?:listeners\.https\.)?ssl\.|^authentication\.method$/.test(name),
    ),
  }
}
