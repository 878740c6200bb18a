import { deserialize, serialize } from 'bun:jsc'
import { ConnectException } from '../../data/errors.ts'
import { LONGEST_TIMER } from '../../waiting/deadline.ts'
import { errorToWire, RemoteException } from './error-wire.ts'
import type { Answered, Call, CallTable } from './protocol.ts'

/** Invariant 7: the most bytes of one message; a connector's configuration is far below. */
const LONGEST_MESSAGE = 64 * 1024 * 1024
/** Invariant 7: calls of the other end that may wait for their answers at the same time. */
const MOST_CALLS = 1024

export interface LineOptions<Theirs extends CallTable<Theirs>, Told> {
  send(bytes: Uint8Array): void
  /** Answers a call of the other end. */
  answer(call: Call<Theirs>): Promise<unknown>
  /** Any message that is neither call nor answer. */
  told(message: Told): void
}

/** The other end does what it must not: the line is of no use any more. */
export class LineAbused extends Error {}

/** One end of the line between the worker and a task host: messages, and calls with their answers and deadlines. */
export class Line<Mine extends CallTable<Mine>, Theirs extends CallTable<Theirs>, Told> {
  /** Bytes and messages that came in. */
  bytes = 0
  messages = 0
  readonly #options: LineOptions<Theirs, Told>
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #next = 1
  #answering = 0
  #closed: Error | null = null

  constructor(options: LineOptions<Theirs, Told>) {
    this.#options = options
  }

  /** Throws ConnectException for a message that is too long; says nothing when the line is closed. */
  post(message: unknown): void {
    if (this.#closed) return
    const bytes = serialize(message, { binaryType: 'nodebuffer' })
    if (bytes.length > LONGEST_MESSAGE)
      throw new ConnectException(
        `A message of ${bytes.length} bytes between worker and task host is longer than the ${LONGEST_MESSAGE} that are allowed`,
        { hint: 'Make the configuration or the offsets of the connector smaller.' },
      )
    this.#options.send(bytes)
  }

  /** Rejects with what the other end threw, with `late()` at the deadline, or with the error of `close`. */
  call<Name extends keyof Mine>(
    name: Name,
    args: Mine[Name]['args'],
    timeoutMs: number,
    late: () => Error,
  ): Promise<Mine[Name]['answer']> {
    if (this.#closed) return Promise.reject(this.#closed)
    const id = this.#next++
    const waiting = Promise.withResolvers<unknown>()
    this.#waiting.set(id, waiting)
    const timer = setTimeout(() => waiting.reject(late()), Math.min(timeoutMs, LONGEST_TIMER))
    try {
      this.post({ type: 'call', id, name, args })
    } catch (error) {
      waiting.reject(error)
    }
    return waiting.promise.finally(() => {
      clearTimeout(timer)
      this.#waiting.delete(id)
    }) as Promise<Mine[Name]['answer']>
  }

  /** Throws LineAbused for what no honest end sends. */
  receive(bytes: unknown): void {
    if (this.#closed) return
    if (!(bytes instanceof Uint8Array)) throw new LineAbused('sent something that is no message')
    this.messages++
    this.bytes += bytes.length
    if (bytes.length > LONGEST_MESSAGE) throw new LineAbused(`sent a message of ${bytes.length} bytes`)
    const message = read(bytes) as Told | Call<Theirs> | Answered
    if (isCall<Theirs>(message)) this.#take(message)
    else if (isAnswered(message)) this.#settle(message)
    else this.#options.told(message as Told)
  }

  /** Nothing is sent or heard any more; calls that wait are rejected with `error`. */
  close(error: Error): void {
    if (this.#closed) return
    this.#closed = error
    for (const waiting of this.#waiting.values()) waiting.reject(error)
  }

  #take(call: Call<Theirs>): void {
    if (this.#answering >= MOST_CALLS) throw new LineAbused(`has ${MOST_CALLS} calls waiting`)
    this.#answering++
    this.#options
      .answer(call)
      .then(
        value => this.post({ type: 'answer', id: call.id, value } satisfies Answered),
        error => this.post({ type: 'failed', id: call.id, error: errorToWire(error) } satisfies Answered),
      )
      .catch(error =>
        this.post({ type: 'failed', id: call.id, error: errorToWire(error) } satisfies Answered),
      )
      .finally(() => this.#answering--)
  }

  #settle(answer: Answered): void {
    const waiting = this.#waiting.get(answer.id)
    if (answer.type === 'answer') waiting?.resolve(answer.value)
    else waiting?.reject(new RemoteException(answer.error))
  }
}

function read(bytes: Uint8Array): unknown {
  try {
    return deserialize(bytes)
  } catch (cause) {
    throw new LineAbused('sent something that is no message', { cause })
  }
}

function isCall<Theirs extends CallTable<Theirs>>(message: unknown): message is Call<Theirs> {
  return typeOf(message) === 'call'
}

function isAnswered(message: unknown): message is Answered {
  const type = typeOf(message)
  return type === 'answer' || type === 'failed'
}

function typeOf(message: unknown): string {
  const type = typeof message === 'object' && message !== null && 'type' in message ? message.type : null
  if (typeof type !== 'string') throw new LineAbused('sent something that is no message')
  return type
}
