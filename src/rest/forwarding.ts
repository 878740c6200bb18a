import type { Context } from 'hono'
import { ElsewhereError, HerderError } from '../herder/errors.ts'
import type { Herder } from '../herder/herder.ts'
import {
  type OtherWorkers,
  UncertainError,
  UnreachableError,
  type WorkerAnswer,
  type WorkerRequest,
} from '../herder/other-workers.ts'
import { logger } from '../observe/log.ts'
import { pause } from '../waiting/deadline.ts'
import { ForwardedError, isMomentary } from './forwarded-error.ts'
import { resourcePath } from './path.ts'

const log = logger('org.apache.kafka.connect.runtime.rest.HerderRequestHandler')

/** What a client asks that only one worker can do: here, if it is this one, or there. */
export interface Errand<T> {
  here(): Promise<T>
  method: WorkerRequest['method']
  /** What travels on of the client's parameters. */
  query?: Readonly<Record<string, boolean>>
  /** What has been understood of the body; none where it is absent or null. */
  entity?: unknown
  /** Of the answer of another worker that has done it. */
  read(answer: WorkerAnswer): T
  /** Twice comes to the same as once: it is done again where nobody knows what became of the first time. */
  repeatable?: boolean
  /** What a refusal means where an earlier time may have been carried out after all; null: just that. */
  afterAll?(status: number): Promise<{ result: T } | null>
}

export interface ForwardingParts {
  herder: Pick<Herder, 'groupSettled' | 'tenure'>
  /** Null in a worker that is alone. */
  others: OtherWorkers | null
  /** bunnect.rest.hold.ms; 0: requests in a rebalance are refused at once, as by the JVM. */
  holdMs: number
}

/** Invariant 7. Of what is to be sent, for all requests that are held together. */
const MOST_HELD_BYTES = 64 * 1024 * 1024
const MOST_HELD = 10_000
const SHORTEST_PAUSE_MS = 25
const LONGEST_PAUSE_MS = 250
/** Each try may validate a configuration: the more are held, the longer each of them pauses. */
const PAUSE_MS_PER_HELD = 2
/** Part of the time in which a request is held that it may pause at once. */
const LONGEST_PAUSE_PART = 1 / 8

/**
 * Carries out what was asked on the worker that can, in two hops at most. What cannot be done because the group is in a
 * rebalance, or its leader has just gone, is held until the group has settled. Java: HerderRequestHandler
 */
export class Forwarding {
  readonly #parts: ForwardingParts
  #held = 0
  #heldBytes = 0

  constructor(parts: ForwardingParts) {
    this.#parts = parts
  }

  /** `asker` internal: another worker asks, which tries again by itself. */
  async run<T>(c: Context, errand: Errand<T>, asker: 'client' | 'internal' = 'client'): Promise<T> {
    // Java's Boolean parameter: only `true`, in any case, is true, and only absence is null.
    const hop = c.req.query('forward')
    let request: WorkerRequest | undefined
    const order: Order = {
      mayBeHeld: hop === undefined && asker === 'client' && this.#parts.holdMs > 0,
      isLast: hop !== undefined && hop.toLowerCase() !== 'true',
      get request() {
        request ??= requestOf(c, errand)
        return request
      },
      signal: c.req.raw.signal,
    }
    try {
      return await this.#once(errand, order)
    } catch (error) {
      if (!(error instanceof Trouble)) throw error
      if (!order.mayBeHeld) throw error.answer
      return await this.#holding(errand, order, error)
    }
  }

  async #once<T>(errand: Errand<T>, order: Order): Promise<T> {
    let url: string | null
    try {
      return await errand.here()
    } catch (error) {
      if (error instanceof HerderError && MOMENTARY.has(error.code)) throw new Trouble(error, 'untouched')
      if (!(error instanceof ElsewhereError)) throw error
      url = error.url
    }
    const { request } = order
    if (order.isLast) {
      log.error(
        `Request '${request.method} ${request.path}' failed because it couldn't find the target Connect worker within two hops (between workers).`,
      )
      throw new Trouble(new HerderError('CONFLICTING_OPERATION'), 'untouched')
    }
    const { others, herder } = this.#parts
    if (url === null || others === null)
      throw new Trouble(
        new HerderError('NOT_ASSIGNED').withHint(
          'Try again when the rebalance is over; what ran on a worker that has gone is given to another one after scheduled.rebalance.max.delay.ms.',
        ),
        'untouched',
      )
    log.debug(`Forwarding request ${url} ${request.method} ${request.path}`)
    // A leader that hangs is replaced long before anybody gives it up; what is asked again goes to the next one then.
    const tenure = order.mayBeHeld && errand.repeatable ? herder.tenure() : null
    const signal = tenure ? AbortSignal.any([order.signal, tenure]) : order.signal
    const answer = await others.ask(url, request, signal).catch(error => {
      throw troubleOf(tenure?.aborted && error === tenure.reason ? replaced(url) : error)
    })
    if (answer.status < 400) return errand.read(answer)
    const refused = ForwardedError.of(answer)
    throw isMomentary(refused) ? new Trouble(refused, 'untouched') : refused
  }

  get #crowdedMs(): number {
    return Math.min(this.#held * PAUSE_MS_PER_HELD, this.#parts.holdMs * LONGEST_PAUSE_PART)
  }

  async #holding<T>(errand: Errand<T>, order: Order, first: Trouble): Promise<T> {
    const bytes = order.request.body?.length ?? 0
    if (this.#held >= MOST_HELD || this.#heldBytes + bytes > MOST_HELD_BYTES) throw first.answer
    this.#held++
    this.#heldBytes += bytes
    const deadline = AbortSignal.timeout(this.#parts.holdMs)
    const until = AbortSignal.any([deadline, order.signal])
    let trouble = first
    let isUncertain = false
    let pauseMs = SHORTEST_PAUSE_MS
    try {
      for (;;) {
        if (trouble.kind === 'unknown') {
          // What may have been carried out is not done again unless that changes nothing.
          if (!errand.repeatable) throw trouble.answer
          isUncertain = true
        }
        await pause(Math.max(pauseMs, this.#crowdedMs), until)
        await this.#parts.herder.groupSettled(until)
        if (order.signal.aborted) throw new HerderError('ABANDONED')
        if (deadline.aborted) throw trouble.answer
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
        try {
          return await this.#once(errand, order)
        } catch (error) {
          if (error instanceof Trouble) trouble = error
          else {
            const done = isUncertain ? await errand.afterAll?.(statusOf(error)) : null
            if (!done) throw error
            return done.result
          }
        }
      }
    } finally {
      this.#held--
      this.#heldBytes -= bytes
    }
  }
}

interface Order {
  /** A client's request, not another worker's, and it may wait. */
  mayBeHeld: boolean
  isLast: boolean
  /** Written when it is first needed: most are carried out here. */
  readonly request: WorkerRequest
  /** Fires when whoever asked has gone. */
  signal: AbortSignal
}

/** Why it could not be done just now. */
class Trouble {
  constructor(
    /** What the JVM answers. */
    readonly answer: unknown,
    /** `unknown`: it may have been carried out. */
    readonly kind: 'untouched' | 'unknown',
  ) {}
}

const MOMENTARY: ReadonlySet<string> = new Set(['STALE_CONFIG', 'CONFLICTING_OPERATION'])

function troubleOf(error: unknown): unknown {
  if (error instanceof UnreachableError) {
    const answer = new HerderError('INTERNAL', `IO Error trying to forward REST request: ${error.message}`)
    const hint = `This is for the worker ${error.url}, which does not answer: see whether it runs, and whether its rest.advertised.* can be reached from here.`
    return new Trouble(answer.withHint(hint), 'untouched')
  }
  return error instanceof UncertainError ? new Trouble(error, 'unknown') : error
}

/** Whether it was carried out there is known to nobody. */
function replaced(url: string): UncertainError {
  const text =
    'IO Error trying to forward REST request: another worker led the group before there was an answer'
  return new UncertainError('INTERNAL', text).withHint(
    `The worker ${url} led the group and has not answered: see what it logs, and whether it hangs.`,
  )
}

function requestOf(c: Context, { method, query, entity }: Errand<unknown>): WorkerRequest {
  const flags = Object.entries({ forward: c.req.query('forward') === undefined, ...query })
  const authorization = c.req.header('authorization')
  return {
    method,
    path: resourcePath(c.req.url),
    query: flags.map(([name, value]) => `${name}=${value}`).join('&'),
    ...(entity !== undefined && entity !== null && { body: JSON.stringify(entity) }),
    ...(authorization !== undefined && { headers: { Authorization: authorization } }),
  }
}

function statusOf(error: unknown): number {
  return error instanceof HerderError || error instanceof ForwardedError ? error.status : 500
}
