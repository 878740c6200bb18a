import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import tls from 'node:tls'
import { ConfigException } from '../../../src/data/errors.ts'
import { cipherSuites } from '../../../src/kafka/cipher-suites.ts'
import { librdkafkaSettings, platformaticOptions } from '../../../src/kafka/client-properties.ts'
import { parseJaas } from '../../../src/kafka/jaas.ts'
import { LibrdkafkaProducer } from '../../../src/kafka/librdkafka/producer.ts'
import { readPkcs12 } from '../../../src/kafka/pkcs12.ts'
import { clientSecurity } from '../../../src/kafka/security.ts'

const stores = join(import.meta.dir, 'stores')
const path = (name: string) => join(stores, name)
const text = (name: string) => readFileSync(path(name), 'latin1')
const body = (pem: string) =>
  pem.match(/-----BEGIN[\s\S]*?-----END [A-Z ]+-----/g)?.map(block => block.trim())

const trust = { 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': path('ca.pem') }
const TRUST: Record<string, Record<string, string>> = {
  'PEM file': trust,
  'PEM text': { 'ssl.truststore.type': 'PEM', 'ssl.truststore.certificates': text('ca.pem') },
  'PEM text in one line': {
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.certificates': text('ca.pem').replaceAll('\n', ' '),
  },
  'PKCS12 by keytool': {
    'ssl.truststore.type': 'PKCS12',
    'ssl.truststore.location': path('trust.p12'),
    'ssl.truststore.password': 'secret1',
  },
  'PKCS12 under the default type': {
    'ssl.truststore.location': path('trust.p12'),
    'ssl.truststore.password': 'secret1',
  },
}
const KEYS: Record<string, Record<string, string>> = {
  'PEM file': { 'ssl.keystore.type': 'PEM', 'ssl.keystore.location': path('client-all.pem') },
  'encrypted PEM file': {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': path('client-encrypted-all.pem'),
    'ssl.key.password': 'keypass',
  },
  'PEM text': {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.key': text('client.key'),
    'ssl.keystore.certificate.chain': text('client.pem') + text('ca.pem'),
  },
  'encrypted PEM text': {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.key': text('client-encrypted.key'),
    'ssl.keystore.certificate.chain': text('client.pem'),
    'ssl.key.password': 'keypass',
  },
  'PKCS12 by keytool': p12('client-keytool.p12'),
  'PKCS12 by openssl': p12('client-openssl.p12'),
  'PKCS12 with 3DES': p12('client-3des.p12'),
}
function p12(name: string) {
  return {
    'ssl.keystore.type': 'PKCS12',
    'ssl.keystore.location': path(name),
    'ssl.keystore.password': 'secret1',
  }
}

/** Shakes hands with a server that wants a client certificate; resolves to the client's name as it saw it. */
async function handshake(options: tls.ConnectionOptions, host = 'localhost'): Promise<string> {
  const server = tls.createServer({
    key: text('server.key'),
    cert: text('server.pem'),
    ca: text('ca.pem'),
    requestCert: true,
    rejectUnauthorized: true,
  })
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  server.on('secureConnection', socket => {
    resolve(String(socket.getPeerCertificate().subject.CN))
    socket.end()
  })
  server.on('tlsClientError', reject)
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as { port: number }
  const client = tls.connect({ ...options, host: '127.0.0.1', port, servername: host })
  client.on('error', reject)
  try {
    return await promise
  } finally {
    client.destroy()
    server.close()
  }
}

describe('TLS', () => {
  for (const [trustName, trustProperties] of Object.entries(TRUST)) {
    test(`trust: ${trustName}`, async () => {
      const properties = { 'security.protocol': 'SSL', ...trustProperties, ...KEYS['PEM text'] }
      const security = clientSecurity(properties)
      expect(body(security.librdkafka['ssl.ca.pem']!)?.[0]).toBe(body(text('ca.pem'))![0]!)
      expect(await handshake(security.tls!)).toBe('client')
      await opens(properties)
    })
  }
  for (const [keyName, keyProperties] of Object.entries(KEYS)) {
    test(`key: ${keyName}`, async () => {
      const properties = { 'security.protocol': 'SSL', ...trust, ...keyProperties }
      expect(await handshake(clientSecurity(properties).tls!)).toBe('client')
      await opens(properties)
    })
  }
  test('host names are checked unless told otherwise', async () => {
    const properties = { 'security.protocol': 'ssl', ...trust, ...KEYS['PEM file'] }
    expect(clientSecurity(properties).librdkafka['ssl.endpoint.identification.algorithm']).toBe('https')
    await expect(handshake(clientSecurity(properties).tls!, 'elsewhere.example')).rejects.toThrow()
    const lax = clientSecurity({ ...properties, 'ssl.endpoint.identification.algorithm': '' })
    expect(lax.librdkafka['ssl.endpoint.identification.algorithm']).toBe('none')
    expect(await handshake(lax.tls!, 'elsewhere.example')).toBe('client')
  })
  test('without a trust store the system’s is looked for', () => {
    expect(clientSecurity({ 'security.protocol': 'SSL' }).librdkafka).toEqual({
      'security.protocol': 'ssl',
      'ssl.endpoint.identification.algorithm': 'https',
      'ssl.ca.location': 'probe',
    })
  })
  test('cipher suites', () => {
    expect(
      cipherSuites([
        'TLS_AES_256_GCM_SHA384',
        'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
        'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
        'TLS_RSA_WITH_AES_128_CBC_SHA',
        'TLS_DHE_RSA_WITH_AES_128_CBC_SHA256',
      ]),
    ).toEqual({
      tls13: ['TLS_AES_256_GCM_SHA384'],
      tls12: [
        'ECDHE-RSA-AES256-GCM-SHA384',
        'ECDHE-ECDSA-CHACHA20-POLY1305',
        'AES128-SHA',
        'DHE-RSA-AES128-SHA256',
      ],
    })
    const ciphers = tls.getCiphers()
    for (const name of ['ecdhe-rsa-aes256-gcm-sha384', 'aes128-sha']) expect(ciphers).toContain(name)
  })
  test('only TLS 1.2 is told that 1.3 is offered too', () => {
    const { tls: options, warnings } = clientSecurity({
      'security.protocol': 'SSL',
      'ssl.enabled.protocols': 'TLSv1.2,TLSv1.1',
    })
    expect(options).toMatchObject({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' })
    expect(warnings).toEqual([
      'ssl.enabled.protocols: TLSv1.1 is too old and not offered.',
      'ssl.enabled.protocols=TLSv1.2: TLSv1.3 is offered as well.',
    ])
  })
})

/** librdkafka reads keys and certificates when the client is made. */
async function opens(properties: Record<string, string>): Promise<void> {
  const { settings } = librdkafkaSettings('producer', { 'bootstrap.servers': '127.0.0.1:1', ...properties })
  const producer = await LibrdkafkaProducer.open(
    { ...settings, log_level: '0' },
    { debug() {}, info() {}, warn() {}, error() {} },
  )
  await producer.close(0)
}

describe('PKCS#12', () => {
  test('a wrong password is told as such', () => {
    expect(() => readPkcs12(readFileSync(path('trust.p12')), 'wrong1')).toThrow(
      'cannot be opened with that password',
    )
  })
  test('an old keytool’s RC2 is named', () => {
    expect(() =>
      clientSecurity({
        'security.protocol': 'SSL',
        'ssl.truststore.location': path('trust-legacy.p12'),
        'ssl.truststore.password': 'secret1',
      }),
    ).toThrow('is encrypted by an algorithm that this client lacks')
  })
})

const PLAIN =
  'org.apache.kafka.common.security.plain.PlainLoginModule required username="alice" password="a\\"b;=c";'
const SCRAM =
  "org.apache.kafka.common.security.scram.ScramLoginModule required\n username=bob\n password='x y';"

describe('SASL', () => {
  test('PLAIN', async () => {
    const properties = {
      'security.protocol': 'SASL_SSL',
      'sasl.mechanism': 'PLAIN',
      'sasl.jaas.config': PLAIN,
      ...trust,
    }
    const { librdkafka, sasl } = clientSecurity(properties)
    expect(librdkafka).toMatchObject({
      'security.protocol': 'sasl_ssl',
      'sasl.mechanism': 'PLAIN',
      'sasl.username': 'alice',
      'sasl.password': 'a"b;=c',
    })
    expect(sasl).toEqual({ mechanism: 'PLAIN', username: 'alice', password: 'a"b;=c' })
    expect(platformaticOptions({ 'bootstrap.servers': 'a:1', ...properties }).options).toMatchObject({ sasl })
    await opens(properties)
  })
  for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const) {
    test(mechanism, async () => {
      const properties = {
        'security.protocol': 'sasl_plaintext',
        'sasl.mechanism': mechanism,
        'sasl.jaas.config': SCRAM,
      }
      expect(clientSecurity(properties)).toMatchObject({
        librdkafka: {
          'security.protocol': 'sasl_plaintext',
          'sasl.mechanism': mechanism,
          'sasl.password': 'x y',
        },
        sasl: { mechanism, username: 'bob', password: 'x y' },
      })
      await opens(properties)
    })
  }
  test('nothing of it without SASL in the protocol', () => {
    expect(clientSecurity({ 'sasl.mechanism': 'GSSAPI', 'sasl.jaas.config': 'x' })).toMatchObject({
      librdkafka: { 'security.protocol': 'plaintext' },
      sasl: undefined,
      tls: undefined,
    })
  })
})

describe('refused', () => {
  const ssl = { 'security.protocol': 'SSL' }
  const sasl = { 'security.protocol': 'SASL_PLAINTEXT', 'sasl.mechanism': 'PLAIN' }
  const table: [Record<string, string>, string][] = [
    [
      { ...ssl, 'ssl.truststore.location': path('trust.jks'), 'ssl.truststore.password': 'secret1' },
      'is a JKS file, which only Java reads',
    ],
    [{ ...ssl, 'ssl.truststore.location': path('none') }, 'ssl.truststore.location: cannot read'],
    [
      { ...ssl, 'ssl.truststore.location': path('server.key') },
      'No matching CERTIFICATE entries in PEM file',
    ],
    [
      { ...ssl, 'ssl.truststore.location': path('trust.p12') },
      'is a PKCS#12 file and needs ssl.truststore.password',
    ],
    [
      { ...ssl, 'ssl.truststore.location': path('trust.p12'), 'ssl.truststore.password': 'wrong' },
      'cannot be opened with that password',
    ],
    [
      { ...ssl, 'ssl.truststore.location': path('ca.pem'), 'ssl.truststore.certificates': text('ca.pem') },
      'Both SSL truststore location and separate trust certificates are specified.',
    ],
    [
      { ...ssl, 'ssl.keystore.key': text('client.key') },
      'SSL private key is specified, but certificate chain is not specified.',
    ],
    [{ ...ssl, 'ssl.keystore.location': path('client.pem') }, 'No matching PRIVATE KEY entries in PEM file'],
    [
      {
        ...ssl,
        'ssl.keystore.key': text('client.key'),
        'ssl.keystore.certificate.chain': text('client.pem') + text('ca.pem'),
      },
      'holds several certificates and there is no trust store',
    ],
    [{ ...ssl, 'ssl.keystore.type': 'BCFKS' }, 'ssl.keystore.type=BCFKS is not supported'],
    [{ ...ssl, 'ssl.protocol': 'SSLv3' }, 'ssl.protocol=SSLv3 is not supported'],
    [{ ...ssl, 'ssl.provider': 'BC' }, 'ssl.provider=BC is not supported'],
    [{ ...ssl, 'ssl.engine.factory.class': 'a.B' }, 'ssl.engine.factory.class=a.B is not supported'],
    [{ ...ssl, 'ssl.enabled.protocols': 'TLSv1.3' }, 'the client would speak TLSv1.2 as well'],
    [{ ...ssl, 'ssl.enabled.protocols': 'TLSv1' }, 'only TLSv1.2 and TLSv1.3 can be spoken'],
    [{ ...ssl, 'ssl.cipher.suites': 'TLS_AES_256_GCM_SHA384' }, 'names suites of TLS 1.3 only'],
    [{ ...ssl, 'ssl.cipher.suites': 'foo' }, 'foo is not a cipher suite'],
    [{ 'security.protocol': 'SASL_SSL' }, 'sasl.mechanism=GSSAPI is not supported'],
    [{ ...sasl, 'sasl.mechanism': 'OAUTHBEARER' }, 'sasl.mechanism=OAUTHBEARER is not supported'],
    [sasl, "Could not find a 'KafkaClient' entry in the JAAS configuration"],
    [{ ...sasl, 'sasl.jaas.config': SCRAM }, 'but PLAIN needs PlainLoginModule'],
    [
      { ...sasl, 'sasl.jaas.config': PLAIN.replace(/password=.*/, ';') },
      'sasl.jaas.config: password is missing',
    ],
    [
      { ...sasl, 'sasl.jaas.config': PLAIN, 'sasl.login.callback.handler.class': 'a.B' },
      'sasl.login.callback.handler.class=a.B is not supported',
    ],
    [
      {
        ...sasl,
        'sasl.mechanism': 'SCRAM-SHA-256',
        'sasl.jaas.config': SCRAM.replace(';', ' tokenauth="true";'),
      },
      'delegation tokens (tokenauth) are not supported',
    ],
  ]
  for (const [properties, message] of table) {
    test(message, () => {
      expect(() => clientSecurity(properties)).toThrow(ConfigException)
      expect(() => clientSecurity(properties)).toThrow(message)
    })
  }
  test('a JKS file comes with the line that converts it', () => {
    try {
      clientSecurity({ ...ssl, 'ssl.keystore.location': path('trust.jks') })
      throw new Error('not refused')
    } catch (error) {
      expect((error as ConfigException).hint).toBe(
        `Convert it: keytool -importkeystore -srckeystore ${path('trust.jks')} -destkeystore ${path('trust')}.p12 -deststoretype PKCS12`,
      )
    }
  })
})

describe('sasl.jaas.config', () => {
  test('comments and quotes', () => {
    expect(parseJaas('a.B /* x */ required // y\n a = "1 2" b=\'3\';')).toEqual({
      module: 'a.B',
      options: { a: '1 2', b: '3' },
    })
  })
  test.each([
    ['', 'Login module not specified in JAAS config'],
    ['foo', 'Login module control flag not specified in JAAS config'],
    ['foo bar;', 'Invalid login module control flag in JAAS config'],
    ['foo required a="b"', 'JAAS config entry not terminated by semi-colon'],
    ['foo required a;', "Value not specified for key 'a' in JAAS config"],
    ['foo required a="b', 'Unterminated quote in JAAS config'],
    ['foo required; bar required;', 'JAAS config property contains more than one login module'],
  ])('%p', (config, message) => {
    expect(() => parseJaas(config)).toThrow(message)
  })
  test('no text of it reaches an error', () => {
    for (const config of ['m required password=hunter2', 'm required password="hunter2']) {
      try {
        parseJaas(config)
      } catch (error) {
        expect(String(error)).not.toContain('hunter2')
      }
    }
  })
})

test('the check above is one: librdkafka refuses a key that it cannot read', async () => {
  const properties = {
    'security.protocol': 'SSL',
    ...trust,
    ...KEYS['encrypted PEM text'],
    'ssl.key.password': 'wrong',
  }
  await expect(opens(properties)).rejects.toThrow('ssl.key.pem')
})
