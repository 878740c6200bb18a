import { KafkaError } from '../port.ts'
import { kafkaErrorByName } from '../protocol-errors.ts'
import { type BrokerNode, type Metadata, metadata } from './admin-requests.ts'
import { type Address, BrokerConnection, type ConnectionOptions, type Traffic } from './connection.ts'
import type { Answer, Api } from './requests.ts'

export interface ClusterOptions extends ConnectionOptions {
  bootstrap: readonly Address[]
  requestTimeoutMs: number
}

/**
 * The brokers of a cluster, each with at most one connection, opened when it is first needed. Nothing is attempted
 * twice here: a KafkaError that is retriable may be gone when the caller asks again. Java: NetworkClient
 */
export class Cluster {
  readonly #options: ClusterOptions
  readonly #traffic: Traffic = { opened: 0, closed: 0, requests: 0, responses: 0, bytesOut: 0, bytesIn: 0 }
  readonly #connections = new Map<string, Promise<BrokerConnection>>()
  #nodes: readonly BrokerNode[] = []
  #controller = -1
  /** Those that have not answered: asked last. */
  readonly #silent = new Set<string>()
  readonly #closing = new AbortController()

  constructor(options: ClusterOptions) {
    this.#options = options
  }

  /** From whichever broker answers. */
  async any<Request, Response extends Answer>(
    api: Api<Request, Response>,
    request: Request,
  ): Promise<Response> {
    let failure: unknown
    for (const address of this.#candidates()) {
      let connection: BrokerConnection
      try {
        connection = await this.#connection(address)
      } catch (error) {
        // A certificate or password that one broker refuses is refused by the others.
        if (!isRetriable(error) || this.#isClosed) throw error
        failure = error
        continue
      }
      return await connection.request(api, request, this.#options.requestTimeoutMs)
    }
    throw failure
  }

  /** From one broker, which the last metadata must have told of. */
  async on<Request, Response extends Answer>(
    nodeId: number,
    api: Api<Request, Response>,
    request: Request,
  ): Promise<Response> {
    const node = this.#nodes.find(known => known.nodeId === nodeId)
    if (node === undefined)
      throw kafkaErrorByName('BROKER_NOT_AVAILABLE', `The cluster does not tell where broker ${nodeId} is`)
    return await this.at(node, api, request)
  }

  /** From the broker at this address, which another answer has told. */
  async at<Request, Response extends Answer>(
    address: Address,
    api: Api<Request, Response>,
    request: Request,
  ): Promise<Response> {
    const connection = await this.#connection(address)
    return await connection.request(api, request, this.#options.requestTimeoutMs)
  }

  /** From the broker that decides about topics, as the last metadata told; it is asked for before if none has. */
  async controller<Request, Response extends Answer>(
    api: Api<Request, Response>,
    request: Request,
  ): Promise<Response> {
    if (this.#controller < 0) await this.metadata([])
    if (this.#controller < 0) return await this.any(api, request)
    return await this.on(this.#controller, api, request)
  }

  /** `topics` null asks for all. What it says of brokers is kept for the next requests. */
  async metadata(topics: readonly string[] | null): Promise<Metadata> {
    const answer = await this.any(metadata, { topics })
    // A broker that is just starting may know of none.
    if (answer.brokers.length > 0) this.#nodes = answer.brokers
    this.#controller = answer.controllerId
    return answer
  }

  /** The next request for the controller asks who it is. */
  forgetController(): void {
    this.#controller = -1
  }

  /** Requests without an answer are rejected. Safe to call twice. */
  async close(): Promise<void> {
    this.#closing.abort()
    const connections = [...this.#connections.values()]
    this.#connections.clear()
    for (const opened of await Promise.allSettled(connections)) {
      if (opened.status === 'fulfilled') opened.value.close()
    }
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  /** Those with a connection first, then all that are known, those that did not answer last. */
  #candidates(): Address[] {
    const all = new Map(
      [...this.#nodes, ...this.#options.bootstrap].map(address => [nameOf(address), address]),
    )
    const rank = (name: string) => (this.#connections.has(name) ? 0 : this.#silent.has(name) ? 2 : 1)
    return [...all].toSorted(([a], [b]) => rank(a) - rank(b)).map(([, address]) => address)
  }

  async #connection(address: Address): Promise<BrokerConnection> {
    const name = nameOf(address)
    if (this.#isClosed) throw kafkaErrorByName('ILLEGAL_STATE', 'The client is closed')
    const opened = this.#connections.get(name)
    if (opened !== undefined) {
      const connection = await opened
      // One that the broker is about to end serves those who wait on it, and nobody new.
      if (connection.isOpen && !connection.isExpired) return connection
      if (connection.inFlight === 0) connection.close()
      if (this.#connections.get(name) === opened) this.#connections.delete(name)
      return await this.#connection(address)
    }
    const opening = BrokerConnection.open(address, this.#options, this.#traffic, this.#closing.signal)
    this.#connections.set(name, opening)
    const forget = () => {
      if (this.#connections.get(name) === opening) this.#connections.delete(name)
    }
    try {
      const connection = await opening
      connection.onClose = forget
      this.#silent.delete(name)
      return connection
    } catch (error) {
      forget()
      this.#silent.add(name)
      throw error
    }
  }
}

export function isRetriable(error: unknown): error is KafkaError {
  return error instanceof KafkaError && error.retriable
}

function nameOf({ host, port }: Address): string {
  return `${host}:${port}`
}
