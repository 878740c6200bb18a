import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions as TlsOptions } from 'node:tls'
import { LONGEST_TIMER } from '../../waiting/deadline.ts'
import { KafkaError } from '../port.ts'
import { kafkaErrorByCode, kafkaErrorByName } from '../protocol-errors.ts'
import { WireReader, WireWriter } from './fields.ts'
import { type Answer, type Api, apiVersions, saslAuthenticate, saslHandshake } from './requests.ts'
import { ScramExchange } from './scram.ts'

export interface Address {
  host: string
  port: number
}

export interface ConnectionOptions {
  clientId: string
  /** From the first packet to the end of authentication, ms. */
  connectTimeoutMs: number
  tls: TlsOptions | undefined
  sasl: { mechanism: string; username: string; password: string } | undefined
}

/** What a connection has moved; many connections may count into one. */
export interface Traffic {
  opened: number
  closed: number
  requests: number
  responses: number
  bytesOut: number
  bytesIn: number
}

interface Pending {
  api: Api<unknown, Answer>
  version: number
  resolve(answer: Answer): void
  reject(error: KafkaError): void
  timer: ReturnType<typeof setTimeout>
}

/** Beyond any answer to a group of workers; a broker that is none says such lengths. */
const LARGEST_ANSWER = 100 * 1024 * 1024
/** A session is renewed when so much of it is over. Java: SaslClientAuthenticator */
const SESSION_PART = 0.85

/**
 * One connection to a broker, for the few requests of a group's member. Not @platformatic/kafka's: importing that
 * one costs 145 ms of CPU and 49 MB in the executable, before a worker is ready. Java: NetworkClient
 */
export class BrokerConnection {
  readonly #socket: Socket
  readonly #clientId: string
  readonly #traffic: Traffic
  readonly #pending = new Map<number, Pending>()
  #versions: ReadonlyMap<number, { lowest: number; highest: number }> = new Map([
    [apiVersions.key, apiVersions],
  ])
  #received: Buffer[] = []
  #receivedBytes = 0
  #correlation = 0
  #closed: KafkaError | null = null
  #expiresAt = Number.POSITIVE_INFINITY
  /** Called once, when the connection has ended for whatever reason. */
  onClose: (error: KafkaError) => void = () => {}

  /**
   * Connects and authenticates. Rejects with a KafkaError, when the signal fires too; one that is not retriable is
   * about rights or certificates.
   */
  static async open(
    address: Address,
    options: ConnectionOptions,
    traffic: Traffic,
    signal?: AbortSignal,
  ): Promise<BrokerConnection> {
    const connection = new BrokerConnection(address, options, traffic)
    const abort = () => connection.close()
    signal?.addEventListener('abort', abort)
    const where = `${address.host}:${address.port}`
    const timer = setTimeout(
      () => connection.#end(network(`${where} did not answer within ${options.connectTimeoutMs} ms`)),
      Math.min(options.connectTimeoutMs, LONGEST_TIMER),
    )
    try {
      await connection.#connected(options.tls !== undefined)
      const { apis } = await connection.request(apiVersions, {}, options.connectTimeoutMs)
      connection.#versions = new Map(apis.map(({ key, ...range }) => [key, range]))
      if (options.sasl) await connection.#authenticate(options.sasl, options.connectTimeoutMs)
      return connection
    } catch (error) {
      connection.close()
      throw error
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
  }

  private constructor(
    readonly address: Address,
    { tls, clientId }: ConnectionOptions,
    traffic: Traffic,
  ) {
    this.#clientId = clientId
    this.#traffic = traffic
    const { host, port } = address
    const name = isIP(host) === 0 ? { servername: host } : {}
    this.#socket = tls ? connectTls({ ...tls, host, port, ...name }) : connectPlain({ host, port })
    traffic.opened++
    this.#socket.setNoDelay(true)
    this.#socket.on('data', bytes => this.#take(bytes as Buffer))
    this.#socket.on('error', error => this.#end(socketError(error, address)))
    this.#socket.on('close', () => this.#end(network(`${host}:${port} closed the connection`)))
  }

  /** Requests that have no answer yet. */
  get inFlight(): number {
    return this.#pending.size
  }

  /** The broker will end the session soon; then a new connection is needed (KIP-368). */
  get isExpired(): boolean {
    return performance.now() > this.#expiresAt
  }

  get isOpen(): boolean {
    return this.#closed === null
  }

  /**
   * The answer, whatever its error code; rejects with a KafkaError when there is none. The broker answers one
   * connection's requests in order, so one that it holds holds those behind it.
   */
  request<Request, Response extends Answer>(
    api: Api<Request, Response>,
    request: Request,
    timeoutMs: number,
  ): Promise<Response> {
    const { promise, resolve, reject } = Promise.withResolvers<Response>()
    if (this.#closed) return Promise.reject(this.#closed)
    const version = this.#versionOf(api)
    if (version instanceof KafkaError) return Promise.reject(version)
    const flexible = version >= api.flexibleFrom
    const correlation = ++this.#correlation
    const writer = new WireWriter(flexible)
    writer.int32(0).int16(api.key).int16(version).int32(correlation)
    // Compact only inside of the request itself.
    const client = Buffer.from(this.#clientId)
    writer.int16(client.length).raw(client).end()
    api.write(writer, request, version)
    const bytes = writer.bytes()
    bytes.writeInt32BE(bytes.length - 4)
    const timer = setTimeout(
      () => this.#end(network(`no answer to ${api.name} within ${timeoutMs} ms`, 'REQUEST_TIMED_OUT')),
      Math.min(timeoutMs, LONGEST_TIMER),
    )
    this.#pending.set(correlation, { api, version, resolve, reject, timer } as unknown as Pending)
    this.#traffic.requests++
    this.#traffic.bytesOut += bytes.length
    this.#socket.write(bytes)
    return promise
  }

  /** Requests without an answer are rejected. Safe to call twice. */
  close(): void {
    this.#end(network('the connection was closed by this worker'))
  }

  #versionOf(api: Api<never, unknown>): number | KafkaError {
    const { host, port } = this.address
    const range = this.#versions.get(api.key)
    if (range && range.lowest <= api.highest && range.highest >= api.lowest) {
      return Math.min(range.highest, api.highest)
    }
    const has = range ? `versions ${range.lowest} to ${range.highest}` : 'none'
    const message = `The broker ${host}:${port} has ${has} of ${api.name}; ${api.lowest} to ${api.highest} are spoken here`
    return kafkaErrorByName('UNSUPPORTED_VERSION', message)
  }

  #connected(isTls: boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#socket.once(isTls ? 'secureConnect' : 'connect', () => resolve())
    this.onClose = reject
    return promise.finally(() => {
      this.onClose = () => {}
    })
  }

  async #authenticate(sasl: NonNullable<ConnectionOptions['sasl']>, timeoutMs: number): Promise<void> {
    const { mechanism, username, password } = sasl
    const offered = await this.request(saslHandshake, { mechanism }, timeoutMs)
    if (offered.errorCode !== 0) {
      const message = `Client SASL mechanism '${mechanism}' not enabled in the server, enabled mechanisms are [${offered.mechanisms.join(', ')}]`
      throw kafkaErrorByName('UNSUPPORTED_SASL_MECHANISM', message)
    }
    const step = async (text: string) => {
      const answer = await this.request(saslAuthenticate, { bytes: Buffer.from(text) }, timeoutMs)
      if (answer.errorCode !== 0) {
        throw kafkaErrorByCode(
          answer.errorCode,
          answer.errorMessage ?? `Authentication with ${mechanism} failed`,
        )
      }
      if (answer.lifetimeMs > 0) this.#expiresAt = performance.now() + answer.lifetimeMs * SESSION_PART
      return answer.bytes.toString()
    }
    if (mechanism === 'PLAIN') {
      await step(`\0${username}\0${password}`)
      return
    }
    const scram = new ScramExchange(mechanism, username, password)
    try {
      scram.verify(await step(scram.final(await step(scram.first()))))
    } catch (error) {
      if (error instanceof KafkaError) throw error
      throw kafkaErrorByName('SASL_AUTHENTICATION_FAILED', (error as Error).message, error)
    }
  }

  #take(bytes: Buffer): void {
    this.#traffic.bytesIn += bytes.length
    this.#received.push(bytes)
    this.#receivedBytes += bytes.length
    while (this.#receivedBytes >= 4 && this.#closed === null) {
      const first = this.#received[0]!.length >= 4 ? this.#received[0]! : this.#joined()
      const length = first.readInt32BE(0)
      if (length < 4 || length > LARGEST_ANSWER) {
        const { host, port } = this.address
        this.#end(network(`${host}:${port} does not speak Kafka's protocol, or wants TLS`))
        return
      }
      if (this.#receivedBytes < 4 + length) return
      const all = this.#joined()
      this.#received = all.length > 4 + length ? [all.subarray(4 + length)] : []
      this.#receivedBytes -= 4 + length
      this.#answer(all.subarray(4, 4 + length))
    }
  }

  #joined(): Buffer {
    if (this.#received.length > 1) this.#received = [Buffer.concat(this.#received)]
    return this.#received[0]!
  }

  #answer(bytes: Buffer): void {
    const correlation = bytes.readInt32BE(0)
    const pending = this.#pending.get(correlation)
    if (pending === undefined) {
      this.#end(network(`an answer to request ${correlation}, which was never sent`))
      return
    }
    const { api, version, resolve, timer } = pending
    const flexible = version >= api.flexibleFrom
    const reader = new WireReader(bytes.subarray(4), flexible)
    try {
      reader.end()
      const answer = api.read(reader, version)
      this.#pending.delete(correlation)
      clearTimeout(timer)
      this.#traffic.responses++
      resolve(answer)
    } catch (error) {
      // With one answer not understood, nothing that follows can be trusted.
      this.#end(network(`the answer to ${api.name} cannot be read: ${(error as Error).message}`))
    }
  }

  #end(error: KafkaError): void {
    if (this.#closed) return
    this.#closed = error
    this.#traffic.closed++
    this.#socket.destroy()
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer)
      reject(error)
    }
    this.#pending.clear()
    this.onClose(error)
  }
}

function network(message: string, name = 'NETWORK_EXCEPTION'): KafkaError {
  return kafkaErrorByName(name, message)
}

/** What TLS says of a certificate stays wrong until a person has changed something. */
function socketError(error: NodeJS.ErrnoException, { host, port }: Address): KafkaError {
  const isCertificate = /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ALTNAME|ERR_SSL/.test(error.code ?? '')
  const name = isCertificate ? 'SSL_AUTHENTICATION_FAILED' : 'NETWORK_EXCEPTION'
  return kafkaErrorByName(name, `${host}:${port}: ${error.message}`, error)
}
