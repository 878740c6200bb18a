import { KafkaError } from '../port.ts'
import { kafkaErrorByName } from '../protocol-errors.ts'

/** What @platformatic/kafka hangs on its errors; they nest in `errors` and `cause`. */
interface Nested {
  code?: unknown
  apiId?: unknown
  /** The broker's own text, where it sent one. */
  serverErrorMessage?: unknown
  errors?: unknown
  cause?: unknown
}

/** Java: Errors.UNKNOWN_TOPIC_OR_PARTITION */
const UNKNOWN_TOPIC = 'This server does not host this topic-partition.'

/** An error of @platformatic/kafka under the protocol's name, if the broker gave one; else by what it was. */
export function adminError(error: unknown, what: string): KafkaError {
  const all = [...flatten(error)]
  for (const e of all) {
    const { apiId, serverErrorMessage } = e as Nested
    if (typeof apiId !== 'string') continue
    const reason = typeof serverErrorMessage === 'string' ? serverErrorMessage : e.message
    return kafkaErrorByName(apiId, `${what}: ${reason}`, error, reason)
  }
  // The innermost error says why: "connect ECONNREFUSED 127.0.0.1:9092".
  const reason = all.at(-1)?.message ?? String(error)
  // This package asks for metadata first and gives the answer a word of its own.
  const unknown = all.find(
    e => (e as Nested).code === 'PLT_KFK_USER' && e.message.startsWith('Unknown topic'),
  )
  if (unknown) {
    return kafkaErrorByName('UNKNOWN_TOPIC_OR_PARTITION', `${what}: ${unknown.message}`, error, UNKNOWN_TOPIC)
  }
  const codes = new Set(all.map(e => (e as Nested).code))
  if (codes.has('PLT_KFK_AUTHENTICATION')) {
    return kafkaErrorByName('SASL_AUTHENTICATION_FAILED', `${what}: ${reason}`, error)
  }
  if (codes.has('PLT_KFK_NETWORK') || codes.has('PLT_KFK_TIMEOUT')) {
    return new KafkaError('REQUEST_TIMED_OUT', `${what}: no broker answers (${reason})`, {
      javaClass: 'org.apache.kafka.common.errors.TimeoutException',
      retriable: true,
      cause: error,
    })
  }
  return new KafkaError('UNKNOWN_SERVER_ERROR', `${what}: ${reason}`, { cause: error })
}

function* flatten(error: unknown, seen = new Set<unknown>()): Generator<Error> {
  if (!(error instanceof Error) || seen.has(error)) return
  seen.add(error)
  yield error
  const { errors, cause } = error as Nested
  if (Array.isArray(errors)) for (const e of errors) yield* flatten(e, seen)
  yield* flatten(cause, seen)
}
