import type { KafkaError } from '../kafka/port.ts'
import { kafkaErrorByCode, kafkaErrorByName } from '../kafka/protocol-errors.ts'
import { metadata } from '../kafka/wire/admin-requests.ts'
import { type Address, BrokerConnection, type Traffic } from '../kafka/wire/connection.ts'
import { type Answer, type Api, findCoordinator } from '../kafka/wire/requests.ts'
import type { Logger } from '../observe/log.ts'
import { pause } from '../waiting/deadline.ts'
import type { GroupOptions } from './options.ts'

/** Brokers come and go while a coordinator stays. Java: metadata.max.age.ms */
const BROKERS_AGE_MS = 5 * 60_000

/** Java numbers the coordinator's node apart, so that it has a connection of its own. */
const COORDINATOR_NODES = 2147483647

/** The broker that a group's members answer to: found, lost and found again. Java: AbstractCoordinator */
export class Coordinator {
  readonly #options: GroupOptions
  readonly #log: Logger
  readonly #traffic: Traffic
  #connection: BrokerConnection | null = null
  #name = ''
  /** Of bootstrap.servers and of the cluster's own list. Those that have answered last come first. */
  #brokers: readonly Address[]
  /** performance.now() when the cluster's brokers were last told. */
  #learnedAt = Number.NEGATIVE_INFINITY
  /** Of whoever looks for it: several get the same connection. */
  #attempting: Promise<void> | null = null
  /** Attempts since it was found last, by the code of their error. */
  readonly #failures = new Map<string, number>()
  #closed = false
  /** Called when the coordinator that was known is none any more. */
  onLost: () => void = () => {}

  constructor(options: GroupOptions, log: Logger, traffic: Traffic) {
    this.#options = options
    this.#log = log
    this.#traffic = traffic
    this.#brokers = options.bootstrap
  }

  get isKnown(): boolean {
    return this.#connection?.isOpen ?? false
  }

  /** Nothing is on its way; a request would be answered at once. */
  get isIdle(): boolean {
    return this.isKnown && this.#connection!.inFlight === 0
  }

  /** `host:port (id: 2147483646 rack: null isFenced: false)` */
  get name(): string {
    return this.#name
  }

  /**
   * Looks until it is found or the signal fires (then false). Rejects with a KafkaError that only a person can
   * mend: no right to the group, wrong password, a certificate that is not trusted.
   */
  async find(signal: AbortSignal): Promise<boolean> {
    let backoff = this.#options.reconnectBackoffMs
    while (!signal.aborted && !this.#closed) {
      if (this.isKnown) return true
      try {
        this.#attempting ??= this.#attempt().finally(() => {
          this.#attempting = null
        })
        await this.#attempting
      } catch (error) {
        if (!(error as KafkaError).retriable) throw error
        this.#tellAway(error as KafkaError)
        await pause(backoff * (0.8 + Math.random() * 0.4), signal)
        backoff = Math.min(backoff * 2, this.#options.reconnectBackoffMaxMs)
      }
    }
    return this.isKnown
  }

  /** Rejects with a KafkaError where no answer came; one with an error code is an answer. */
  request<Request, Response extends Answer>(
    api: Api<Request, Response>,
    request: Request,
    timeoutMs: number,
  ): Promise<Response> {
    if (this.#connection === null) {
      return Promise.reject(kafkaErrorByName('COORDINATOR_NOT_AVAILABLE', 'The coordinator is not known'))
    }
    return this.#connection.request(api, request, timeoutMs)
  }

  /** It is another broker, or does not answer: to be found again. */
  forget(cause: string, isDisconnected: boolean): void {
    const connection = this.#connection
    if (connection === null) return
    this.#connection = null
    connection.close()
    this.#log.info(
      `Group coordinator ${this.#name} is unavailable or invalid due to cause: ${cause}. isDisconnected: ${isDisconnected}. Rediscovery will be attempted.`,
    )
    this.onLost()
  }

  /**
   * A new connection before the broker ends the session of this one, and a new look at who the brokers are; between
   * requests only. Who gives no answer within `timeoutMs` is lost.
   */
  async renew(timeoutMs: number): Promise<void> {
    const former = this.#connection
    if (former && performance.now() - this.#learnedAt > BROKERS_AGE_MS) await this.#learn(former, timeoutMs)
    if (!former?.isExpired || former.inFlight > 0) return
    const connection = await BrokerConnection.open(former.address, this.#options, this.#traffic)
    const isWanted = this.#connection === former && former.inFlight === 0
    if (isWanted) this.#adopt(connection)
    const superseded = isWanted ? former : connection
    superseded.close()
  }

  /** Gives up what is under way on the connection, such as a JoinGroup that the broker holds; the next is a new one. */
  interrupt(): void {
    const connection = this.#connection
    if (!connection || connection.inFlight === 0) return
    this.#connection = null
    connection.close()
  }

  close(): void {
    this.#closed = true
    const connection = this.#connection
    this.#connection = null
    connection?.close()
  }

  async #attempt(): Promise<void> {
    const [address, ...others] = this.#brokers
    if (address === undefined) throw new Error('There is no broker to ask')
    // Whoever answers is asked first the next time, whoever does not last.
    this.#brokers = [...others, address]
    const connection = await BrokerConnection.open(address, this.#options, this.#traffic)
    try {
      const { groupId, requestTimeoutMs } = this.#options
      const [found] = await Promise.all([
        connection.request(findCoordinator, { group: groupId }, requestTimeoutMs),
        this.#learn(connection, requestTimeoutMs),
      ])
      if (found.errorCode !== 0) {
        const text = found.errorMessage ?? `Finding the coordinator of the group ${groupId} failed`
        throw kafkaErrorByCode(found.errorCode, text)
      }
      const { nodeId, host, port } = found
      const isSame = host === address.host && port === address.port
      const own = isSame
        ? connection
        : await BrokerConnection.open({ host, port }, this.#options, this.#traffic)
      this.#name = `${host}:${port} (id: ${COORDINATOR_NODES - nodeId} rack: null isFenced: false)`
      this.#adopt(own)
      this.#failures.clear()
      this.#log.info(`Discovered group coordinator ${this.#name}`)
      if (!isSame) connection.close()
    } catch (error) {
      connection.close()
      throw error
    }
  }

  /** Those of bootstrap.servers may be gone when the coordinator moves. */
  async #learn(connection: BrokerConnection, timeoutMs: number): Promise<void> {
    const { brokers } = await connection.request(metadata, { topics: [] }, timeoutMs)
    const all = [connection.address, ...brokers, ...this.#options.bootstrap]
    this.#brokers = [...new Map(all.map(({ host, port }) => [`${host}:${port}`, { host, port }])).values()]
    this.#learnedAt = performance.now()
  }

  #adopt(connection: BrokerConnection): void {
    if (this.#closed) {
      connection.close()
      return
    }
    this.#connection = connection
    connection.onClose = error => {
      if (this.#connection === connection) this.forget(error.reason, true)
    }
  }

  /** Each kind once until the coordinator is found: brokers that are away for an hour need no thousand lines. */
  #tellAway(error: KafkaError): void {
    const failures = (this.#failures.get(error.code) ?? 0) + 1
    this.#failures.set(error.code, failures)
    // A cluster that makes its topic of offsets has no coordinator for some moments.
    if (failures !== (error.code === 'COORDINATOR_NOT_AVAILABLE' ? 20 : 1)) return
    this.#log.warn(
      `The coordinator of the group cannot be reached: ${error.reason}. Attempts go on; check that the brokers of bootstrap.servers run and can be reached from here.`,
    )
  }
}
