/** Java's names of TLS cipher suites as OpenSSL's. */
import { ConfigException } from '../data/errors.ts'

const TLS13 = new Set([
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_CCM_SHA256',
])

/** `tls12` in OpenSSL's names; `tls13` have the same name everywhere. Throws for what is neither. */
export function cipherSuites(names: readonly string[]): { tls12: string[]; tls13: string[] } {
  const tls13 = names.filter(name => TLS13.has(name))
  return { tls12: names.filter(name => !TLS13.has(name)).map(openSslName), tls13 }
}

function openSslName(name: string): string {
  const match = /^(?:TLS|SSL)_(.+)_WITH_(.+)$/.exec(name)
  if (!match) {
    throw new ConfigException(`ssl.cipher.suites: ${name} is not a cipher suite that this client knows`, {
      hint: 'Use the names of RFC 5246 and 8446, such as TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384.',
    })
  }
  const [, exchange = '', cipher = ''] = match
  const prefix = exchange === 'RSA' ? '' : `${exchange.replace('_', '-')}-`
  const suite = cipher
    .replace(/^AES_(\d+)_(?:CBC_)?/, 'AES$1-')
    .replace(/^CHACHA20_POLY1305_SHA256$/, 'CHACHA20-POLY1305')
    .replaceAll('_', '-')
  return prefix + suite
}
