import type { IncomingMessage, RequestOptions } from 'node:http'
import { HerderError } from './errors.ts'
import {
  type OtherWorkers,
  UncertainError,
  UnreachableError,
  type WorkerAnswer,
  type WorkerRequest,
} from './other-workers.ts'

/** What an `https:` worker is spoken to with; Bun's server takes the same. */
export type WorkerTls = Pick<
  Bun.TLSOptions,
  'key' | 'cert' | 'passphrase' | 'ca' | 'secureOptions' | 'ciphers'
> & {
  /** ssl.endpoint.identification.algorithm: whether the certificate has to be for the host of the URL. */
  checksHost: boolean
}

export interface WorkerClientOptions {
  /** Asked when the first `https:` worker is; throws ConfigException. */
  tls?: () => WorkerTls
  /** Until the connection stands; Jetty's client gives up after as long. */
  connectTimeoutMs?: number
  /** Until the whole answer is there. */
  timeoutMs?: number
}

const CONNECT_TIMEOUT_MS = 5000
/** A worker answers within 90 s, if only to say that it took too long: that answer is to arrive. */
const TIMEOUT_MS = 95_000
/** Invariant 7. Nobody's tasks have configurations of so many bytes. */
const LARGEST_ANSWER = 32 * 1024 * 1024

/**
 * A connection a request, as the JVM's client: one that was kept could be closed by the other side just when a write is
 * sent over it. Not `fetch`, which takes the proxies of the environment and does not tell whether a request was sent.
 * Java: org.apache.kafka.connect.runtime.rest.RestClient
 */
export class WorkerClient implements OtherWorkers {
  readonly #options: WorkerClientOptions
  #tls: WorkerTls | null = null

  constructor(options: WorkerClientOptions = {}) {
    this.#options = options
  }

  async ask(url: string, request: WorkerRequest, signal?: AbortSignal): Promise<WorkerAnswer> {
    signal?.throwIfAborted()
    if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
      throw failed(`'${url}' is no http or https URL`, 'See rest.advertised.* of that worker.')
    const response = await this.#exchange(new URL(url), request, signal)
    return await answerOf(url, response)
  }

  async #exchange(base: URL, request: WorkerRequest, signal: AbortSignal | undefined): Promise<Whole> {
    const { connectTimeoutMs = CONNECT_TIMEOUT_MS, timeoutMs = TIMEOUT_MS } = this.#options
    const isSecure = base.protocol === 'https:'
    // Loaded when a worker first asks another one.
    const { request: send } = isSecure ? await import('node:https') : await import('node:http')
    const { promise, resolve, reject } = Promise.withResolvers<Whole>()
    const timers: Timer[] = []
    const sent = send({ ...addressOf(base, request), ...(isSecure && this.#secured()) })
    // Java's client says nothing of the connection, although it keeps none.
    sent.removeHeader('connection')
    let isConnected = false
    const gone = () => sent.destroy(asError(signal?.reason))
    const after = (ms: number, does: () => void) => void timers.push(setTimeout(does, ms))
    signal?.addEventListener('abort', gone, { once: true })
    sent.on('socket', socket => {
      socket.once(isSecure ? 'secureConnect' : 'connect', () => {
        isConnected = true
      })
    })
    after(connectTimeoutMs, () => {
      if (!isConnected) sent.destroy(new SlowError('java.net.SocketTimeoutException: Connect Timeout'))
    })
    after(timeoutMs, () => sent.destroy(new SlowError(`Total timeout ${timeoutMs} ms elapsed`)))
    sent.on('error', error => {
      if (signal?.aborted) reject(signal.reason)
      else reject(isConnected ? cutOff(base.href, error) : unsent(base.href, error))
    })
    sent.on('response', response => {
      wholeOf(response).then(resolve, (error: Error) => {
        sent.destroy()
        reject(signal?.aborted ? signal.reason : cutOff(base.href, error))
      })
    })
    sent.end(request.body)
    try {
      return await promise
    } finally {
      for (const timer of timers) clearTimeout(timer)
      signal?.removeEventListener('abort', gone)
    }
  }

  #secured(): object {
    this.#tls ??= this.#options.tls?.() ?? { checksHost: true }
    const { checksHost, ...tls } = this.#tls
    return { ...tls, ...(!checksHost && { checkServerIdentity: () => undefined }) }
  }
}

/** An answer that has come in whole. */
interface Whole {
  status: number
  type: string
  hint: string | undefined
  text: string
}

class SlowError extends Error {}

function addressOf(base: URL, { method, path, query, body, headers }: WorkerRequest): RequestOptions {
  const takesBody = method === 'POST' || method === 'PUT'
  return {
    // Of an IPv6 address without its brackets.
    host: base.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: base.port || (base.protocol === 'https:' ? 443 : 80),
    method,
    path: base.pathname.replace(/\/$/, '') + withoutDotSegments(path) + (query ? `?${query}` : ''),
    agent: false,
    headers: {
      Host: base.host,
      'Accept-Encoding': 'gzip',
      'User-Agent': 'kafka-connect',
      Accept: 'application/json',
      ...(body !== undefined && {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
      }),
      ...(body === undefined && takesBody && { 'Content-Length': 0 }),
      ...headers,
    },
  }
}

/** The other side's server resolves `.` and `..`, which connectors may be named, but not with a matrix parameter. */
function withoutDotSegments(path: string): string {
  return path.replace(/(?<=\/)(\.\.?)(?=\/|$)/g, '$1;')
}

async function wholeOf(response: IncomingMessage): Promise<Whole> {
  const { headers } = response
  let stream: AsyncIterable<Buffer> = response
  if (headers['content-encoding'] === 'gzip') {
    const { createGunzip } = await import('node:zlib')
    const gunzip = createGunzip()
    response.once('error', error => gunzip.destroy(error)).pipe(gunzip)
    stream = gunzip
  }
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of stream) {
    bytes += part.length
    if (bytes > LARGEST_ANSWER) throw new Error(`The answer has more than ${LARGEST_ANSWER} bytes`)
    parts.push(part)
  }
  const hint = headers['x-bunnect-hint']
  return {
    status: response.statusCode ?? 0,
    type: headers['content-type'] ?? '',
    hint: typeof hint === 'string' ? hint : undefined,
    text: Buffer.concat(parts).toString('utf8'),
  }
}

async function answerOf(url: string, { status, type, hint, text }: Whole): Promise<WorkerAnswer> {
  if (status < 200 || (status >= 300 && status < 400) || status > 599)
    throw new HerderError(
      'INTERNAL',
      `Unexpected status code when handling forwarded request: ${status}`,
    ).withHint(`${url} is the address of something else than a worker: see rest.advertised.* of that worker.`)
  if (status === 204 || (text === '' && status < 300)) return { status, body: null }
  try {
    return { status, body: JSON.parse(text), ...(hint && { hint }) }
  } catch (cause) {
    // Jetty's page of a JVM worker that serves nothing yet, or a proxy's that has no worker behind it.
    if (!type.includes('json') && (status === 404 || status === 503))
      throw new UnreachableError(url, new Error(`HTTP ${status} without JSON`, { cause }))
    const text = `HTTP ${status}: ${(cause as Error).message}`
    const hint = `${url} did not answer as a worker does: see what is behind this address.`
    // A proxy's, of a worker that did not answer it; a refusal comes to stay.
    throw status < 500 ? failed(text, hint) : uncertain(text, hint)
  }
}

/** Nothing has been sent. */
function unsent(url: string, error: NodeJS.ErrnoException): Error {
  const { code = '', message } = error
  if (code === 'ECONNREFUSED')
    return new UnreachableError(
      url,
      new Error('java.net.ConnectException: Connection refused', { cause: error }),
    )
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new UnreachableError(
      url,
      new Error(`java.net.UnknownHostException: ${new URL(url).hostname}`, { cause: error }),
    )
  if (error instanceof SlowError) return new UnreachableError(url, error)
  if (/^E(?:TIMEDOUT|HOSTUNREACH|NETUNREACH|HOSTDOWN|CONNRESET|ADDRNOTAVAIL|PIPE)$/.test(code))
    return new UnreachableError(url, new Error(`java.net.ConnectException: ${message}`, { cause: error }))
  // What is left is TLS: it does not get better by itself.
  return failed(
    message,
    `No TLS connection to ${url}: see the trust store and the certificates in listeners.https.ssl.* or ssl.* of both workers.`,
  )
}

function cutOff(url: string, { message }: Error): HerderError {
  return uncertain(
    message,
    `The connection to ${url} ended before the answer: see what the worker there logs.`,
  )
}

function uncertain(message: string, hint: string): HerderError {
  return new UncertainError('INTERNAL', ioError(message)).withHint(hint)
}

function failed(message: string, hint: string): HerderError {
  return new HerderError('INTERNAL', ioError(message)).withHint(hint)
}

function ioError(message: string): string {
  return `IO Error trying to forward REST request: ${message}`
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
