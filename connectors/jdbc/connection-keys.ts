import type { Config } from '#bunnect'

/** What begins with `connection.` and is no property of the driver. */
const OWN = new Set(['url', 'user', 'password', 'attempts', 'backoff.ms'])
const PREFIX = 'connection.'

/** The connector's `connection.<name>` keys by `<name>`, for the driver. */
export function driverProperties(config: Config): Record<string, string> {
  const properties: Record<string, string> = {}
  for (const [name, value] of Object.entries(config)) {
    const property = name.slice(PREFIX.length)
    if (name.startsWith(PREFIX) && !OWN.has(property)) properties[property] = value
  }
  return properties
}
