/**
 * Key and trust stores of a Java client: PEM in the property, PEM files, PKCS#12 files. The kind of a file is
 * read from its first bytes, as Java does for PKCS#12 behind the default type JKS.
 * Java: org.apache.kafka.common.security.ssl.DefaultSslEngineFactory
 */
import { readFileSync } from 'node:fs'
import { ConfigException } from '../data/errors.ts'
import { Pkcs12Error, readPkcs12 } from './pkcs12.ts'

export interface TrustStore {
  /** One or more certificates. */
  pem: string
}

export interface KeyStore {
  /** The private key, encrypted if `passphrase` is not null. */
  key: string
  /** The certificate and what leads from it to a root. */
  chain: string
  passphrase: string | null
  /** The file it came from, null for text in the properties. */
  file: { path: string; kind: 'pem' | 'pkcs12'; password: string } | null
}

type Properties = Readonly<Record<string, string | undefined>>

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g
const PRIVATE_KEY = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[\s\S]*?-----END (?:[A-Z]+ )*PRIVATE KEY-----/

/** null = the system's certificates. */
export function trustStore(properties: Properties): TrustStore | null {
  const inline = given(properties, 'ssl.truststore.certificates')
  const path = given(properties, 'ssl.truststore.location')
  if (inline !== null && path !== null) {
    throw new ConfigException('Both SSL truststore location and separate trust certificates are specified.')
  }
  if (inline !== null) {
    return { pem: certificates(unwrapped(inline), 'ssl.truststore.certificates') }
  }
  if (path === null) return null
  const content = load('ssl.truststore.location', path)
  if (content.kind === 'pem') return { pem: certificates(content.text, path) }
  const found = openPkcs12(
    path,
    content.bytes,
    given(properties, 'ssl.truststore.password'),
    'ssl.truststore.password',
  )
  return { pem: certificates(found.certificates.join(''), path) }
}

/** null = the client shows no certificate. */
export function keyStore(properties: Properties): KeyStore | null {
  const key = given(properties, 'ssl.keystore.key')
  const chain = given(properties, 'ssl.keystore.certificate.chain')
  const path = given(properties, 'ssl.keystore.location')
  const passphrase = given(properties, 'ssl.key.password')
  if (key !== null || chain !== null) {
    if (path !== null)
      throw new ConfigException('Both SSL key store location and separate private key are specified.')
    if (chain === null) {
      throw new ConfigException('SSL private key is specified, but certificate chain is not specified.')
    }
    if (key === null) {
      throw new ConfigException('SSL certificate chain is specified, but private key is not specified')
    }
    return {
      key: privateKey(unwrapped(key), 'ssl.keystore.key'),
      chain: certificates(unwrapped(chain), 'ssl.keystore.certificate.chain'),
      passphrase,
      file: null,
    }
  }
  if (path === null) return null
  const content = load('ssl.keystore.location', path)
  if (content.kind === 'pem') {
    return {
      key: privateKey(content.text, path),
      chain: certificates(content.text, path),
      passphrase,
      file: { path, kind: 'pem', password: passphrase ?? '' },
    }
  }
  const password = given(properties, 'ssl.keystore.password')
  const found = openPkcs12(path, content.bytes, password, 'ssl.keystore.password')
  return {
    key: privateKey(found.keys[0] ?? '', path),
    chain: certificates(found.certificates.join(''), path),
    passphrase: null,
    file: { path, kind: 'pkcs12', password: password ?? '' },
  }
}

type Content = { kind: 'pem'; text: string } | { kind: 'pkcs12'; bytes: Uint8Array }

function load(key: string, path: string): Content {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    throw new ConfigException(`${key}: cannot read ${path}: ${(cause as Error).message}`, { cause })
  }
  const magic = bytes.length >= 4 ? bytes.readUInt32BE(0) : 0
  if (magic === 0xfeedfeed || magic === 0xcececece) {
    throw new ConfigException(
      `${key}: ${path} is a ${magic === 0xfeedfeed ? 'JKS' : 'JCEKS'} file, which only Java reads`,
      {
        hint: `Convert it: keytool -importkeystore -srckeystore ${path} -destkeystore ${path.replace(/\.(?:jks|jceks|keystore|truststore)$/, '')}.p12 -deststoretype PKCS12`,
      },
    )
  }
  return bytes[0] === 0x30 ? { kind: 'pkcs12', bytes } : { kind: 'pem', text: bytes.toString('latin1') }
}

function openPkcs12(path: string, bytes: Uint8Array, password: string | null, key: string) {
  if (password === null) {
    throw new ConfigException(`${path} is a PKCS#12 file and needs ${key}`)
  }
  try {
    return readPkcs12(bytes, password)
  } catch (cause) {
    if (!(cause instanceof Pkcs12Error || cause instanceof RangeError || cause instanceof TypeError))
      throw cause
    const why = cause instanceof Pkcs12Error ? cause.message : 'is no PKCS#12 file or is damaged'
    throw new ConfigException(`${path} ${why}`, {
      cause,
      hint: `Check ${key}. A file by an old keytool is renewed by: keytool -importkeystore -srckeystore ${path} -destkeystore new.p12 -deststoretype PKCS12`,
    })
  }
}

function certificates(text: string, where: string): string {
  const found = text.match(CERTIFICATE)
  if (!found) throw new ConfigException(`${where}: No matching CERTIFICATE entries in PEM file`)
  return `${found.join('\n')}\n`
}

function privateKey(text: string, where: string): string {
  const found = PRIVATE_KEY.exec(text)
  if (!found) throw new ConfigException(`${where}: No matching PRIVATE KEY entries in PEM file`)
  return `${found[0]}\n`
}

/** A PEM text that lost its line ends in a property file gets them back. */
function unwrapped(text: string): string {
  return text.replace(
    /(-----BEGIN [A-Z ]+-----)([\s\S]*?)(-----END [A-Z ]+-----)/g,
    (whole, begin, body, end) => {
      if (/\n/.test(body)) return whole
      const packed = body.replaceAll(/\s+/g, '')
      return `${begin}\n${packed.replaceAll(/.{64}(?=.)/g, '$&\n')}\n${end}\n`
    },
  )
}

function given(properties: Properties, key: string): string | null {
  const value = properties[key]?.trim()
  return value === undefined || value === '' ? null : value
}
