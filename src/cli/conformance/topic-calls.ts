/** The topics of a worker's embedded log, which its process alone has open, asked for over the line to it. */
import type { KitTopics } from './topics.ts'

export interface TopicCall {
  readonly call: number
  readonly verb: keyof KitTopics
  readonly parameters: readonly unknown[]
}

export interface TopicAnswer {
  readonly call: number
  readonly result?: unknown
  readonly error?: string
}

/** What a worker tells first: where it listens. */
export interface Started {
  readonly url: string
}

/** In the worker: does what a call says. */
export async function answerTo(
  { call, verb, parameters }: TopicCall,
  topics: KitTopics,
): Promise<TopicAnswer> {
  try {
    const deed = topics[verb] as (...all: readonly unknown[]) => Promise<unknown>
    return { call, result: await deed(...parameters) }
  } catch (error) {
    return { call, error: String(error) }
  }
}

/** Outside of it: calls that wait for their answers. */
export class TopicCalls {
  readonly #send: (call: TopicCall) => void
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #calls = 0
  #ended = false

  constructor(send: (call: TopicCall) => void) {
    this.#send = send
  }

  readonly topics: KitTopics = {
    createTopic: (...all) => this.#ask('createTopic', all) as Promise<void>,
    produce: (...all) => this.#ask('produce', all) as Promise<void>,
    read: (...all) => this.#ask('read', all) as ReturnType<KitTopics['read']>,
    count: (...all) => this.#ask('count', all) as Promise<number>,
    committed: (...all) => this.#ask('committed', all) as Promise<number | null>,
    alterCommitted: (...all) => this.#ask('alterCommitted', all) as Promise<void>,
  }

  receive({ call, result, error }: TopicAnswer): void {
    const waiting = this.#waiting.get(call)
    this.#waiting.delete(call)
    if (error === undefined) waiting?.resolve(result)
    else waiting?.reject(new Error(error))
  }

  /** The worker has ended: nothing is answered any more. */
  end(): void {
    this.#ended = true
    for (const { reject } of this.#waiting.values()) reject(new Error('the worker has ended'))
    this.#waiting.clear()
  }

  #ask(verb: keyof KitTopics, parameters: readonly unknown[]): Promise<unknown> {
    const waiting = Promise.withResolvers<unknown>()
    if (this.#ended) waiting.reject(new Error('the worker has ended'))
    else {
      const call = this.#calls++
      this.#waiting.set(call, waiting)
      this.#send({ call, verb, parameters })
    }
    return waiting.promise
  }
}
