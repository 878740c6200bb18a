import { ConfigException } from '../data/errors.ts'
import { cipherSuites } from '../kafka/cipher-suites.ts'
import { keyStore, trustStore } from '../kafka/key-stores.ts'

type Raw = Readonly<Record<string, string>>

/** Bits of OpenSSL's options (SSL_OP_NO_TLSv1_2, SSL_OP_NO_TLSv1_3) that refuse what Bun's server would speak. */
const REFUSED = { 'TLSv1.2': 0x0800_0000, 'TLSv1.3': 0x2000_0000 }
const PROTOCOLS = Object.keys(REFUSED) as (keyof typeof REFUSED)[]

/**
 * TLS of an HTTPS listener: if there is any key with `prefix` (`listeners.https.`) only such keys count, otherwise the
 * worker's plain `ssl.*`. Throws ConfigException where a listener would be less protected than was asked for.
 * Java: org.apache.kafka.connect.runtime.rest.util.SSLUtils
 */
export function listenerTls(raw: Raw, prefix: string): Bun.TLSOptions {
  const { keys, place } = allOrNothing(raw, prefix)
  const key = keyStore(keys)
  if (!key) {
    throw new ConfigException(
      `An HTTPS listener needs ${place}ssl.keystore.location: its certificate and key`,
      {
        hint: 'PEM and PKCS12 files are read; or set listeners to an http:// address.',
      },
    )
  }
  const trusted = trustStore(keys)?.pem
  const client = keys['ssl.client.auth']?.trim().toLowerCase() ?? 'none'
  if (!['none', 'requested', 'required'].includes(client))
    throw new ConfigException(
      `Invalid value ${client} for configuration ${place}ssl.client.auth: String must be one of: required, requested, none`,
    )
  if (client === 'required' && trusted === undefined) {
    throw new ConfigException(`${place}ssl.client.auth=required needs ${place}ssl.truststore.location`, {
      hint: 'Its certificates say which clients are let in.',
    })
  }
  return {
    key: key.key,
    cert: key.chain,
    ...(key.passphrase !== null && { passphrase: key.passphrase }),
    ...(trusted !== undefined && { ca: trusted }),
    requestCert: client !== 'none',
    rejectUnauthorized: client === 'required',
    ...speech(keys, place),
  }
}

/** The keys with a prefix, without it, if there is any, else all. Java: AbstractConfig.valuesWithPrefixAllOrNothing */
export function allOrNothing(raw: Raw, prefix: string): { keys: Raw; place: string } {
  const own = Object.entries(raw).filter(([key]) => key.startsWith(prefix))
  if (own.length === 0) return { keys: raw, place: '' }
  return {
    keys: Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value])),
    place: prefix,
  }
}

/** Versions and ciphers that may be spoken, for a server and for a client. */
export function speech(keys: Raw, place: string): Pick<Bun.TLSOptions, 'secureOptions' | 'ciphers'> {
  return {
    ...protocols(list(keys['ssl.enabled.protocols']), place),
    ...ciphers(list(keys['ssl.cipher.suites'])),
  }
}

function protocols(asked: readonly string[], place: string): Pick<Bun.TLSOptions, 'secureOptions'> {
  if (asked.length === 0) return {}
  const spoken = PROTOCOLS.filter(one => asked.includes(one))
  if (spoken.length === 0) {
    throw new ConfigException(
      `${place}ssl.enabled.protocols=${asked.join(',')}: only ${PROTOCOLS.join(' and ')} can be spoken`,
    )
  }
  return {
    secureOptions: PROTOCOLS.filter(one => !spoken.includes(one)).reduce(
      (bits, one) => bits | REFUSED[one],
      0,
    ),
  }
}

function ciphers(names: readonly string[]): { ciphers?: string } {
  const { tls12, tls13 } = cipherSuites(names)
  return names.length > 0 ? { ciphers: [...tls13, ...tls12].join(':') } : {}
}

function list(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map(one => one.trim())
    .filter(one => one !== '')
}
