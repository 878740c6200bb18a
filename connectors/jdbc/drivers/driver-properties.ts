import { ConnectException } from '#bunnect'

/** Whoever sets one of these means it: a connection without it is refused. */
const SECURITY =
  /ssl|tls|cert|trust|keystore|cipher|auth|kerberos|gss|krb|jaas|encrypt|verif|identity|login|credential|channel|socketfactory/i

/**
 * Parameters of a JDBC URL and the connector's `connection.*` keys, which win. Names are asked for in any case; what
 * nobody has asked for is named at the end.
 */
export class DriverProperties {
  readonly #values = new Map<string, { name: string; value: string }>()
  readonly #asked = new Set<string>()

  constructor(...sources: readonly Readonly<Record<string, string>>[]) {
    for (const source of sources) {
      for (const [name, value] of Object.entries(source))
        this.#values.set(name.toLowerCase(), { name, value })
    }
  }

  /** That of the first name that is there. */
  text(...names: string[]): string | null {
    let found: string | null = null
    for (const name of names) {
      this.#asked.add(name.toLowerCase())
      found ??= this.#values.get(name.toLowerCase())?.value ?? null
    }
    return found
  }

  /** A name without a value is true. */
  flag(...names: string[]): boolean | null {
    const text = this.text(...names)?.toLowerCase()
    if (text === undefined) return null
    if (['', 'true', 'yes', 'on', '1'].includes(text)) return true
    if (['false', 'no', 'off', '0'].includes(text)) return false
    throw new ConnectException(`The connection's property ${names[0]} is '${text}': it is true or false`)
  }

  /** A whole number, 0 or more. */
  number(...names: string[]): number | null {
    const text = this.text(...names)
    if (text === null) return null
    if (!/^\d{1,12}$/.test(text.trim())) {
      throw new ConnectException(`The connection's property ${names[0]} is '${text}': it is a number`)
    }
    return Number(text)
  }

  /**
   * One that would change values, and is honoured only as it is without it.
   * @throws ConnectException for another value, with `instead`
   */
  only(name: string, value: string, instead: string): void {
    const text = this.text(name)
    if (text === null || text.toLowerCase() === value) return
    throw new ConnectException(
      `The connection's property ${name}=${text} cannot be honoured here: values would be others`,
      { hint: instead },
    )
  }

  /** What only speeds the JVM's driver up, or asks for what is so anyway. */
  pointless(...names: string[]): void {
    this.text(...names)
  }

  /** @throws ConnectException when one that nobody asked for concerns security; the others are told in one warning */
  refuseRest(warn: ((message: string) => void) | undefined): void {
    const rest = [...this.#values].filter(([name]) => !this.#asked.has(name)).map(([, { name }]) => name)
    const security = rest.filter(name => SECURITY.test(name))
    if (security.length > 0) {
      throw new ConnectException(`The connection's property ${security.join(', ')} cannot be honoured here`, {
        hint: 'It concerns security, so nothing connects without it: take it away, or use one of those in the README of the JDBC connectors.',
      })
    }
    if (rest.length > 0) warn?.(`The connection's properties ${rest.join(', ')} are not honoured`)
  }
}
