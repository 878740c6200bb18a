import { ConnectException, javaClassOf } from '../data/errors.ts'
import { KafkaError } from '../kafka/port.ts'

/** What Java's futures wrap an error in; traces show it. Java: java.util.concurrent.ExecutionException */
export class ExecutionException extends ConnectException {
  static override readonly javaClass = 'java.util.concurrent.ExecutionException'

  constructor(cause: unknown) {
    super(textOf(cause), { cause })
  }
}

/** Java: Throwable.toString, which is also the message of an exception made from another one only */
export function textOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message === '' ? javaClassOf(error) : `${javaClassOf(error)}: ${message}`
}

/** The error as Java's client would have it: with the broker's words alone. */
export function asAnswered(error: KafkaError): KafkaError {
  const { code, reason, javaClass, retriable } = error
  return new KafkaError(code, reason, { javaClass, retriable, cause: undefined })
}
