import { createHmac, timingSafeEqual } from 'node:crypto'
import { macDigest } from '../../config/worker/algorithms.ts'

/**
 * Signatures of what workers ask each other: a MAC of the body's bytes (none where there is no body) by the session
 * key; method, path and headers are not part of it. Java: InternalRequestSignature
 */

export const SIGNATURE_HEADER = 'X-Connect-Authorization'
const SIGNATURE_ALGORITHM_HEADER = 'X-Connect-Request-Signature-Algorithm'

/** The MAC in Base64. `algorithm` is one that `inter.worker.signature.algorithm` takes. */
function sign(body: string | Uint8Array, algorithm: string, key: Uint8Array): string {
  return mac(body, algorithm, key).toString('base64')
}

/** The headers of a signed request with this body. */
export function signatureHeaders(
  body: string | Uint8Array,
  algorithm: string,
  key: Uint8Array,
): Record<string, string> {
  return {
    [SIGNATURE_HEADER]: sign(body, algorithm, key),
    [SIGNATURE_ALGORITHM_HEADER]: algorithm,
  }
}

/**
 * Whether `signature` (Base64) is that of the body, in constant time. `algorithm` is one that
 * `inter.worker.verification.algorithms` takes.
 */
export function isSigned(
  { signature, algorithm }: { signature: string; algorithm: string },
  body: Uint8Array,
  key: Uint8Array,
): boolean {
  const given = Buffer.from(signature, 'base64')
  const right = mac(body, algorithm, key)
  return given.length === right.length && timingSafeEqual(given, right)
}

function mac(body: string | Uint8Array, algorithm: string, key: Uint8Array): Buffer {
  const digest = macDigest(algorithm)
  if (digest === null) throw new Error(`Algorithm ${algorithm} not available`)
  return createHmac(digest, key).update(body).digest()
}
