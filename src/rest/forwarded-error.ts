import type { WorkerAnswer } from '../herder/other-workers.ts'

/** An error that another worker has answered; it is passed on as it is. Java: ConnectRestException */
export class ForwardedError extends Error {
  constructor(
    readonly status: number,
    readonly errorCode: number,
    /** What stood in the body, null too. */
    readonly text: string | null,
    readonly hint: string | undefined,
  ) {
    super(text ?? '')
    this.name = 'ForwardedError'
  }

  /** Of an answer from 400; a body that is no error of Connect counts for little. */
  static of({ status, body, hint }: WorkerAnswer): ForwardedError {
    const { error_code, message } = (body ?? {}) as { error_code?: unknown; message?: unknown }
    return new ForwardedError(
      status,
      typeof error_code === 'number' ? error_code : status,
      typeof message === 'string' ? message : null,
      hint,
    )
  }
}

/** How workers, of the JVM too, say that they have done nothing and that it will be right in a moment. */
const MOMENTARY: readonly (readonly [status: number, text: RegExp])[] = [
  [
    409,
    /^Cannot complete request (?:momentarily due to (?:stale configuration|no known leader URL)|because of a conflicting operation)/,
  ],
  [409, /rebalance is expected/],
  [500, /rebalance is expected/],
  // The old leader in an orderly stop: what waits in its queue is refused.
  [500, /^Worker is shutting down$/],
  // The second hop was to a worker that is away, or serves nothing yet.
  [
    500,
    /^IO Error trying to forward REST request: (?:java\.net\.(?:ConnectException|UnknownHostException|SocketTimeoutException: Connect)|HTTP (?:404|503) without JSON$)/,
  ],
]

export function isMomentary({ status, message }: ForwardedError): boolean {
  return MOMENTARY.some(([code, text]) => code === status && text.test(message))
}
