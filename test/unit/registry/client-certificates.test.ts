import { afterEach, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listenerTls } from '../../../src/cli/listener-tls.ts'
import { parseListener } from '../../../src/config/worker/listeners.ts'
import { registryConfig } from '../../../src/registry/config.ts'
import { type RestServer, serve } from '../../../src/rest/server.ts'

const stores = join(import.meta.dir, '../client-properties/stores')
const text = (name: string) => readFileSync(join(stores, name), 'utf8')
const P = 'listeners.https.'
const KEYS = {
  'ssl.keystore.type': 'PEM',
  'ssl.keystore.key': text('server.key'),
  'ssl.keystore.certificate.chain': text('server.pem'),
  'ssl.truststore.type': 'PEM',
  'ssl.truststore.location': join(stores, 'ca.pem'),
}
const CLIENT = { key: text('client.key'), cert: text('client.pem') }
const NEW = 'ssl.client.authentication'
const OLD = 'ssl.client.auth'
const prefixed = (keys: Record<string, string>) =>
  Object.fromEntries(Object.entries(keys).map(([key, value]) => [P + key, value]))

let server: RestServer | null = null
afterEach(() => server?.close(0))

/** Whether a client is let in without a certificate and with one of the authority that is trusted. */
async function letIn(raw: Record<string, string>): Promise<[boolean, boolean]> {
  server = serve([parseListener('https://127.0.0.1:0')], [], {
    main: listenerTls(registryConfig(raw).tls, P),
  })
  server.mount({ fetch: () => new Response('[]') })
  const url = `https://127.0.0.1:${server.bound[0]!.port}/subjects`
  const asks = async (client: object) => {
    const tls = { ca: text('ca.pem'), checkServerIdentity: () => undefined, ...client }
    const answer = await fetch(url, { tls, keepalive: false }).catch(() => null)
    return answer !== null && (await answer.text().catch(() => null)) === '[]'
  }
  return [await asks({}), await asks(CLIENT)]
}

describe('who is let in', () => {
  test.each([
    [{ [NEW]: 'REQUIRED' }, [false, true]],
    [{ [NEW]: 'REQUESTED' }, [true, true]],
    [{ [NEW]: 'NONE' }, [true, true]],
    [{ [OLD]: 'true' }, [false, true]],
    [{ [OLD]: 'false' }, [true, true]],
    [{ [OLD]: 'required' }, [false, true]],
    [{ [OLD]: 'false', [NEW]: 'REQUIRED' }, [false, true]],
    [{}, [true, true]],
  ] as [Record<string, string>, [boolean, boolean]][])('%j', async (keys, expected) => {
    expect(await letIn({ ...KEYS, ...keys })).toEqual(expected)
  })

  test('the keys may have the prefix of the listener, and the plain one counts beside them', async () => {
    expect(await letIn(prefixed({ ...KEYS, [NEW]: 'REQUIRED' }))).toEqual([false, true])
    await server!.close(0)
    expect(await letIn({ ...prefixed(KEYS), [NEW]: 'REQUIRED' })).toEqual([false, true])
  })
})

test('what is no such value is refused', () => {
  expect(() => registryConfig({ [NEW]: 'MAYBE' })).toThrow(
    'Invalid value MAYBE for configuration ssl.client.authentication: String must be one of: REQUIRED, REQUESTED, NONE',
  )
  expect(() => registryConfig({ [`${P}${NEW}`]: '' })).toThrow(
    'for configuration listeners.https.ssl.client.authentication',
  )
})

test('keys of TLS that nobody reads are named', () => {
  const read = { ...KEYS, [NEW]: 'REQUIRED', [OLD]: 'true', 'ssl.enabled.protocols': 'TLSv1.3' }
  expect(registryConfig(read).unread).toEqual([])
  const unread = { 'ssl.provider': 'BC', 'ssl.trustmanager.algorithm': 'X', 'ssl.keystore.watch': 'true' }
  expect(registryConfig({ ...read, ...unread }).unread).toEqual(Object.keys(unread))
  expect(registryConfig({ ...prefixed(read), ...prefixed(unread) }).unread).toEqual(
    Object.keys(prefixed(unread)),
  )
  const beside = { 'ssl.truststore.location': '/trust.p12' }
  expect(registryConfig({ ...prefixed(KEYS), ...beside }).unread).toEqual(Object.keys(beside))
})
