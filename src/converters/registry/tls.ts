import { tlsOptions } from '../../kafka/security.ts'
import type { Config } from '../../sdk/plugin.ts'

/** The `tls` of a fetch. */
export type FetchTls = NonNullable<BunFetchRequestInit['tls']>

/** A fetch takes the protocol's own numbers. */
const VERSIONS: Readonly<Record<string, number>> = { 'TLSv1.2': 0x0303, 'TLSv1.3': 0x0304 }

/** From a client's keys `ssl.…`. @throws ConfigException */
export function fetchTls(given: Config): FetchTls {
  const { minVersion, maxVersion, ...options } = tlsOptions(given)
  return { ...options, minVersion: VERSIONS[minVersion!], maxVersion: VERSIONS[maxVersion!] } as FetchTls
}
