/** The section about how workers sign what they ask each other. */
import {
  isSigned,
  SIGNATURE_HEADER,
  signatureHeaders,
} from '../../../src/herder/distributed/request-signature.ts'
import { sessionKeyBytes } from '../../../src/herder/distributed/session-keys.ts'
import type { Comparison, Section, SectionCase } from './section.ts'

interface SignatureVector {
  description: string
  keyHex: string
  algorithm: string
  bodyUtf8: string | null
  headers: Record<string, string>
}

interface SignatureVectors {
  cases: readonly SignatureVector[]
  defaultKeyGeneratorKeyBytes_HmacSHA256: number
}

const signatures: Section = (name, content) => {
  const { cases, defaultKeyGeneratorKeyBytes_HmacSHA256: bytes } = content as SignatureVectors
  const signed = cases.map(
    (vector, i): SectionCase => ({
      id: `${name}-${i}`,
      about: `${vector.description}, ${vector.algorithm}`,
      compare: () => signature(vector),
    }),
  )
  const compare = () => ({ expected: bytes, got: sessionKeyBytes('HmacSHA256', null) })
  return [...signed, { id: `${name}-key`, about: 'bytes of a new key', compare }]
}

function signature({ keyHex, algorithm, bodyUtf8, headers }: SignatureVector): Comparison {
  const key = Buffer.from(keyHex, 'hex')
  const body = Buffer.from(bodyUtf8 ?? '')
  const given = { signature: headers[SIGNATURE_HEADER] ?? '', algorithm }
  const otherKey = Buffer.from(key.map(byte => byte ^ 1))
  return {
    expected: { headers, accepted: true, ofAnotherBody: false, ofAnotherKey: false },
    got: {
      headers: signatureHeaders(body, algorithm, key),
      accepted: isSigned(given, body, key),
      ofAnotherBody: isSigned(given, Buffer.from('[{}]'), key),
      ofAnotherKey: isSigned(given, body, otherKey),
    },
  }
}

export const signatureSections: Readonly<Record<string, Section>> = { internalRequestSignature: signatures }
