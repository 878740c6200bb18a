import {
  ConfigException,
  ConnectException,
  DataException,
  javaTrace,
  RetriableException,
} from '../data/errors.ts'
import type { StatusDetail } from './status.ts'

/** What comes from outside and may go away again, as the operating system calls it. */
const PASSING = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EAI_AGAIN',
])
/** The error handler's, for a record that would fail again. */
const BAD_RECORD = 'Tolerance exceeded in error handler'
const DEEPEST = 16

/** What a FAILED status tells of an error. */
export function failure(error: unknown, version: string | null): StatusDetail {
  return { version, trace: javaTrace(error), retriable: isRetriable(error) }
}

/**
 * Whether another attempt may succeed with nothing changed: some error of the chain says so (RetriableException,
 * `retriable` of what Kafka or another process has told, a connection that failed), and none says that a
 * configuration, a right or a record is wrong.
 */
export function isRetriable(error: unknown): boolean {
  let mayPass = false
  let at: unknown = error
  for (let depth = 0; at instanceof Error && depth < DEEPEST; depth++, at = at.cause) {
    if (at instanceof ConfigException || at instanceof DataException) return false
    const { code, retriable } = at as { code?: unknown; retriable?: unknown }
    if (at.message.startsWith(BAD_RECORD) && retriable !== true && !wasAway(at.cause)) return false
    if (typeof code === 'string' && /_AUTHORIZATION_FAILED$|_AUTHENTICATION_FAILED$/.test(code)) return false
    mayPass ||=
      at instanceof RetriableException ||
      retriable === true ||
      (typeof code === 'string' && PASSING.has(code))
  }
  return mayPass
}

/** Not the record was bad, but what its operation had to ask: a schema registry, say. */
function wasAway(error: unknown): boolean {
  let at = error
  for (let depth = 0; at instanceof Error && depth < DEEPEST; depth++, at = at.cause) {
    if ('retriable' in at && at.retriable === true) return true
  }
  return false
}

/** What happened to a task host, and so to what ran there: another host may do better. */
export class HostException extends ConnectException {
  readonly retriable = true
}
