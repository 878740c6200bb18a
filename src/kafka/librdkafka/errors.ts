import { KafkaError } from '../port.ts'
import { knownError } from '../protocol-errors.ts'
import { nativeAddon } from './addon.ts'
import type { NativeError } from './events.ts'

/** Everything said about an error of the native client; `what` names the deed that failed. */
export function kafkaError(error: Partial<NativeError> & { code: number }, what?: string): KafkaError {
  const row = knownError(error.code)
  const [nativeName, nativeText] = nativeAddon().packedErrorName(error.code)
  const text = error.message || nativeText
  return new KafkaError(row?.name ?? nativeName.replace(/^_/, ''), what ? `${what}: ${text}` : text, {
    ...(row ? { javaClass: row.javaClass } : {}),
    retriable: error.retriable || (row?.retriable ?? false),
    fatal: error.fatal ?? false,
  })
}
