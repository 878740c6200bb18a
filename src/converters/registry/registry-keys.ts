import { type ConfigSpec, type KeySpec, key, type Parsed } from '../../config/keys.ts'
import { Password } from '../../config/password.ts'
import { atLeast, ifGiven, nonEmptyList } from '../../config/validators.ts'
import { sslKeys } from '../../config/worker/ssl.ts'
import { CONVERTER_TYPE, converterType } from '../converter-type.ts'
import { strategyComplaint } from './subject-strategies.ts'

/** What the certificates and keys of a registry's TLS begin with. */
export const CLIENT_NAMESPACE = 'schema.registry.'
/** What stands behind it in a key is the name of a header for every request. */
export const REQUEST_HEADER_PREFIX = 'request.header.'

const TOPIC_NAME_STRATEGY = 'io.confluent.kafka.serializers.subject.TopicNameStrategy'
const none = new Password('')

/** Where the registry is and how it is spoken to. Java: AbstractKafkaSchemaSerDeConfig, SchemaRegistryClientConfig */
export const clientKeys = {
  'schema.registry.url': key.list({
    importance: 'high',
    validator: nonEmptyList,
    doc: 'Comma-separated list of URLs of the schema registry; the next one is asked when one does not answer.',
  }),
  'max.schemas.per.subject': key.int({
    default: 1000,
    importance: 'low',
    doc: 'How many schemas, and answers about them, are kept.',
  }),
  'basic.auth.credentials.source': key.string({
    default: 'URL',
    importance: 'medium',
    doc: 'Where user and password come from: URL, USER_INFO or SASL_INHERIT.',
  }),
  'schema.registry.basic.auth.user.info': key.password({
    default: none,
    importance: 'medium',
    doc: 'The former name of basic.auth.user.info.',
  }),
  'basic.auth.user.info': key.password({
    default: none,
    importance: 'medium',
    doc: 'User and password for basic authentication, as user:password.',
  }),
  'bearer.auth.credentials.source': key.string({
    default: 'STATIC_TOKEN',
    importance: 'medium',
    doc: 'Where a bearer token comes from: STATIC_TOKEN or OAUTHBEARER.',
  }),
  'bearer.auth.token': key.password({
    default: none,
    importance: 'medium',
    doc: 'The token for bearer authentication.',
  }),
  'bearer.auth.issuer.endpoint.url': key.string({
    optional: true,
    importance: 'medium',
    doc: 'With OAUTHBEARER the URL that tokens are fetched from.',
  }),
  'bearer.auth.client.id': key.string({
    optional: true,
    importance: 'medium',
    doc: 'With OAUTHBEARER the id that tokens are fetched with.',
  }),
  'bearer.auth.client.secret': key.password({
    optional: true,
    importance: 'medium',
    doc: 'With OAUTHBEARER the secret that tokens are fetched with.',
  }),
  'bearer.auth.scope': key.string({
    optional: true,
    importance: 'medium',
    doc: 'With OAUTHBEARER the scope that tokens are fetched for.',
  }),
  'bearer.auth.cache.expiry.buffer.seconds': key.int({
    default: 300,
    importance: 'medium',
    doc: 'How many seconds before its end a token is fetched anew.',
  }),
  'bearer.auth.logical.cluster': key.string({
    optional: true,
    importance: 'medium',
    doc: 'The logical cluster of the registry, sent with each token.',
  }),
  'bearer.auth.identity.pool.id': key.string({
    optional: true,
    importance: 'medium',
    doc: 'The identity pool, sent with each token.',
  }),
  'sasl.jaas.config': key.password({
    default: none,
    importance: 'low',
    doc: 'With basic.auth.credentials.source=SASL_INHERIT the JAAS entry that user and password are taken from.',
  }),
  'proxy.host': key.string({ default: '', importance: 'low', doc: 'Host name or address of an HTTP proxy.' }),
  'proxy.port': key.int({ default: -1, importance: 'low', doc: 'Port of the HTTP proxy.' }),
  'http.connect.timeout.ms': key.int({
    default: 60_000,
    importance: 'low',
    doc: 'How long a connection to the registry may take to be made.',
  }),
  'http.read.timeout.ms': key.int({
    default: 60_000,
    importance: 'low',
    doc: 'How long the registry may take for an answer.',
  }),
  'max.retries': key.int({
    default: 3,
    importance: 'low',
    validator: atLeast(0),
    doc: 'How often a request is repeated that has failed for a reason that may pass.',
  }),
  'retries.wait.ms': key.int({
    default: 1000,
    importance: 'low',
    validator: atLeast(0),
    doc: 'The longest wait before the first repetition; it doubles with each.',
  }),
  'retries.max.wait.ms': key.int({
    default: 20_000,
    importance: 'low',
    validator: atLeast(0),
    doc: 'The longest wait before any repetition.',
  }),
  'latest.cache.size': key.int({
    default: 1000,
    importance: 'low',
    doc: 'Of how many subjects the latest version is kept.',
  }),
  'latest.cache.ttl.sec': key.int({
    default: -1,
    importance: 'low',
    doc: 'How many seconds the latest version of a subject is taken for the latest; -1 for as long as it is kept.',
  }),
  ...prefixed(CLIENT_NAMESPACE, sslKeys),
}

/** Which schema is written with, and under which subject. Java: AbstractKafkaSchemaSerDeConfig */
export const schemaKeys = {
  'auto.register.schemas': key.boolean({
    default: true,
    importance: 'medium',
    doc: 'Whether the schema of what is written is registered.',
  }),
  'normalize.schemas': key.boolean({
    default: false,
    importance: 'medium',
    doc: 'Whether schemas are normalized, so that those that mean the same are the same.',
  }),
  'use.schema.id': key.int({
    default: -1,
    importance: 'low',
    doc: 'The id of the schema to write with, where auto.register.schemas is false.',
  }),
  'use.schema.guid': key.string({
    optional: true,
    importance: 'low',
    validator: ifGiven(
      () =>
        'a GUID stands in a Kafka header, which a converter cannot write here; name the schema by use.schema.id',
    ),
    doc: 'Not supported: the GUID of the schema to write with.',
  }),
  'id.compatibility.strict': key.boolean({
    default: true,
    importance: 'low',
    doc: 'Whether the schema of use.schema.id has to be backward compatible with the schema of the data.',
  }),
  'use.latest.version': key.boolean({
    default: false,
    importance: 'low',
    doc: 'Whether the latest version of the subject is written with, where auto.register.schemas is false.',
  }),
  'use.latest.with.metadata': key.string({
    optional: true,
    importance: 'low',
    doc: 'Metadata, as name=value,…, whose latest version in the subject is written with.',
  }),
  'latest.compatibility.strict': key.boolean({
    default: true,
    importance: 'low',
    doc: 'Whether the latest version has to be backward compatible with the schema of the data.',
  }),
  'schema.backup.enabled': key.boolean({
    default: false,
    importance: 'low',
    validator: ifGiven(value => (value ? 'records with their schema around them are not supported' : null)),
    doc: 'Not supported: whether records are wrapped in what their schema was.',
  }),
  'context.name.strategy': key.class({
    default: 'io.confluent.kafka.serializers.context.NullContextNameStrategy',
    importance: 'medium',
    validator: ifGiven(value =>
      value === 'io.confluent.kafka.serializers.context.NullContextNameStrategy'
        ? null
        : 'no other class than io.confluent.kafka.serializers.context.NullContextNameStrategy is there; the context can stand in schema.registry.url as well, as /contexts/NAME',
    ),
    doc: 'The class that names the context of a subject.',
  }),
  'key.subject.name.strategy': key.class({
    default: TOPIC_NAME_STRATEGY,
    importance: 'medium',
    validator: ifGiven(strategyComplaint),
    doc: 'How the subject of a key is named: the class TopicNameStrategy, RecordNameStrategy or TopicRecordNameStrategy.',
  }),
  'value.subject.name.strategy': key.class({
    default: TOPIC_NAME_STRATEGY,
    importance: 'medium',
    validator: ifGiven(strategyComplaint),
    doc: 'How the subject of a value is named: the class TopicNameStrategy, RecordNameStrategy or TopicRecordNameStrategy.',
  }),
}

/** Where the schema id stands. Java: io.confluent.kafka.serializers.schema.id */
export const idKeys = {
  'key.schema.id.serializer': schemaIdClass('PrefixSchemaIdSerializer', ['PrefixSchemaIdSerializer']),
  'value.schema.id.serializer': schemaIdClass('PrefixSchemaIdSerializer', ['PrefixSchemaIdSerializer']),
  'key.schema.id.deserializer': schemaIdClass('DualSchemaIdDeserializer', [
    'DualSchemaIdDeserializer',
    'PrefixSchemaIdDeserializer',
  ]),
  'value.schema.id.deserializer': schemaIdClass('DualSchemaIdDeserializer', [
    'DualSchemaIdDeserializer',
    'PrefixSchemaIdDeserializer',
  ]),
}

const secret = {
  default: none,
  importance: 'low',
  doc: 'The same with or without schema.registry. before it.',
} as const

/** Secrets under names that Confluent's client takes as well: declared, so that no text takes them along (invariant 5). */
const secretAliases = {
  'schema.registry.bearer.auth.token': key.password(secret),
  'schema.registry.bearer.auth.client.secret': key.password(secret),
  'ssl.keystore.password': key.password(secret),
  'ssl.keystore.key': key.password(secret),
  'ssl.key.password': key.password(secret),
  'ssl.truststore.password': key.password(secret),
  'schema.registry.sasl.jaas.config': key.password(secret),
}

/** All that a converter has beside the keys of its format. */
export const registryKeys = {
  [CONVERTER_TYPE]: converterType,
  ...clientKeys,
  ...schemaKeys,
  ...idKeys,
  ...secretAliases,
}

export type ClientConfig = Parsed<typeof clientKeys>
export type SchemaConfig = Parsed<typeof schemaKeys>

function schemaIdClass(simple: string, known: readonly string[]) {
  const names = known.map(each => `io.confluent.kafka.serializers.schema.id.${each}`)
  return key.class({
    default: `io.confluent.kafka.serializers.schema.id.${simple}`,
    importance: 'low',
    validator: ifGiven(value =>
      names.includes(value)
        ? null
        : `a schema id stands before the payload here, not in a Kafka header; the class can be ${names.join(' or ')}`,
    ),
    doc: 'Where the id of the schema stands: before the payload.',
  })
}

function prefixed<const P extends string, C extends ConfigSpec>(
  prefix: P,
  keys: C,
): { [K in keyof C & string as `${P}${K}`]: C[K] } {
  const named = Object.entries(keys).map(([name, spec]): [string, KeySpec<unknown>] => [prefix + name, spec])
  return Object.fromEntries(named) as { [K in keyof C & string as `${P}${K}`]: C[K] }
}
