import type { Context } from 'hono'
import { isJavaMac } from '../config/worker/algorithms.ts'
import { base64Complaint } from '../data/java-base64.ts'
import { HerderError } from '../herder/errors.ts'
import type { RequestSignature } from '../herder/herder.ts'

/**
 * How a request between workers says that it is signed, null unless both headers are there. Throws HerderError with
 * Java's text for what is no signature at all. Java: InternalRequestSignature.fromHeaders
 */
export function signatureOf(c: Context): RequestSignature | null {
  const signature = c.req.header('x-connect-authorization')
  const algorithm = c.req.header('x-connect-request-signature-algorithm')
  if (signature === undefined || algorithm === undefined) return null
  if (!isJavaMac(algorithm)) throw new HerderError('BAD_REQUEST', `Algorithm ${algorithm} not available`)
  const complaint = base64Complaint(signature)
  if (complaint !== null) throw new HerderError('BAD_REQUEST', complaint)
  return { signature, algorithm }
}
