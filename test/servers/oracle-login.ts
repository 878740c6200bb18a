/** The server's side of a login with a password kept as of Oracle 12. */
import { createCipheriv, createDecipheriv, createHash, pbkdf2Sync, randomBytes } from 'node:crypto'

/** How often the password is hashed: as few times as a client takes. */
const ROUNDS = 4096

export class OracleLogin {
  readonly #salt = randomBytes(16)
  readonly #mixing = randomBytes(16)
  readonly #ownKey = randomBytes(32)
  readonly #hash: Buffer

  constructor(private readonly password: string) {
    const salt = Buffer.concat([this.#salt, Buffer.from('AUTH_PBKDF2_SPEEDY_KEY')])
    const key = pbkdf2Sync(password, salt, ROUNDS, 64, 'sha512')
    this.#hash = createHash('sha512').update(key).update(this.#salt).digest().subarray(0, 32)
  }

  /** What the client makes its half of the key with: names, texts and flags. */
  challenge(): [name: string, text: string, flag: number][] {
    return [
      ['AUTH_SESSKEY', hex(encrypted(this.#hash, this.#ownKey)), 0],
      ['AUTH_VFR_DATA', hex(this.#salt), 0x4815],
      ['AUTH_PBKDF2_CSK_SALT', hex(this.#mixing), 0],
      ['AUTH_PBKDF2_VGEN_COUNT', String(ROUNDS), 0],
      ['AUTH_PBKDF2_SDER_COUNT', '3', 0],
    ]
  }

  /** What proves the server to the client; null where the password is another one. */
  response(message: string): string | null {
    const sent = (name: string) => new RegExp(`${name}[^0-9A-F]{1,8}?([0-9A-F]{64,})`, 's').exec(message)?.[1]
    const theirKey = decrypted(this.#hash, Buffer.from(sent('AUTH_SESSKEY')!.slice(0, 64), 'hex'))
    const both = hex(Buffer.concat([theirKey.subarray(0, 32), this.#ownKey]))
    const key = pbkdf2Sync(both, this.#mixing, 3, 32, 'sha512')
    const password = sent('AUTH_PASSWORD')!
    const plain = decrypted(
      key,
      Buffer.from(password.slice(0, password.length - (password.length % 32)), 'hex'),
    )
    if (!plain.subarray(16).toString('latin1').startsWith(this.password)) return null
    return hex(encrypted(key, Buffer.concat([randomBytes(16), Buffer.from('SERVER_TO_CLIENT')])))
  }
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex').toUpperCase()
}

function encrypted(key: Buffer, bytes: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-cbc', key, Buffer.alloc(16)).setAutoPadding(false)
  return Buffer.concat([cipher.update(bytes), cipher.final()])
}

function decrypted(key: Buffer, bytes: Buffer): Buffer {
  const cipher = createDecipheriv('aes-256-cbc', key, Buffer.alloc(16)).setAutoPadding(false)
  return Buffer.concat([cipher.update(bytes), cipher.final()])
}
