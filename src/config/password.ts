/**
 * A secret that cannot be printed by accident (invariant 5). Java: org.apache.kafka.common.config.types.Password
 */
export class Password {
  static readonly HIDDEN = '[hidden]'
  readonly #secret: string

  constructor(secret: string) {
    this.#secret = secret
  }

  value(): string {
    return this.#secret
  }

  toString(): string {
    return Password.HIDDEN
  }

  toJSON(): string {
    return Password.HIDDEN
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return Password.HIDDEN
  }
}
