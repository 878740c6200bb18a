import type { ClientSettings, RegistryAddress } from './client-settings.ts'
import { EMBEDDED, embeddedRegistry } from './embedded-registry.ts'
import { fetchText } from './fetch-text.ts'
import { RegistryUnreachable, RestClientException, UnusableAnswer } from './registry-errors.ts'

const CONTENT_TYPE = 'application/vnd.schemaregistry.v1+json'
/** What Java's client says for an error without a body that it understands. */
const JSON_PARSE_ERROR_CODE = 50005

/**
 * Requests to whichever of the registry's addresses answers, repeated while the reason may pass.
 * Java: RestService, RetryExecutor
 */
export class RegistryHttp {
  readonly #settings: ClientSettings
  /** The address that is asked first. */
  #current = 0

  constructor(settings: ClientSettings) {
    this.#settings = settings
  }

  /**
   * The JSON of an answer. `path` begins with a slash and is encoded.
   * @throws RestClientException for what the registry refuses, RegistryUnreachable, UnusableAnswer
   */
  async request(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const { retries, firstWait, longestWait } = this.#settings
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#anyAddress(method, path, body)
      } catch (error) {
        if (attempt >= retries || !mayPass(error)) throw error
      }
      const longest = Math.min(firstWait * 2 ** Math.min(attempt, 30), longestWait)
      if (longest > 0) await wait(1 + Math.random() * longest)
    }
  }

  async #anyAddress(method: string, path: string, body?: object): Promise<unknown> {
    const { addresses } = this.#settings
    const failures: string[] = []
    for (let tried = 1; ; tried++) {
      const at = this.#current
      const address = addresses[at]!
      try {
        return await this.#send(address, method, path, body)
      } catch (error) {
        // Another request may have gone over to the next one meanwhile.
        if (mayPass(error) && this.#current === at) this.#current = (at + 1) % addresses.length
        if (tried >= addresses.length || !mayPass(error)) throw told(error, failures)
        failures.push((error as Error).message)
      }
    }
  }

  async #send(address: RegistryAddress, method: string, path: string, body?: object): Promise<unknown> {
    const { tls, proxy, timeout } = this.#settings
    const { url } = address
    const headers = await this.#headers(address)
    const init: BunFetchRequestInit = {
      method,
      headers,
      // A redirect would take the credentials elsewhere.
      redirect: 'manual',
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(tls !== null && { tls }),
      ...(proxy !== null && { proxy }),
    }
    const { response, text } = await fetchText({ url, key: 'schema.registry.url' }, timeout, async signal =>
      url === EMBEDDED
        ? (await embeddedRegistry())(new Request(`http://embedded${path}`, { ...init, signal }))
        : fetch(url + path, { ...init, signal }),
    )
    return answer(response, text, url)
  }

  /** What a person writes counts, also where it has been set already. */
  async #headers({ authorization }: RegistryAddress): Promise<Headers> {
    // The last asks for what newer registries know: of a registration the rules of the schema too.
    const all = new Headers({
      'Content-Type': CONTENT_TYPE,
      Accept: CONTENT_TYPE,
      'Confluent-Accept-Unknown-Properties': 'true',
    })
    const own = typeof authorization === 'function' ? await authorization() : authorization
    if (own !== null) all.set('Authorization', own)
    for (const [name, value] of this.#settings.headers) all.set(name, value)
    return all
  }
}

function answer(response: Response, text: string, url: string): unknown {
  if (response.ok) {
    try {
      return JSON.parse(text)
    } catch (cause) {
      throw notARegistry(response, url, cause)
    }
  }
  if (response.status >= 300 && response.status < 400) throw notARegistry(response, url)
  throw refusal(response, text, url)
}

function refusal(response: Response, text: string, url: string): RestClientException {
  const { status } = response
  const error = errorBody(text)
  const hint = refusalHint(status, error?.code ?? null, url)
  if (error !== null) return new RestClientException(error.message, status, error.code, hint)
  const kind = response.headers.get('Content-Type') ?? 'no type'
  const message = `${url} answers with status ${status} and a body that is no error of a registry (${kind})`
  return new RestClientException(message, status, JSON_PARSE_ERROR_CODE, hint)
}

function errorBody(text: string): { message: string; code: number } | null {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
  if (typeof body !== 'object' || body === null || !('error_code' in body)) return null
  const { error_code, message } = body as { error_code: unknown; message?: unknown }
  return { message: String(message ?? ''), code: Number(error_code) }
}

function refusalHint(status: number, code: number | null, url: string): string | undefined {
  if (status === 401 || status === 403) {
    return `${url} refuses these credentials: check basic.auth.credentials.source (its default, URL, takes them from schema.registry.url; USER_INFO from basic.auth.user.info) or bearer.auth.token, and what the user may do.`
  }
  // A registry tells what it does not have by a code of its own.
  if (status === 404 && (code === null || code === 404)) {
    return `${url} does not know this path: schema.registry.url has to be the address of the registry itself, with the path that its API begins with.`
  }
  return undefined
}

function notARegistry(response: Response, url: string, cause?: unknown): UnusableAnswer {
  const location = response.headers.get('Location')
  const kind = response.headers.get('Content-Type') ?? 'no type'
  const what = location === null ? `a body that is no JSON (${kind})` : 'a redirect'
  return new UnusableAnswer(`${url} answers with status ${response.status} and ${what}`, {
    cause,
    hint: 'schema.registry.url has to be the address of the registry itself, with the path that its API begins with.',
  })
}

function mayPass(error: unknown): boolean {
  return (error instanceof RegistryUnreachable || error instanceof RestClientException) && error.retriable
}

/** The last failure, with what the others said. */
function told(error: unknown, others: readonly string[]): unknown {
  if (others.length === 0 || !(error instanceof RegistryUnreachable)) return error
  const { hint } = error
  return new RegistryUnreachable([...others, error.message].join('; '), error.kind, {
    cause: error.cause,
    ...(hint !== undefined && { hint }),
  })
}

function wait(ms: number): Promise<void> {
  // A process that has nothing else to do does not stay for it.
  return new Promise(resolve => setTimeout(resolve, ms).unref())
}
