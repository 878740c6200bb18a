import { RegistryUnreachable, UnusableAnswer } from './registry-errors.ts'

/** No schema comes near it (invariant 7). */
const LONGEST_ANSWER = 32 * 1024 * 1024

export interface FetchedText {
  readonly response: Response
  readonly text: string
}

/** Who is asked, for errors. */
export interface Peer {
  /** Without a secret. */
  readonly url: string
  /** The key that says so. */
  readonly key: string
}

/** A whole answer, whatever its status. @throws RegistryUnreachable, UnusableAnswer */
export async function fetchText(
  peer: Peer,
  timeout: number,
  ask: (signal: AbortSignal) => Promise<Response> | Response,
): Promise<FetchedText> {
  const signal = AbortSignal.timeout(timeout)
  const fetched = async () => {
    const response = await ask(signal)
    return { response, text: await readLimited(response, peer) }
  }
  try {
    // Who answers without a socket need not heed the signal.
    return await Promise.race([fetched(), aborted(signal)])
  } catch (error) {
    if (error instanceof UnusableAnswer) throw error
    throw unreachable(error, peer, timeout)
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
}

async function readLimited(response: Response, { url, key }: Peer): Promise<string> {
  if (response.body === null) return ''
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body) {
    length += part.length
    if (length > LONGEST_ANSWER) {
      throw new UnusableAnswer(`${url} answers with more than ${LONGEST_ANSWER} bytes`, {
        hint: `Check ${key}.`,
      })
    }
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}

function unreachable(error: unknown, { url, key }: Peer, timeout: number): RegistryUnreachable {
  const { name, code = '', message } = error as Error & { code?: string | number }
  const as = (kind: RegistryUnreachable['kind'], what: string, hint: string) =>
    new RegistryUnreachable(`${url} ${what}`, kind, { cause: error, hint })
  if (name === 'TimeoutError' || code === 'ETIMEDOUT') {
    const hint = 'Check whether it runs and can be reached, http.connect.timeout.ms and http.read.timeout.ms.'
    return as('timeout', `gives no answer within ${timeout} ms`, hint)
  }
  if (code === 'ECONNREFUSED') {
    return as('refused', 'refuses the connection', `Is it running, and is its address in ${key} right?`)
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return as('host', 'cannot be found: its host is not known', `Check the host name in ${key}.`)
  }
  if (/CERT|TLS|SSL|ISSUER|VERIFY/.test(String(code))) {
    const hint =
      'Check schema.registry.ssl.truststore.location, schema.registry.ssl.keystore.location and the host names of its certificate.'
    return as('tls', `cannot be reached, TLS fails: ${code}: ${message}`, hint)
  }
  return as('broken', `cannot be reached: ${message}`, `Check ${key}, and what lies between.`)
}
