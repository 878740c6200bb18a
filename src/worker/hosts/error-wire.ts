import { ConnectException, javaClassOf } from '../../data/errors.ts'
import { masked } from '../../observe/secrets.ts'
import { isRetriable } from '../failure.ts'

/** An error on its way between processes: what logs, traces and REST show of it. */
export interface ErrorWire {
  javaClass: string
  message: string
  hint?: string
  /** Another attempt may succeed. */
  retriable?: true
  /** The `at …` lines of its stack. */
  frames: string
  cause?: ErrorWire
}

/** Invariant 7: a plugin makes its errors as long as it likes. */
const LONGEST_TEXT = 64 * 1024
const DEEPEST = 16

/** `depth` counts the causes, which are cut off at 16; texts are shortened to 64 Ki characters. */
export function errorToWire(error: unknown, depth = 1): ErrorWire {
  const message = error instanceof Error ? error.message : String(error)
  const hint = error instanceof ConnectException ? error.hint : undefined
  const cause = error instanceof Error && error.cause != null && depth < DEEPEST ? error.cause : undefined
  return {
    javaClass: javaClassOf(error),
    message: shortened(message),
    frames: error instanceof Error ? shortened(framesOf(error)) : '',
    ...(hint !== undefined && { hint: shortened(hint) }),
    ...(depth === 1 && isRetriable(error) && { retriable: true }),
    ...(cause !== undefined && { cause: errorToWire(cause, depth + 1) }),
  }
}

/** An error that happened in another process: class, text and stack are those of the original. */
export class RemoteException extends ConnectException {
  readonly #javaClass: string
  readonly retriable: boolean

  constructor({ javaClass, message, hint, retriable, frames, cause }: ErrorWire) {
    super(message, {
      ...(hint !== undefined && { hint }),
      ...(cause !== undefined && { cause: new RemoteException(cause) }),
    })
    this.#javaClass = javaClass
    this.retriable = retriable === true
    this.stack = `${javaClass}: ${message}\n${frames}`
  }

  override get javaClass(): string {
    return this.#javaClass
  }
}

function framesOf(error: Error): string {
  const lines = (error.stack ?? '').split('\n')
  return lines.filter(line => line.trimStart().startsWith('at ')).join('\n')
}

function shortened(text: string): string {
  if (text.length <= LONGEST_TEXT) return text
  // Invariant 5: half a secret would not be known for one.
  return `${masked(text).slice(0, LONGEST_TEXT)}… (${text.length} characters)`
}
