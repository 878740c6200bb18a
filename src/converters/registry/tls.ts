import { tlsOptions } from '../../kafka/security.ts'
import type { Config } from '../../sdk/plugin.ts'

/** The `tls` of a fetch. */
export type FetchTls = NonNullable<BunFetchRequestInit['tls']>

/** From a client's keys `ssl.…`. @throws ConfigException */
export function fetchTls(given: Config): FetchTls {
  return tlsOptions(given) as FetchTls
}
