import { ConfigException } from '../../data/errors.ts'
import type { Logger } from '../../observe/log.ts'
import { within } from '../../waiting/deadline.ts'
import type { KafkaError } from '../port.ts'
import {
  type Addon,
  type NativeClient,
  type NativeFailure,
  nativeAddon,
  type PackedClient,
  type Settings,
} from './addon.ts'
import { BrokerTrouble } from './broker-trouble.ts'
import { kafkaError } from './errors.ts'
import { type ClientEvent, type NativeError, type PartitionResult, readEvent } from './events.ts'

/** Outcome of a native call that ran on a thread of its own. */
export interface CallResult {
  error: NativeError
  partitions: PartitionResult[]
  low: number
  high: number
  text: string
}

/** Codes that are about reaching brokers: librdkafka goes on trying, so they are news, not failures. */
const TROUBLE = new Set([-195, -193, -187, -181, -169])
const TIMED_OUT = -185
/** What calls end with whose outcome librdkafka did not tell before the client was gone: _STATE. */
const CLOSED: CallResult = {
  error: {
    code: -172,
    message: 'The client was closed before Kafka answered',
    fatal: false,
    retriable: false,
    abortable: false,
  },
  partitions: [],
  low: -1,
  high: -1,
  text: '',
}

/**
 * One native client from connect to release: hands its events out, turns native calls into promises. Bun fires no
 * weak callbacks, so the C++ objects live until `close` frees them.
 */
export class Handle<P extends PackedClient> {
  readonly packed: P
  readonly trouble: BrokerTrouble
  /** Called when the client may have something: records, deliveries, events. */
  onWake: () => void = () => {}
  /** Events that are not the outcome of a call. */
  onEvent: (event: ClientEvent) => void = () => {}

  readonly #addon: Addon
  readonly #native: NativeClient
  readonly #log: Logger
  readonly #calls = new Map<number, (result: CallResult) => void>()
  #nextId = 1
  #idle: (() => void) | null = null
  #open = false
  readonly #self: Wakeable = { wake: () => this.#wake() }

  private constructor(kind: 'producer' | 'consumer', settings: Settings, log: Logger) {
    this.#addon = nativeAddon()
    this.#log = log
    this.trouble = new BrokerTrouble(log)
    const wake = wakeUp(this.#self)
    try {
      this.#native =
        kind === 'producer'
          ? new this.#addon.Producer(settings, null)
          : new this.#addon.KafkaConsumer(settings, null)
    } catch (error) {
      throw new ConfigException(`Kafka ${kind}: ${error instanceof Error ? error.message : String(error)}`)
    }
    const packed: PackedClient =
      kind === 'producer'
        ? new this.#addon.PackedProducer(this.#native, wake)
        : new this.#addon.PackedConsumer(this.#native, wake)
    this.packed = packed as P
  }

  /** Creates the client; it connects to brokers by itself, so an unreachable one is no error here. */
  static async open<P extends PackedClient>(
    kind: 'producer' | 'consumer',
    settings: Settings,
    log: Logger,
  ): Promise<Handle<P>> {
    const handle = new Handle<P>(kind, settings, log)
    const failure = await connect(handle.#native)
    if (failure) {
      handle.#addon.packedRelease(handle.#native, handle.packed)
      handle.#self.wake = null
      throw new ConfigException(`Kafka ${kind}: ${failure.message}`)
    }
    handle.packed.open()
    handle.#open = true
    return handle
  }

  get isOpen(): boolean {
    return this.#open
  }

  /** The end of a partition as the client knows it from its last fetch; -1 when it does not. */
  highWatermark(topic: string, partition: number): number {
    if (!this.#open) return -1
    const known = this.#native.getWatermarkOffsets?.(topic, partition)
    return typeof known === 'object' ? known.highOffset : -1
  }

  /** Starts a native call under a new id and resolves with its outcome. */
  call(start: (id: number) => void): Promise<CallResult> {
    const id = this.#nextId++
    const { promise, resolve } = Promise.withResolvers<CallResult>()
    this.#calls.set(id, resolve)
    try {
      start(id)
    } catch (error) {
      this.#calls.delete(id)
      throw error
    }
    return promise
  }

  /** Like `call`; a failure becomes a KafkaError that names the deed and, for a timeout, the unreachable broker. */
  async check(what: string, start: (id: number) => void): Promise<CallResult> {
    const from = performance.now()
    const result = await this.call(start)
    if (result.error.code !== 0) throw this.explain(result.error, what, performance.now() - from)
    return result
  }

  explain(error: NativeError, what: string, sinceMs: number): KafkaError {
    const explained =
      error.code === TIMED_OUT || TROUBLE.has(error.code)
        ? { ...error, message: error.message + this.trouble.explanation(sinceMs + 30_000) }
        : error
    return kafkaError(explained, what)
  }

  /** Hands out what has happened. Called on every wake-up; consumers also call it after fetching. */
  serveEvents(): void {
    if (!this.#open) return
    for (const raw of this.packed.events() ?? []) this.#dispatch(readEvent(raw))
  }

  /**
   * Frees everything. Waits `timeoutMs` for native calls that still run and for librdkafka to end its threads;
   * what takes longer is finished in the background.
   */
  async close(timeoutMs: number): Promise<void> {
    if (!this.#open) return
    await within(this.#finish(), timeoutMs, () => {})
  }

  async #finish(): Promise<void> {
    while (this.packed.callsRunning() > 0) {
      await new Promise<void>(resolve => {
        this.#idle = resolve
      })
    }
    // Outcomes of the last calls.
    this.serveEvents()
    this.#open = false
    this.packed.close()
    // Commits to a coordinator that does not answer.
    for (const resolve of this.#calls.values()) resolve(CLOSED)
    this.#calls.clear()
    await disconnect(this.#native)
    this.#addon.packedRelease(this.#native, this.packed)
    this.#self.wake = null
  }

  #wake(): void {
    if (!this.#open) return
    this.serveEvents()
    if (this.#open) this.onWake()
    const idle = this.#idle
    this.#idle = null
    idle?.()
  }

  #dispatch(event: ClientEvent): void {
    if (event.kind === 'call' || event.kind === 'commit') {
      const resolve = this.#calls.get(event.id)
      this.#calls.delete(event.id)
      resolve?.(event.kind === 'call' ? event : { ...event, low: -1, high: -1, text: '' })
    } else if (event.kind === 'log') {
      // Comes on its own; the error event for it waits until a consumer polls.
      if (event.facility === 'FAIL') this.trouble.report(event.message)
      else if (event.level <= 3) this.#log.error(`${event.facility}: ${event.message}`)
      else this.#log.debug(`${event.facility}: ${event.message}`)
    } else if (event.kind === 'error' && !event.error.fatal && TROUBLE.has(event.error.code)) {
      // "All brokers are down" says nothing that the brokers' own errors do not.
      if (event.error.code !== -187) this.trouble.report(event.error.message)
    } else {
      this.onEvent(event)
    }
  }
}

interface Wakeable {
  wake: (() => void) | null
}

// Bun never lets go of a function that was handed to a native client, nor of what it closes over: these are made
// out here, where they close over next to nothing, and the way to the client is cut when it is released.

function wakeUp(self: Wakeable): () => void {
  return () => self.wake?.()
}

function connect(native: NativeClient): Promise<NativeFailure | null> {
  const { promise, resolve } = Promise.withResolvers<NativeFailure | null>()
  native.connect(resolve)
  return promise
}

function disconnect(native: NativeClient): Promise<NativeFailure | null> {
  const { promise, resolve } = Promise.withResolvers<NativeFailure | null>()
  native.disconnect(resolve)
  return promise
}
