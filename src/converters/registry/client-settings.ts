import { Password } from '../../config/password.ts'
import { withPrefix } from '../../config/prefix.ts'
import { parseConfig } from '../../config/validate.ts'
import { ConfigException } from '../../data/errors.ts'
import type { Config } from '../../sdk/plugin.ts'
import {
  type Authorization,
  type AuthorizationHeader,
  authorization,
  writtenSources,
} from './authorization.ts'
import { EMBEDDED, requireEmbeddedRegistry } from './embedded-registry.ts'
import { CLIENT_NAMESPACE, type ClientConfig, clientKeys, REQUEST_HEADER_PREFIX } from './registry-keys.ts'
import { type FetchTls, fetchTls } from './tls.ts'

export interface RegistryAddress {
  /** Without user, password and the slash at its end; `embedded`. No secret. */
  readonly url: string
  readonly authorization: AuthorizationHeader
}

/** How a registry is spoken to. */
export interface ClientSettings {
  readonly addresses: readonly RegistryAddress[]
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly tls: FetchTls | null
  readonly proxy: string | null
  /** ms until an answer is there, the making of a connection included. */
  readonly timeout: number
  readonly retries: number
  /** ms */
  readonly firstWait: number
  /** ms */
  readonly longestWait: number
  /** Most schemas, and answers about them, that are kept. */
  readonly cacheSize: number
  readonly latestCacheSize: number
  /** ms */
  readonly latestCacheTtl: number
  /** Equal for equal settings, secrets included, none of which can be read from it. */
  readonly fingerprint: string
}

/** Of a converter's own keys. @throws ConfigException whose texts name keys, never secrets (invariant 5) */
export function clientSettings(raw: Config): ClientSettings {
  const plain = withoutNamespace(raw)
  const config: ClientConfig = parseConfig(clientKeys, plain)
  const headers = [
    ...cloudHeaders(config),
    ...Object.entries(withPrefix(plain, REQUEST_HEADER_PREFIX)).sort(),
  ]
  const timeout = orDefault(config['http.connect.timeout.ms']) + orDefault(config['http.read.timeout.ms'])
  const proxy = proxyUrl(config)
  const authorize = authorization(plain, config, { timeout, proxy })
  const addresses = config['schema.registry.url'].map(url => address(url, authorize))
  return {
    addresses,
    headers,
    tls: addresses.some(({ url }) => url.startsWith('https:')) ? fetchTls(plain) : null,
    proxy,
    timeout,
    retries: config['max.retries'],
    firstWait: config['retries.wait.ms'],
    longestWait: config['retries.max.wait.ms'],
    cacheSize: Math.max(1, config['max.schemas.per.subject']),
    latestCacheSize: config['latest.cache.size'],
    latestCacheTtl:
      config['latest.cache.ttl.sec'] < 0 ? Number.POSITIVE_INFINITY : config['latest.cache.ttl.sec'] * 1000,
    fingerprint: fingerprint(config, headers, withPrefix(plain, 'ssl.'), writtenSources(plain)),
  }
}

/**
 * `schema.registry.` before a client's key changes nothing, and counts before the same key without it.
 * Java: the constructor of CachedSchemaRegistryClient
 */
function withoutNamespace(raw: Config): Record<string, string> {
  const { 'schema.registry.url': url, ...others } = raw
  return {
    ...others,
    ...withPrefix(others, CLIENT_NAMESPACE),
    ...(url !== undefined && { 'schema.registry.url': url }),
  }
}

function address(given: string, authorize: Authorization): RegistryAddress {
  if (given === EMBEDDED) {
    requireEmbeddedRegistry()
    return { url: EMBEDDED, authorization: null }
  }
  const url = URL.parse(given)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    // Not as it was given: a password may stand in it.
    const shown = given.replace(/\/\/[^/]*@/, '//')
    throw new ConfigException(`schema.registry.url: ${shown} is not the URL of a registry`, {
      hint: 'It begins with http:// or https://, such as http://localhost:8081.',
    })
  }
  const authorized = authorize(url)
  url.username = ''
  url.password = ''
  url.hash = ''
  url.search = ''
  return { url: url.href.replace(/\/+$/, ''), authorization: authorized }
}

function proxyUrl({ 'proxy.host': host, 'proxy.port': port }: ClientConfig): string | null {
  return host !== '' && port > 0 ? `http://${host}:${port}` : null
}

/** Which cluster and which pool a token is for. Java: RestService.setAuthRequestHeaders */
function cloudHeaders(config: ClientConfig): (readonly [string, string])[] {
  const cluster = config['bearer.auth.logical.cluster']
  const pool = config['bearer.auth.identity.pool.id']
  return [
    ...(cluster === null ? [] : [['target-sr-cluster', cluster] as const]),
    ...(pool === null ? [] : [['Confluent-Identity-Pool-Id', pool] as const]),
  ]
}

/** 0 stands for no limit in Java; a wait without end there is none here (invariant 7). */
function orDefault(timeout: number): number {
  return timeout > 0 ? timeout : 60_000
}

function fingerprint(config: ClientConfig, ...others: unknown[]): string {
  const values = Object.values(config).map(value => (value instanceof Password ? value.value() : value))
  return new Bun.CryptoHasher('sha256').update(JSON.stringify([values, others])).digest('base64')
}
