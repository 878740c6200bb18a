/**
 * Certificates and keys of a PKCS#12 file (`.p12`, `.pfx`; what keytool writes since JDK 9), as PEM. librdkafka
 * reads none of it as a trust store, hence our own reader. RFC 7292; encryption per PBES2 (AES) or the older
 * SHA1-and-3DES scheme.
 */
import { createDecipheriv, createHash, pbkdf2Sync } from 'node:crypto'
import { children, type Der, integerOf, oidOf, readDer } from './der.ts'

export interface Pkcs12 {
  /** PKCS#8, unencrypted. */
  keys: string[]
  certificates: string[]
}

/** What is wrong with the file, in words for a person. */
export class Pkcs12Error extends Error {}

const DATA = '1.2.840.113549.1.7.1'
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6'
const KEY_BAG = '1.2.840.113549.1.12.10.1.1'
const SHROUDED_KEY_BAG = '1.2.840.113549.1.12.10.1.2'
const CERT_BAG = '1.2.840.113549.1.12.10.1.3'
const PBES2 = '1.2.840.113549.1.5.13'
const SHA1_3DES = '1.2.840.113549.1.12.1.3'
const CIPHERS: Readonly<Record<string, { name: string; keyLength: number }>> = {
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keyLength: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keyLength: 24 },
  '2.16.840.1.101.3.4.1.42': { name: 'aes-256-cbc', keyLength: 32 },
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', keyLength: 24 },
}
const DIGESTS: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
}

/** Throws Pkcs12Error for a wrong password or a file of another kind. */
export function readPkcs12(file: Uint8Array, password: string): Pkcs12 {
  const found: Pkcs12 = { keys: [], certificates: [] }
  const [, authenticated] = children(readDer(file))
  for (const content of children(readDer(octets(dataOf(authenticated!))))) {
    const [type, value] = children(content)
    const oid = oidOf(type!)
    if (oid === DATA) collect(octets(children(value!)[0]!), password, found)
    else if (oid === ENCRYPTED_DATA)
      collect(decryptedContent(children(value!)[0]!, password), password, found)
  }
  return found
}

/** The octet string inside ContentInfo of type data. */
function dataOf(contentInfo: Der): Der {
  const [type, value] = children(contentInfo)
  if (!type || !value || oidOf(type) !== DATA)
    throw new Pkcs12Error('is not a PKCS#12 file protected by a password')
  return children(value)[0]!
}

function collect(safeContents: Uint8Array, password: string, found: Pkcs12): void {
  for (const bag of children(readDer(safeContents))) {
    const [type, value] = children(bag)
    const inner = children(value!)[0]!
    const oid = oidOf(type!)
    if (oid === KEY_BAG) found.keys.push(pem('PRIVATE KEY', inner.whole))
    else if (oid === SHROUDED_KEY_BAG) {
      const [algorithm, encrypted] = children(inner)
      found.keys.push(pem('PRIVATE KEY', decrypt(algorithm!, octets(encrypted!), password)))
    } else if (oid === CERT_BAG) {
      const certificate = children(children(inner)[1]!)[0]!
      found.certificates.push(pem('CERTIFICATE', octets(certificate)))
    }
  }
}

function decryptedContent(encryptedData: Der, password: string): Uint8Array {
  const [, info] = children(encryptedData)
  const [, algorithm, content] = children(info!)
  return decrypt(algorithm!, content!.isConstructed ? joined(content!) : content!.content, password)
}

function decrypt(algorithm: Der, data: Uint8Array, password: string): Uint8Array {
  const [type, parameters] = children(algorithm)
  const oid = oidOf(type!)
  const cipher =
    oid === PBES2
      ? pbes2(parameters!, password)
      : oid === SHA1_3DES
        ? sha1TripleDes(parameters!, password)
        : null
  if (!cipher) throw new Pkcs12Error(`is encrypted by an algorithm that this client lacks (${oid})`)
  const decipher = createDecipheriv(cipher.name, cipher.key, cipher.iv)
  try {
    return Buffer.concat([decipher.update(data), decipher.final()])
  } catch (cause) {
    throw new Pkcs12Error('cannot be opened with that password', { cause })
  }
}

interface Cipher {
  name: string
  key: Uint8Array
  iv: Uint8Array
}

function pbes2(parameters: Der, password: string): Cipher | null {
  const [derivation, scheme] = children(parameters)
  const [, kdf] = children(derivation!)
  const [salt, iterations, ...rest] = children(kdf!)
  const prf = rest.find(part => part.tag === 0x30)
  const digest = prf ? DIGESTS[oidOf(children(prf)[0]!)] : 'sha1'
  const [cipherOid, iv] = children(scheme!)
  const cipher = CIPHERS[oidOf(cipherOid!)]
  if (!digest || !cipher) return null
  const key = pbkdf2Sync(password, octets(salt!), integerOf(iterations!), cipher.keyLength, digest)
  return { name: cipher.name, key, iv: octets(iv!) }
}

function sha1TripleDes(parameters: Der, password: string): Cipher {
  const [salt, iterations] = children(parameters)
  const derive = (purpose: number, length: number) =>
    pkcs12Key(password, octets(salt!), integerOf(iterations!), purpose, length)
  return { name: 'des-ede3-cbc', key: derive(1, 24), iv: derive(2, 8) }
}

/** RFC 7292 appendix B, with SHA-1 (64-byte blocks). */
function pkcs12Key(
  password: string,
  salt: Uint8Array,
  iterations: number,
  purpose: number,
  length: number,
): Uint8Array {
  const block = 64
  const text = Buffer.from(`${password}\0`, 'utf16le').swap16()
  const fill = (bytes: Uint8Array) =>
    Buffer.alloc(bytes.length === 0 ? 0 : block * Math.ceil(bytes.length / block), bytes)
  const diversifier = Buffer.alloc(block, purpose)
  const input = Buffer.concat([fill(salt), fill(text)])
  const out: Buffer[] = []
  for (let made = 0; made < length; made += 20) {
    let digest = createHash('sha1').update(diversifier).update(input).digest()
    for (let i = 1; i < iterations; i++) digest = createHash('sha1').update(digest).digest()
    out.push(digest)
    const addend = Buffer.alloc(block, digest)
    for (let start = 0; start < input.length; start += block) {
      let carry = 1
      for (let i = block - 1; i >= 0; i--) {
        carry += input[start + i]! + addend[i]!
        input[start + i] = carry & 0xff
        carry >>= 8
      }
    }
  }
  return Buffer.concat(out).subarray(0, length)
}

function octets(node: Der): Uint8Array {
  return node.isConstructed ? joined(node) : node.content
}

/** A string in pieces (BER). */
function joined(node: Der): Uint8Array {
  return Buffer.concat(children(node).map(octets))
}

function pem(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`
}
