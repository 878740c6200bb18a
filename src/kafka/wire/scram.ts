import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'

/** Java: ScramMechanism.minIterations */
const LEAST_ITERATIONS = 4096

/**
 * The client's side of SCRAM (RFC 5802): `first`, then `final` with the server's first message, then `verify` with
 * its last. Throws an Error whose text names no secret (invariant 5). Java: ScramSaslClient
 */
export class ScramExchange {
  readonly #hash: string
  readonly #password: string
  readonly #nonce: string
  readonly #firstBare: string
  #serverSignature: Buffer | null = null

  constructor(
    mechanism: string,
    username: string,
    password: string,
    nonce = randomBytes(18).toString('base64'),
  ) {
    this.#hash = mechanism === 'SCRAM-SHA-512' ? 'sha512' : 'sha256'
    this.#password = password.normalize('NFKC')
    this.#nonce = nonce
    this.#firstBare = `n=${username.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`
  }

  first(): string {
    return `n,,${this.#firstBare}`
  }

  final(serverFirst: string): string {
    const fields = attributes(serverFirst)
    const nonce = fields.get('r') ?? ''
    const salt = Buffer.from(fields.get('s') ?? '', 'base64')
    const iterations = Number(fields.get('i'))
    if (!nonce.startsWith(this.#nonce) || nonce === this.#nonce || salt.length === 0) {
      throw new Error('The broker answered SCRAM with a nonce or salt that cannot be')
    }
    if (!(iterations >= LEAST_ITERATIONS)) {
      throw new Error(
        `The broker asks for ${iterations} iterations of SCRAM; ${LEAST_ITERATIONS} is the least`,
      )
    }
    const length = this.#hash === 'sha512' ? 64 : 32
    const salted = pbkdf2Sync(this.#password, salt, iterations, length, this.#hash)
    const clientKey = this.#hmac(salted, 'Client Key')
    const withoutProof = `c=biws,r=${nonce}`
    const message = `${this.#firstBare},${serverFirst},${withoutProof}`
    const signature = this.#hmac(createHash(this.#hash).update(clientKey).digest(), message)
    this.#serverSignature = this.#hmac(this.#hmac(salted, 'Server Key'), message)
    const proof = clientKey.map((byte, i) => byte ^ signature[i]!)
    return `${withoutProof},p=${Buffer.from(proof).toString('base64')}`
  }

  /** The broker must know the password as well. */
  verify(serverFinal: string): void {
    const fields = attributes(serverFinal)
    const error = fields.get('e')
    if (error !== undefined) throw new Error(`The broker refused SCRAM: ${error}`)
    const given = Buffer.from(fields.get('v') ?? '', 'base64')
    const wanted = this.#serverSignature
    if (wanted === null || given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
      throw new Error('The broker could not prove that it knows the password: it may be another one')
    }
  }

  #hmac(key: Uint8Array, text: string): Buffer {
    return createHmac(this.#hash, key).update(text).digest()
  }
}

function attributes(message: string): Map<string, string> {
  return new Map(message.split(',').map(field => [field.slice(0, 1), field.slice(2)]))
}
