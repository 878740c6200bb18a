import { ConfigException } from '../../data/errors.ts'
import type { Config } from '../../sdk/plugin.ts'
import { type FetchedText, fetchText } from './fetch-text.ts'
import { RestClientException } from './registry-errors.ts'
import type { ClientConfig } from './registry-keys.ts'
import { type FetchTls, fetchTls } from './tls.ts'

/** How a token is asked for. */
export interface TokenRequests {
  /** ms */
  readonly timeout: number
  readonly proxy: string | null
}

export interface OauthOptions extends TokenRequests {
  readonly url: string
  /** Without its query, which may hold a secret (invariant 5). */
  readonly shownUrl: string
  readonly id: string
  readonly secret: string
  readonly scope: string | null
  /** ms before its end that a token is fetched anew */
  readonly buffer: number
  readonly tls: FetchTls | null
}

const URL_KEY = 'bearer.auth.issuer.endpoint.url'

/** @throws ConfigException */
export function oauthOptions(given: Config, config: ClientConfig, requests: TokenRequests): OauthOptions {
  const wanted = (key: 'bearer.auth.issuer.endpoint.url' | 'bearer.auth.client.id') => {
    const value = config[key]
    if (value) return value
    throw new ConfigException(`${key} is missing: bearer.auth.credentials.source=OAUTHBEARER needs it`)
  }
  const url = URL.parse(wanted(URL_KEY))
  if (url === null || !/^https?:$/.test(url.protocol)) throw new ConfigException(`${URL_KEY} is not a URL`)
  url.username = ''
  url.password = ''
  const secret = config['bearer.auth.client.secret']?.value()
  if (!secret) {
    throw new ConfigException(
      'bearer.auth.client.secret is missing: bearer.auth.credentials.source=OAUTHBEARER needs it',
    )
  }
  return {
    ...requests,
    url: url.href,
    shownUrl: url.origin + url.pathname,
    id: wanted('bearer.auth.client.id'),
    secret,
    scope: config['bearer.auth.scope'] || null,
    buffer: config['bearer.auth.cache.expiry.buffer.seconds'] * 1000,
    tls: url.protocol === 'https:' ? fetchTls(given) : null,
  }
}

/** Access tokens by client credentials, each kept until shortly before its end. Java: OauthCredentialProvider */
export class OauthTokens {
  readonly #options: OauthOptions
  #token = ''
  #until = 0
  #asked: Promise<string> | null = null

  constructor(options: OauthOptions) {
    this.#options = options
  }

  /** Rejects with RegistryUnreachable, UnusableAnswer and RestClientException, as the registry itself does. */
  token(): Promise<string> {
    if (Date.now() < this.#until) return Promise.resolve(this.#token)
    this.#asked ??= this.#fetch().finally(() => {
      this.#asked = null
    })
    return this.#asked
  }

  async #fetch(): Promise<string> {
    const { url, shownUrl, id, secret, scope, timeout, tls, proxy, buffer } = this.#options
    const body = new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== null && { scope }) })
    const fetched = await fetchText({ url: shownUrl, key: URL_KEY }, timeout, signal =>
      fetch(url, {
        method: 'POST',
        headers: {
          Accept: 'application/json',
          'Content-Type': 'application/x-www-form-urlencoded',
          Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
        },
        body: body.toString(),
        redirect: 'manual',
        signal,
        ...(tls !== null && { tls }),
        ...(proxy !== null && { proxy }),
      }),
    )
    const { token, life } = tokenOf(fetched, shownUrl)
    this.#token = token
    this.#until = Date.now() + Math.max(0, life - buffer)
    return token
  }
}

/** `life` in ms. What the endpoint says is not repeated: it may hold a secret (invariant 5). */
function tokenOf({ response, text }: FetchedText, url: string): { token: string; life: number } {
  const { access_token: token, expires_in: seconds } = jsonObject(text)
  if (response.ok && typeof token === 'string') return { token, life: Number(seconds ?? 0) * 1000 }
  const status = response.ok ? 401 : response.status
  throw new RestClientException(
    `${url} answers with status ${response.status} and no token`,
    // A wrong id or secret is a bad request to some.
    status === 400 ? 401 : status,
    status,
    'Check bearer.auth.client.id, bearer.auth.client.secret, bearer.auth.scope and bearer.auth.issuer.endpoint.url.',
  )
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}
