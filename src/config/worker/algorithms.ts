/** Key and MAC algorithms for requests between workers. Java: DistributedConfig's algorithm validators */
import type { Validator } from '../keys.ts'
import { ifGiven } from '../validators.ts'

/** Java's name to the digest that Bun's `createHmac` knows. */
const MAC_DIGESTS: Readonly<Record<string, string>> = {
  HmacSHA1: 'sha1',
  HmacSHA224: 'sha224',
  HmacSHA256: 'sha256',
  HmacSHA384: 'sha384',
  HmacSHA512: 'sha512',
  'HmacSHA512/256': 'sha512-256',
  HmacMD5: 'md5',
}

/** What `node:crypto` calls the digest of a MAC algorithm; null for one that no configuration may name. */
export function macDigest(algorithm: string): string | null {
  return Object.hasOwn(MAC_DIGESTS, algorithm) ? MAC_DIGESTS[algorithm]! : null
}

/** Whether Java has a MAC of this name, in any case: most of them no configuration may name. Java: Mac.getInstance */
export function isJavaMac(algorithm: string): boolean {
  return /^Hmac(?:MD5|SHA(?:1|224|256|384|512|512\/224|512\/256|3-(?:224|256|384|512)))$/i.test(algorithm)
}

function unsupported(algorithm: string): string | null {
  return Object.hasOwn(MAC_DIGESTS, algorithm)
    ? null
    : `the algorithm is not supported by this worker; the supported algorithms are: [${Object.keys(MAC_DIGESTS).join(', ')}]`
}

export const macAlgorithm: Validator<string> = ifGiven(unsupported)
export const keyAlgorithm: Validator<string> = ifGiven(unsupported)

export const macAlgorithms: Validator<readonly string[]> = ifGiven(list =>
  list.length === 0
    ? 'At least one signature verification algorithm must be provided'
    : (list.map(unsupported).find(complaint => complaint !== null) ?? null),
)

/** Java: ConnectProtocolCompatibility */
export const connectProtocol: Validator<string> = ifGiven(value =>
  ['eager', 'compatible', 'sessioned'].includes(value.toLowerCase())
    ? null
    : 'Invalid Connect protocol compatibility',
)
