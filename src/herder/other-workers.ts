import { HerderError } from './errors.ts'

/** A request to another worker. */
export interface WorkerRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Encoded, with a leading slash. */
  path: string
  /** Encoded, without the question mark. */
  query?: string
  /** JSON text; none where it is absent. */
  body?: string
  /** Besides those that Java's client sends. */
  headers?: Readonly<Record<string, string>>
}

export interface WorkerAnswer {
  status: number
  /** Parsed JSON; null where there is no body. */
  body: unknown
  /** Of a worker of ours: what to do about an error. */
  hint?: string
}

/** How one worker asks another. Java: org.apache.kafka.connect.runtime.rest.RestClient */
export interface OtherWorkers {
  /**
   * `url` is the advertised one. Rejects with UnreachableError where the request has not been sent, with
   * UncertainError where nobody knows what became of it, and with another HerderError (500, Java's text) where
   * asking again would come to the same.
   */
  ask(url: string, request: WorkerRequest, signal?: AbortSignal): Promise<WorkerAnswer>
}

/** Nobody listens there: the request can be sent again, or to another worker. */
export class UnreachableError extends Error {
  constructor(
    readonly url: string,
    cause: unknown,
  ) {
    super((cause as Error).message, { cause })
    this.name = 'UnreachableError'
  }
}

/** It was sent, and there was no answer of a worker. 500 with Java's text. */
export class UncertainError extends HerderError {}
