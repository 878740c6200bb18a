/**
 * TLS and SASL of a Java client for both libraries. What cannot be done as asked stops the client: a connection
 * is never less protected than its configuration says. Java: SslConfigs, SaslConfigs, ChannelBuilders
 */
import type { ConnectionOptions } from 'node:tls'
import { parseValue } from '../config/parse.ts'
import { ConfigException } from '../data/errors.ts'
import { cipherSuites } from './cipher-suites.ts'
import { parseJaas } from './jaas.ts'
import { keyStore, trustStore } from './key-stores.ts'
import type { ClientProperties } from './port.ts'

export interface SaslOptions {
  mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'
  username: string
  password: string
}

export interface ClientSecurity {
  librdkafka: Record<string, string>
  tls: ConnectionOptions | undefined
  sasl: SaslOptions | undefined
  warnings: string[]
}

const PROTOCOLS = ['TLSv1.2', 'TLSv1.3']

/** Values that mean what both libraries do anyway; any other is refused. */
const ONLY: readonly (readonly [key: string, allowed: readonly string[], why: string])[] = [
  ['security.providers', [], 'Java security providers cannot be used'],
  ['ssl.protocol', ['TLS', ...PROTOCOLS], 'TLS 1.2 and 1.3 are spoken'],
  ['ssl.keystore.type', ['JKS', 'PKCS12', 'PEM'], 'PEM and PKCS12 are read'],
  ['ssl.truststore.type', ['JKS', 'PKCS12', 'PEM'], 'PEM and PKCS12 are read'],
  ['ssl.provider', [], 'Java security providers cannot be used'],
  ['ssl.secure.random.implementation', [], 'the random source is the system’s'],
  [
    'ssl.engine.factory.class',
    ['org.apache.kafka.common.security.ssl.DefaultSslEngineFactory'],
    'Java classes cannot be loaded',
  ],
  ['ssl.keymanager.algorithm', ['SunX509', 'PKIX'], 'there is no Java key manager'],
  ['ssl.trustmanager.algorithm', ['PKIX', 'SunX509'], 'there is no Java trust manager'],
]
const ONLY_SASL: typeof ONLY = [
  ['sasl.client.callback.handler.class', [], 'Java classes cannot be loaded'],
  ['sasl.login.callback.handler.class', [], 'Java classes cannot be loaded'],
  ['sasl.login.class', [], 'Java classes cannot be loaded'],
]

/**
 * TLS alone, from the keys `ssl.…`, for a client that is not Kafka's. Throws ConfigException; its texts name keys,
 * never secrets (invariant 5).
 */
export function tlsOptions(properties: ClientProperties): ConnectionOptions {
  refuse(properties, ONLY)
  return tlsParts(properties, []).options
}

/** Throws ConfigException; its texts name keys, never secrets (invariant 5). */
export function clientSecurity(properties: ClientProperties): ClientSecurity {
  const protocol = (text(properties, 'security.protocol') ?? 'PLAINTEXT').toUpperCase()
  const isTls = protocol.endsWith('SSL')
  const warnings: string[] = []
  refuse(properties, ONLY.slice(0, isTls ? undefined : 1))
  const tls = isTls ? tlsOf(properties, warnings) : null
  const sasl = protocol.startsWith('SASL_') ? saslOf(properties) : null
  return {
    librdkafka: { 'security.protocol': protocol.toLowerCase(), ...tls?.librdkafka, ...sasl?.librdkafka },
    tls: tls?.options,
    sasl: sasl?.options,
    warnings,
  }
}

function tlsParts(properties: ClientProperties, warnings: string[]) {
  const range = protocolRange(properties, warnings)
  const trusted = trustStore(properties)
  const own = keyStore(properties)
  const suites = cipherSuites(list(properties, 'ssl.cipher.suites'))
  if (suites.tls13.length > 0 && suites.tls12.length === 0) {
    throw new ConfigException(
      'ssl.cipher.suites names suites of TLS 1.3 only, but TLS 1.2 may be spoken as well',
      {
        hint: 'Leave the key out, or name suites of TLS 1.2 too.',
      },
    )
  }
  const checksHost = text(properties, 'ssl.endpoint.identification.algorithm', 'https') !== ''
  const options: ConnectionOptions = {
    ...range,
    ...(trusted && { ca: trusted.pem }),
    ...(own && { key: own.key, cert: own.chain }),
    ...(own?.passphrase != null && { passphrase: own.passphrase }),
    ...(suites.tls12.length > 0 && { ciphers: [...suites.tls13, ...suites.tls12].join(':') }),
    ...(!checksHost && { checkServerIdentity: () => undefined }),
  }
  return { trusted, own, suites, checksHost, options }
}

function tlsOf(properties: ClientProperties, warnings: string[]) {
  const { trusted, own, suites, checksHost, options } = tlsParts(properties, warnings)
  const chain = own?.chain.match(/-----BEGIN/g)?.length ?? 0
  const librdkafka: Record<string, string> = {
    'ssl.endpoint.identification.algorithm': checksHost ? 'https' : 'none',
    ...(suites.tls12.length > 0 && { 'ssl.cipher.suites': suites.tls12.join(':') }),
    ...(trusted ? { 'ssl.ca.pem': trusted.pem } : { 'ssl.ca.location': 'probe' }),
  }
  if (own?.file?.kind === 'pkcs12') {
    librdkafka['ssl.keystore.location'] = own.file.path
    librdkafka['ssl.keystore.password'] = own.file.password
  } else if (own) {
    if (own.passphrase !== null) librdkafka['ssl.key.password'] = own.passphrase
    if (own.file) {
      librdkafka['ssl.key.location'] = own.file.path
      librdkafka['ssl.certificate.location'] = own.file.path
    } else {
      librdkafka['ssl.key.pem'] = own.key
      librdkafka['ssl.certificate.pem'] = own.chain
      // librdkafka takes only the first certificate of a text and builds the rest from what it trusts.
      if (chain > 1 && !trusted) {
        throw new ConfigException(
          'ssl.keystore.certificate.chain holds several certificates and there is no trust store',
          {
            hint: 'Put key and chain into a PEM file and name it in ssl.keystore.location.',
          },
        )
      }
      if (chain > 1) librdkafka['ssl.ca.pem'] += own.chain
    }
  }
  return { librdkafka, options }
}

/** librdkafka speaks TLS 1.2 and 1.3 and cannot be told to do less. */
function protocolRange(properties: ClientProperties, warnings: string[]) {
  const asked = list(properties, 'ssl.enabled.protocols', PROTOCOLS)
  const usable = PROTOCOLS.filter(protocol => asked.includes(protocol))
  if (usable.length === 0) {
    throw new ConfigException(
      `ssl.enabled.protocols=${asked.join(',')}: only ${PROTOCOLS.join(' and ')} can be spoken`,
    )
  }
  const old = asked.filter(protocol => !PROTOCOLS.includes(protocol))
  if (old.length > 0) warnings.push(`ssl.enabled.protocols: ${old.join(', ')} is too old and not offered.`)
  if (!usable.includes('TLSv1.2')) {
    throw new ConfigException('ssl.enabled.protocols=TLSv1.3: the client would speak TLSv1.2 as well', {
      hint: 'Allow TLSv1.2 too, or forbid it on the brokers.',
    })
  }
  if (!usable.includes('TLSv1.3')) warnings.push('ssl.enabled.protocols=TLSv1.2: TLSv1.3 is offered as well.')
  return {
    minVersion: 'TLSv1.2' as const,
    maxVersion: usable.includes('TLSv1.3') ? ('TLSv1.3' as const) : ('TLSv1.2' as const),
  }
}

function saslOf(properties: ClientProperties) {
  refuse(properties, ONLY_SASL)
  const mechanism = text(properties, 'sasl.mechanism', 'GSSAPI')!
  if (mechanism !== 'PLAIN' && mechanism !== 'SCRAM-SHA-256' && mechanism !== 'SCRAM-SHA-512') {
    throw new ConfigException(`sasl.mechanism=${mechanism} is not supported`, {
      hint: 'PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512 are; GSSAPI (Kerberos) is what Java takes when the key is absent.',
    })
  }
  const jaas = text(properties, 'sasl.jaas.config')
  if (jaas === null) {
    throw new ConfigException(
      "Could not find a 'KafkaClient' entry in the JAAS configuration: sasl.jaas.config is not set",
      {
        hint: 'Set it, or name a JAAS file that has such an entry: KAFKA_OPTS=-Djava.security.auth.login.config=FILE.',
      },
    )
  }
  const { module, options } = parseJaas(jaas)
  const wanted = mechanism === 'PLAIN' ? 'PlainLoginModule' : 'ScramLoginModule'
  if (!module.endsWith(`.${wanted}`)) {
    throw new ConfigException(`sasl.jaas.config names ${module}, but ${mechanism} needs ${wanted}`)
  }
  if (options['tokenauth'] === 'true') {
    throw new ConfigException('sasl.jaas.config: delegation tokens (tokenauth) are not supported')
  }
  const { username, password } = options
  if (username === undefined || password === undefined) {
    throw new ConfigException(
      `sasl.jaas.config: ${username === undefined ? 'username' : 'password'} is missing`,
    )
  }
  return {
    librdkafka: { 'sasl.mechanism': mechanism, 'sasl.username': username, 'sasl.password': password },
    options: { mechanism, username, password } as const,
  }
}

function refuse(properties: ClientProperties, rules: typeof ONLY): void {
  for (const [key, allowed, why] of rules) {
    const value = text(properties, key)
    if (value !== null && value !== '' && !allowed.includes(value)) {
      throw new ConfigException(`${key}=${value} is not supported: ${why}`, { hint: 'Remove the key.' })
    }
  }
}

function text(properties: ClientProperties, key: string, fallback: string | null = null): string | null {
  return properties[key]?.trim() ?? fallback
}

function list(
  properties: ClientProperties,
  key: string,
  fallback: readonly string[] = [],
): readonly string[] {
  const raw = properties[key]
  return raw === undefined ? fallback : (parseValue('LIST', key, raw).value as readonly string[])
}
