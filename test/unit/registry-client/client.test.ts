import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { clientSettings } from '../../../src/converters/registry/client-settings.ts'
import {
  provideEmbeddedRegistry,
  type RegistryFetch,
} from '../../../src/converters/registry/embedded-registry.ts'
import { RegistryClient } from '../../../src/converters/registry/registry-client.ts'
import { sharedClient } from '../../../src/converters/registry/shared-clients.ts'
import { ConfigException } from '../../../src/data/errors.ts'
import type { Config } from '../../../src/sdk/plugin.ts'
import { freePort } from '../../servers/ports.ts'
import { thrown } from './conversions.ts'
import { textOf } from './record-format.ts'
import { failure, ok, scriptedRegistry } from './scripted-registry.ts'

const schema = { type: 'AVRO', text: textOf('A', ['a']), references: [] } as const
const quick = { 'retries.wait.ms': '1', 'retries.max.wait.ms': '2' }
const client = (url: string, keys: Config = {}) =>
  new RegistryClient(clientSettings({ 'schema.registry.url': url, ...quick, ...keys }))

describe('several addresses', () => {
  test('the next one is asked when one does not answer, and stays the first one asked', async () => {
    const registry = await scriptedRegistry()
    registry.on('POST', /versions$/, () => ok({ id: 1 }))
    const dead = await freePort()
    const both = client(`http://127.0.0.1:${dead},${registry.url}/`, { 'max.retries': '0' })
    expect((await both.register('s', schema, false)).id).toBe(1)
    expect((await both.register('s2', schema, false)).id).toBe(1)
    expect(registry.paths()).toEqual(['POST /subjects/s/versions', 'POST /subjects/s2/versions'])
  })

  test('one that answers with a fault of its own gives way to the next', async () => {
    const broken = await scriptedRegistry()
    const sound = await scriptedRegistry()
    broken.on('POST', /versions$/, () =>
      failure(500, 50003, 'Error while forwarding the request to the primary'),
    )
    sound.on('POST', /versions$/, () => ok({ id: 2 }))
    const both = client(`${broken.url},${sound.url}`, { 'max.retries': '0' })
    expect((await both.register('s', schema, false)).id).toBe(2)
    await both.register('s2', schema, false)
    expect(broken.asked).toHaveLength(1)
  })

  test('what one refuses is not asked of the next', async () => {
    const first = await scriptedRegistry()
    const second = await scriptedRegistry()
    first.on('POST', /versions$/, () => failure(422, 42201, 'Input schema is an invalid Avro schema'))
    const error = await thrown(client(`${first.url},${second.url}`).register('s', schema, false))
    expect(error.message).toBe('Input schema is an invalid Avro schema; error code: 42201')
    expect(second.asked).toEqual([])
  })

  test('all of them are named when none can be reached', async () => {
    const ports = [await freePort(), await freePort()]
    const urls = ports.map(port => `http://127.0.0.1:${port}`)
    const error = await thrown(client(urls.join(), { 'max.retries': '1' }).byId(1, null))
    for (const url of urls) expect(error.message).toContain(`${url} refuses the connection`)
    expect(error.hint).toContain('schema.registry.url')
  })
})

describe('repetition', () => {
  test.each([408, 429, 500, 502, 503, 504])('a request that gets %d is repeated', async status => {
    const registry = await scriptedRegistry()
    let calls = 0
    registry.on('GET', /ids/, () =>
      ++calls < 3 ? failure(status, status, 'later') : ok({ schema: schema.text }),
    )
    expect((await client(registry.url).byId(1, null)).text).toBe(schema.text)
    expect(calls).toBe(3)
  })

  test('it ends after max.retries', async () => {
    const registry = await scriptedRegistry()
    registry.on('GET', /ids/, () => failure(503, 50301, 'not now'))
    await thrown(client(registry.url, { 'max.retries': '2' }).byId(1, null))
    expect(registry.asked).toHaveLength(3)
  })

  test('a connection that ends in the middle is repeated', async () => {
    const registry = await scriptedRegistry()
    let connections = 0
    const cutting = Bun.listen({
      hostname: '127.0.0.1',
      port: await freePort(),
      socket: {
        data(socket) {
          connections++
          socket.end()
        },
      },
    })
    registry.on('GET', /ids/, () => ok({ schema: schema.text }))
    const both = client(`http://127.0.0.1:${cutting.port},${registry.url}`)
    expect((await both.byId(1, null)).text).toBe(schema.text)
    expect(connections).toBe(1)
    cutting.stop(true)
  })

  test('an answer that does not come is given up at the deadline', async () => {
    const registry = await scriptedRegistry()
    registry.on('GET', /ids/, () => new Promise<Response>(() => {}))
    const deadlines = { 'http.connect.timeout.ms': '20', 'http.read.timeout.ms': '30', 'max.retries': '0' }
    const error = await thrown(client(registry.url, deadlines).byId(1, null))
    expect(error).toMatchObject({ javaClass: 'java.net.SocketTimeoutException' })
    expect(error.message).toBe(`${registry.url} gives no answer within 50 ms`)
  })
})

describe('what is kept', () => {
  test('equal questions at the same time share one request, and later ones none', async () => {
    const registry = await scriptedRegistry()
    registry.on('POST', /versions$/, () => ok({ id: 1 }))
    registry.on('GET', /ids/, () => ok({ schema: schema.text }))
    const one = client(registry.url)
    await Promise.all([1, 2, 3].map(() => one.register('s', schema, false)))
    await Promise.all(['t-value', 'u-value', null].map(subject => one.byId(5, subject)))
    await one.byId(5, 't-key')
    expect(registry.asked).toHaveLength(2)
    await one.byId(5, ':.other:t-value')
    expect(registry.asked).toHaveLength(3)
  })

  test('it is bounded, and a failure is not kept', async () => {
    const registry = await scriptedRegistry()
    registry.on('GET', /ids/, () => ok({ schema: schema.text }))
    const one = client(registry.url, { 'max.schemas.per.subject': '2' })
    for (const id of [1, 2, 3, 1]) await one.byId(id, null)
    expect(registry.asked).toHaveLength(4)
    registry.on('GET', /ids\/9/, () => failure(404, 40403, 'Schema 9 not found'))
    await thrown(one.byId(9, null))
    await thrown(one.byId(9, null))
    expect(registry.asked).toHaveLength(6)
  })

  test.each<[Config, number]>([
    [{ 'normalize.schemas': 'true' }, 1],
    [{ 'basic.auth.user.info': 'a:c' }, 2],
    [{ 'request.header.X': '1' }, 2],
    // Its default, but no token is taken where it is written.
    [{ 'basic.auth.credentials.source': 'URL' }, 2],
    [{ 'bearer.auth.credentials.source': 'STATIC_TOKEN' }, 2],
    [{ 'sasl.mechanism': 'PLAIN' }, 2],
  ])('what does not change is shared by clients of equal settings: %j', async (more, requests) => {
    const registry = await scriptedRegistry()
    registry.on('GET', /ids/, () => ok({ schema: schema.text }))
    const config = {
      'schema.registry.url': registry.url,
      'basic.auth.user.info': 'a:b',
      'bearer.auth.token': 't1',
    }
    const one = sharedClient(config).client
    await one.byId(1, null)
    await sharedClient({ ...config, ...more }).client.byId(1, null)
    // Kept for as long as somebody has it.
    await one.byId(1, null)
    expect(registry.asked).toHaveLength(requests)
  })

  test('a registration is shared while it is under way, and kept by each client for itself', async () => {
    const registry = await scriptedRegistry()
    registry.on('POST', /versions$/, () => ok({ id: 1 }))
    const made = () => sharedClient({ 'schema.registry.url': registry.url }).client
    const [one, other] = [made(), made()]
    await Promise.all([one, other].map(each => each.register('s', schema, false)))
    await Promise.all([one, other].map(each => each.register('s', schema, false)))
    expect(registry.asked).toHaveLength(1)
    await made().register('s', schema, false)
    expect(registry.asked).toHaveLength(2)
  })

  test('references that go round in a circle end', async () => {
    const registry = await scriptedRegistry()
    const references = [{ name: 'a', subject: 'a', version: 1 }]
    registry.on('GET', /versions\/1/, () =>
      ok({ subject: 'a', version: 1, id: 1, schema: schema.text, references }),
    )
    expect((await thrown(client(registry.url).resolve(references))).message).toContain('deeper than 100')
  })
})

test('versions that many build on are put together once', async () => {
  const registry = await scriptedRegistry()
  const to = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ name: `n${i}`, subject: `s${i}`, version: 1 }))
  registry.on('GET', /versions\/1/, ({ path }) => {
    const i = Number(/subjects\/s(\d+)/.exec(path)![1])
    return ok({ subject: `s${i}`, version: 1, id: i + 1, schema: schema.text, references: to(i) })
  })
  const found = await client(registry.url).resolve(to(40))
  expect(found.map(({ references }) => references.length)).toEqual(Array.from({ length: 40 }, (_, i) => i))
  expect(found[39]!.references[3]!.references).toBe(found[3]!.references)
  expect(registry.asked).toHaveLength(40)
}, 120_000)

describe('credentials and headers', () => {
  const headerOf = async (keys: Config, url = (own: string) => own) => {
    const registry = await scriptedRegistry()
    registry.on('GET', /ids/, () => ok({ schema: schema.text }))
    await client(url(registry.url), keys).byId(1, null)
    return registry.asked[0]!.headers
  }
  const basic = (user: string) => `Basic ${Buffer.from(user).toString('base64')}`
  const withUser = (url: string) => url.replace('//', '//ann:p%40ss@')
  const jaas =
    'org.apache.kafka.common.security.plain.PlainLoginModule required username="ann" password="pass";'

  test.each<[string, Config, string | null]>([
    ['none', {}, null],
    [
      'USER_INFO',
      { 'basic.auth.credentials.source': 'USER_INFO', 'basic.auth.user.info': 'ann:pass' },
      basic('ann:pass'),
    ],
    [
      'USER_INFO with the namespace',
      {
        'schema.registry.basic.auth.credentials.source': 'USER_INFO',
        'schema.registry.basic.auth.user.info': 'ann:pass',
      },
      basic('ann:pass'),
    ],
    [
      'SASL_INHERIT',
      { 'basic.auth.credentials.source': 'SASL_INHERIT', 'sasl.jaas.config': jaas },
      basic('ann:pass'),
    ],
    ['a token', { 'bearer.auth.credentials.source': 'STATIC_TOKEN', 'bearer.auth.token': 't1' }, 'Bearer t1'],
    [
      'a header of one’s own',
      { 'request.header.Authorization': 'Own x', 'bearer.auth.token': 't1' },
      'Own x',
    ],
  ])('%s', async (_, keys, expected) => {
    expect((await headerOf(keys)).get('authorization')).toBe(expected)
  })

  test('the URL’s own', async () => {
    expect((await headerOf({}, withUser)).get('authorization')).toBe(basic('ann:p@ss'))
  })

  test('other headers', async () => {
    expect((await headerOf({ 'request.header.X-Tenant': 'shop' })).get('x-tenant')).toBe('shop')
  })

  test('one’s own header takes the place of ours', async () => {
    expect((await headerOf({ 'request.header.Accept': 'application/json' })).get('accept')).toBe(
      'application/json',
    )
  })

  describe('OAUTHBEARER', () => {
    const issuer = async (life: number) => {
      const tokens = await scriptedRegistry()
      let count = 0
      tokens.on('POST', /^\/token$/, () =>
        Response.json({ access_token: `token${++count}`, token_type: 'Bearer', expires_in: life }),
      )
      const registry = await scriptedRegistry()
      registry.on('GET', /ids/, () => ok({ schema: schema.text }))
      const keys = {
        'bearer.auth.credentials.source': 'OAUTHBEARER',
        'bearer.auth.issuer.endpoint.url': `${tokens.url}/token`,
        'bearer.auth.client.id': 'app',
        'bearer.auth.client.secret': 's3cret',
        'bearer.auth.scope': 'schemas read',
        'bearer.auth.logical.cluster': 'lsrc-1',
        'bearer.auth.identity.pool.id': 'pool-1',
        'max.retries': '0',
      }
      return { tokens, registry, keys, made: client(registry.url, keys) }
    }
    const sent = ({ headers }: { headers: Headers }) => headers.get('authorization')

    test('fetches a token once and sends it until shortly before its end', async () => {
      const { tokens, registry, made } = await issuer(3600)
      await Promise.all([made.byId(1, null), made.byId(2, null)])
      await made.byId(3, null)
      expect(registry.asked.map(sent)).toEqual(['Bearer token1', 'Bearer token1', 'Bearer token1'])
      expect(registry.asked[0]!.headers.get('target-sr-cluster')).toBe('lsrc-1')
      expect(registry.asked[0]!.headers.get('confluent-identity-pool-id')).toBe('pool-1')
      expect(tokens.asked.map(({ text }) => text)).toEqual([
        'grant_type=client_credentials&scope=schemas+read',
      ])
      expect(sent(tokens.asked[0]!)).toBe(basic('app:s3cret'))
    })

    test('fetches the next one when its end is near', async () => {
      const { registry, made } = await issuer(200)
      for (const id of [1, 2]) await made.byId(id, null)
      expect(registry.asked.map(sent)).toEqual(['Bearer token1', 'Bearer token2'])
    })

    test('tells who refuses, without the secret', async () => {
      const { tokens, registry, made } = await issuer(3600)
      tokens.on('POST', /^\/token$/, () => Response.json({ error: 'invalid s3cret' }, { status: 400 }))
      const error = await thrown(made.byId(1, null))
      expect(error.message).toBe(`${tokens.url}/token answers with status 400 and no token; error code: 400`)
      expect(error).toMatchObject({ status: 401 })
      expect(error.hint).toContain('bearer.auth.client.id')
      expect(Bun.inspect(error)).not.toContain('s3cret')
      expect(registry.asked).toEqual([])
    })

    test('asks through the proxy, and tells the endpoint without what is in its query', async () => {
      const proxy = await scriptedRegistry()
      proxy.on('POST', /token/, () => Response.json({ error: 'no' }, { status: 403 }))
      const { keys } = await issuer(3600)
      const through = {
        ...keys,
        'bearer.auth.issuer.endpoint.url': 'http://issuer.invalid/token?api=s3cret',
        'proxy.host': '127.0.0.1',
        'proxy.port': String(proxy.port),
      }
      const error = await thrown(client('http://registry.invalid:8081', through).byId(1, null))
      expect(error.message).toBe(
        'http://issuer.invalid/token answers with status 403 and no token; error code: 403',
      )
      expect(proxy.asked).toHaveLength(1)
      expect(proxy.asked[0]!.path).toEndWith('?api=s3cret')
      await proxy.stop()
      const unreached = await thrown(client('http://registry.invalid:8081', through).byId(1, null))
      expect(unreached.message).toStartWith('http://issuer.invalid/token ')
      expect(unreached.message).not.toContain('s3cret')
    })
  })

  test('a proxy is asked for the registry', async () => {
    const proxy = await scriptedRegistry()
    let host: string | null = null
    proxy.on('GET', /ids/, ({ headers }) => {
      host = headers.get('host')
      return ok({ schema: schema.text })
    })
    const keys = { 'proxy.host': '127.0.0.1', 'proxy.port': String(proxy.port) }
    await client('http://registry.invalid:8081', keys).byId(1, null)
    expect(String(host)).toStartWith('registry.invalid')
  })

  test.each<[Config, string]>([
    [
      { 'basic.auth.credentials.source': 'USER_INFO' },
      'UserInfo must be provided when basic.auth.credentials.source is set to USER_INFO',
    ],
    [{ 'basic.auth.credentials.source': 'VAULT' }, 'basic.auth.credentials.source=VAULT is not supported'],
    [
      { 'basic.auth.credentials.source': 'SASL_INHERIT' },
      'basic.auth.credentials.source=SASL_INHERIT needs sasl.jaas.config',
    ],
    [
      { 'bearer.auth.credentials.source': 'STATIC_TOKEN' },
      'Token must be provided via bearer.auth.token config when bearer.auth.credentials.source is set to STATIC_TOKEN',
    ],
    [
      { 'bearer.auth.credentials.source': 'OAUTHBEARER' },
      'bearer.auth.issuer.endpoint.url is missing: bearer.auth.credentials.source=OAUTHBEARER needs it',
    ],
    [
      { 'basic.auth.credentials.source': 'URL', 'bearer.auth.credentials.source': 'STATIC_TOKEN' },
      "Only one of 'basic.auth.credentials.source' and 'bearer.auth.credentials.source' may be specified",
    ],
    [{ 'schema.registry.url': '' }, 'Invalid value [] for configuration schema.registry.url: Empty list'],
    [
      { 'schema.registry.url': 'ann:s3cret@registry:8081' },
      'schema.registry.url: ann:s3cret@registry:8081 is not the URL of a registry',
    ],
    [{ 'schema.registry.url': 'mock://x' }, 'schema.registry.url: mock://x is not the URL of a registry'],
    [
      { 'schema.registry.url': 'embedded' },
      'schema.registry.url=embedded: this worker has no registry of its own',
    ],
  ])('%j is refused', (keys, message) => {
    expect(() => client('http://127.0.0.1:1', keys)).toThrow(new ConfigException(message))
  })

  test('no error tells a secret', async () => {
    const registry = await scriptedRegistry()
    registry.on('GET', /ids\/1/, () => failure(401, 401, 'Unauthorized'))
    registry.on('GET', /ids\/2/, () => new Response('<html>', { headers: { 'Content-Type': 'text/html' } }))
    const dead = `http://ann:s3cret@127.0.0.1:${await freePort()}`
    const quickly = { 'max.retries': '0' }
    const errors = [
      await thrown(client(withUser(registry.url), quickly).byId(1, null)),
      await thrown(client(withUser(registry.url), quickly).byId(2, null)),
      await thrown(client(dead, { ...quickly, 'request.header.X-Key': 's3cret' }).byId(1, null)),
    ]
    for (const error of errors) {
      const all = Bun.inspect(error, { depth: 10 }) + String(error.stack) + error.hint
      expect(all).not.toMatch(/s3cret|p%40ss|p@ss|YW5u/)
    }
    expect(errors[0]!.hint).toContain('refuses these credentials')
    expect(errors[1]!.message).toBe(
      `${registry.url} answers with status 200 and a body that is no JSON (text/html)`,
    )
  })
})

describe('TLS', () => {
  const store = (name: string) => join(import.meta.dir, '../client-properties/stores', name)
  const text = (name: string) => readFileSync(store(name), 'utf8')
  const trust = {
    'schema.registry.ssl.truststore.type': 'PEM',
    'schema.registry.ssl.truststore.location': store('ca.pem'),
  }
  const server = { key: text('server.key'), cert: text('server.pem') }
  const local = (url: string) => url.replace('127.0.0.1', 'localhost')

  async function secure(tls: Bun.TLSOptions = server) {
    const registry = await scriptedRegistry({ tls })
    registry.on('GET', /ids/, () => ok({ schema: schema.text }))
    return local(registry.url)
  }

  test.each<[string, Config]>([
    ['a PEM file', trust],
    [
      'the same without the namespace',
      { 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': store('ca.pem') },
    ],
    [
      'PKCS12',
      {
        'schema.registry.ssl.truststore.location': store('trust.p12'),
        'schema.registry.ssl.truststore.password': 'secret1',
      },
    ],
  ])('trusts by %s', async (_, keys) => {
    expect((await client(await secure(), keys).byId(1, null)).text).toBe(schema.text)
  })

  test('shows its own certificate where the registry wants one', async () => {
    const url = await secure({ ...server, ca: text('ca.pem'), requestCert: true, rejectUnauthorized: true })
    const own = {
      'schema.registry.ssl.keystore.type': 'PEM',
      'schema.registry.ssl.keystore.location': store('client-all.pem'),
    }
    expect((await client(url, { ...trust, ...own }).byId(1, null)).text).toBe(schema.text)
    await thrown(client(url, { ...trust, 'max.retries': '0' }).byId(1, null))
  })

  test('a certificate that is not trusted is refused, and so is that of another host', async () => {
    const url = await secure()
    const error = await thrown(client(url, { 'max.retries': '0' }).byId(1, null))
    expect(error.message).toContain('TLS fails')
    expect(error.hint).toContain('schema.registry.ssl.truststore.location')
    const elsewhere = url.replace('localhost', '127.0.0.2')
    await thrown(client(elsewhere, { ...trust, 'max.retries': '0' }).byId(1, null))
  })

  test('a JKS file is refused with the command that converts it', () => {
    const keys = { 'schema.registry.ssl.truststore.location': store('trust.jks') }
    expect(() => client('https://localhost:1', keys)).toThrow('JKS file, which only Java reads')
    expect(() => client('http://localhost:1', keys)).not.toThrow()
  })
})

describe('the registry in this process', () => {
  test('is opened at the first question and asked without a socket', async () => {
    let opened = 0
    const answer: RegistryFetch = request => ok({ schema: new URL(request.url).pathname })
    provideEmbeddedRegistry(() => {
      opened++
      return answer
    })
    const embedded = client('embedded')
    expect(opened).toBe(0)
    expect((await embedded.byId(1, null)).text).toBe('/schemas/ids/1')
    await embedded.byId(2, null)
    expect(opened).toBe(1)
    provideEmbeddedRegistry(null)
  })

  const never = new Promise<never>(() => {})
  test.each<[string, () => RegistryFetch | Promise<RegistryFetch>]>([
    ['does not open', () => never],
    ['does not answer', () => () => never],
    ['does not end its answer', () => () => new Response(new ReadableStream({ pull: () => never }))],
  ])('one that %s is given up at the deadline', async (_, open) => {
    provideEmbeddedRegistry(open)
    const deadlines = { 'http.connect.timeout.ms': '20', 'http.read.timeout.ms': '30', 'max.retries': '0' }
    const error = await thrown(client('embedded', deadlines).byId(1, null))
    expect(error.message).toBe('embedded gives no answer within 50 ms')
    provideEmbeddedRegistry(null)
  })
})
