import { afterEach, describe, expect, test } from 'bun:test'
import type { Socket } from 'bun'
import { HerderError } from '../../../src/herder/errors.ts'
import { WorkerClient } from '../../../src/herder/worker-client.ts'
import vectors from '../../conform/vectors/jvm-forwarded-requests.json'
import { type Asked, ask, follower } from './elsewhere.ts'
import { answered, RawPeer } from './raw-peer.ts'

let peer: RawPeer | null = null
afterEach(() => peer?.close())

const INFO = { name: 'a', config: { name: 'a', 'connector.class': 'X' }, tasks: [], type: 'source' }
const CREATE: Asked = {
  method: 'POST',
  path: '/connectors',
  body: JSON.stringify(INFO.config && { name: 'a', config: {} }),
}
const DELETE: Asked = { method: 'DELETE', path: '/connectors/a' }
const RESTART: Asked = { method: 'POST', path: '/connectors/a/restart' }
const refusal = (code: number, message: string) => JSON.stringify({ error_code: code, message })

const NO_LEADER =
  'Cannot complete request momentarily due to no known leader URL, likely because a rebalance was underway.'
const CONFLICT = 'Cannot complete request because of a conflicting operation (e.g. worker rebalance)'
const STALE =
  'Cannot complete request momentarily due to stale configuration (typically caused by a concurrent config change)'

function leader(...answers: (string | null)[]): RawPeer {
  let i = 0
  peer = new RawPeer((_request, socket) => {
    const answer = answers[Math.min(i++, answers.length - 1)]
    // Null: gone without a word.
    if (answer == null) socket.terminate()
    else socket.write(answer)
  })
  return peer
}

/** The parts of a request, headers in any order, without Host. */
function parts(request: string) {
  const [head = '', body = ''] = request.split('\r\n\r\n')
  const [line = '', ...headers] = head.split('\r\n')
  // A plus of a path may be written either way.
  return {
    line: decodeURI(line.replaceAll('%2B', '+')),
    headers: headers.filter(one => !one.startsWith('Host: ')).toSorted(),
    body,
  }
}

describe('what goes to the leader is what a JVM worker sends', () => {
  for (const { asked, sent } of vectors.forwarded as { asked: Asked; sent: Sent }[]) {
    test(`${asked.method} ${asked.path}`, async () => {
      const { url, requests } = leader(answered('204 No Content'))
      await ask(
        follower(() => url),
        asked,
      )
      expect(requests.map(parts)).toEqual([written(sent)])
    })
  }

  test('a signed request of its own', async () => {
    const { url, requests } = leader(answered('204 No Content'))
    const [method = '', path = ''] = vectors.fence.line.split(' ')
    const signature = vectors.fence.headers
      .map(line => line.split(': ') as [string, string])
      .filter(([name]) => name.startsWith('X-Connect'))
    const answer = await new WorkerClient().ask(url, {
      method: method as 'PUT',
      path,
      headers: Object.fromEntries(signature),
    })
    expect(answer).toEqual({ status: 204, body: null })
    expect(requests.map(parts)).toEqual([written(vectors.fence)])
  })

  interface Sent {
    line: string
    headers: string[]
    body: string
  }

  const written = ({ line, headers, body }: Sent) => ({
    line: decodeURI(line),
    headers: headers.toSorted(),
    body,
  })
})

describe('what the leader answers is answered', () => {
  test('created: 201 with the Location of the worker that was asked', async () => {
    const { url } = leader(answered('201 Created', JSON.stringify(INFO)))
    const { status, headers, body } = await ask(
      follower(() => url),
      CREATE,
    )
    expect([status, headers.get('location'), body]).toEqual([201, 'http://worker:8083/connectors/a', INFO])
  })

  for (const [line, status] of [
    ['200 OK', 200],
    ['201 Created', 201],
  ] as const)
    test(`PUT config: ${line}`, async () => {
      const { url } = leader(answered(line, JSON.stringify(INFO)))
      const asked = { method: 'PUT', path: '/connectors/a/config', body: '{}' }
      expect(
        await ask(
          follower(() => url),
          asked,
        ),
      ).toMatchObject({ status, body: INFO })
    })

  test('an error with its status, code, text and hint', async () => {
    const { url } = leader(
      answered(
        '418 Odd',
        refusal(419, 'no tea'),
        'Content-Type: application/json\r\nX-Bunnect-Hint: take coffee',
      ),
    )
    const { status, headers, body } = await ask(
      follower(() => url),
      CREATE,
    )
    expect([status, body, headers.get('x-bunnect-hint')]).toEqual([
      418,
      { error_code: 419, message: 'no tea' },
      'take coffee',
    ])
  })

  test('an error without a text', async () => {
    const { url } = leader(answered('500 Server Error', '{"error_code":500,"message":null}'))
    expect(
      await ask(
        follower(() => url),
        RESTART,
      ),
    ).toMatchObject({
      status: 500,
      body: { error_code: 500, message: null },
    })
  })

  for (const [what, answer, message] of [
    [
      'a redirect is not followed',
      answered('302 Found', '{}', 'Location: http://127.0.0.1:1/'),
      'Unexpected status code when handling forwarded request: 302',
    ],
    [
      'what is no JSON',
      answered('200 OK', '<html>', 'Content-Type: text/html'),
      expect.stringMatching(/^IO Error trying to forward REST request: HTTP 200: /),
    ],
    [
      'an error that is no JSON',
      answered('400 Bad', 'no', 'Content-Type: text/plain'),
      expect.stringMatching(/^IO Error trying to forward REST request: HTTP 400: /),
    ],
    [
      'a server that serves nothing',
      answered('404 Not Found', '<html>', 'Content-Type: text/html'),
      'IO Error trying to forward REST request: HTTP 404 without JSON',
    ],
    ['half an answer', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{', null],
    ['nothing', null, null],
  ] as const)
    test(`${what}: 500`, async () => {
      peer = new RawPeer((_request, socket) => {
        if (answer !== null) socket.write(answer)
        socket.end()
      })
      const { url } = peer
      const { status, body } = await ask(
        follower(() => url),
        RESTART,
      )
      expect(status).toBe(500)
      expect(body).toEqual({
        error_code: 500,
        message: message ?? expect.stringMatching(/^IO Error trying to forward REST request: /),
      })
    })

  test('nobody there: 500 with the address in the hint', async () => {
    const { url } = leader(null)
    peer?.close()
    const { status, headers, body } = await ask(
      follower(() => url),
      RESTART,
    )
    expect([status, body]).toEqual([
      500,
      refused('IO Error trying to forward REST request: java.net.ConnectException: Connection refused'),
    ])
    expect(headers.get('x-bunnect-hint')).toContain(url)
  })

  const refused = (message: string) => ({ error_code: 500, message })
})

describe('hops', () => {
  for (const [forward, sent] of [
    ['', 'forward=true'],
    ['?forward=true', 'forward=false'],
    ['?forward=TRUE', 'forward=false'],
  ])
    test(`${forward || 'none'} goes on as ${sent}`, async () => {
      const { url, requests } = leader(answered('204 No Content'))
      expect(
        (
          await ask(
            follower(() => url),
            { ...RESTART, path: RESTART.path + forward },
          )
        ).status,
      ).toBe(204)
      expect(requests[0]).toStartWith(`POST /connectors/a/restart?${sent} HTTP/1.1\r\n`)
    })

  for (const forward of ['?forward=false', '?forward=yes', '?forward='])
    test(`${forward} is not passed on`, async () => {
      const { url, requests } = leader(answered('204 No Content'))
      const { status, body } = await ask(
        follower(() => url),
        { ...DELETE, path: DELETE.path + forward },
      )
      expect([status, body]).toEqual([409, { error_code: 409, message: CONFLICT }])
      expect(requests).toEqual([])
    })

  test('nobody knows who it is for', async () => {
    expect(
      await ask(
        follower(() => null),
        DELETE,
      ),
    ).toMatchObject({
      status: 409,
      body: { error_code: 409, message: NO_LEADER },
    })
  })

  test('what workers ask each other goes on without its signature', async () => {
    const { url, requests } = leader(answered('204 No Content'))
    const headers = {
      'x-connect-authorization': 'AAAA',
      'x-connect-request-signature-algorithm': 'HmacSHA256',
      authorization: 'Basic abc',
    }
    const asked = { method: 'POST', path: '/connectors/a/tasks', headers, body: '[{"k":1.50},{}]' }
    expect(
      (
        await ask(
          follower(() => url),
          asked,
        )
      ).status,
    ).toBe(204)
    expect(requests.map(parts)).toMatchObject([
      { line: 'POST /connectors/a/tasks?forward=true HTTP/1.1', body: '[{"k":"1.50"},{}]' },
    ])
    expect(requests[0]?.toLowerCase()).not.toContain('x-connect-')
  })
})

describe('held in a rebalance', () => {
  const held = { holdMs: 20_000 }

  for (const [what, first] of [
    ['no leader is known there', answered('409 Conflict', refusal(409, NO_LEADER))],
    ['two hops were not enough', answered('409 Conflict', refusal(409, CONFLICT))],
    ['stale configuration', answered('409 Conflict', refusal(409, STALE))],
    [
      'a rebalance is expected',
      answered(
        '500 Server Error',
        refusal(500, 'Request cannot be completed because a rebalance is expected'),
      ),
    ],
    ['the leader is being stopped', answered('500 Server Error', refusal(500, 'Worker is shutting down'))],
    ['the leader serves nothing yet', answered('404 Not Found', '<html>', 'Content-Type: text/html')],
    [
      'the owner serves nothing yet',
      answered(
        '500 Server Error',
        refusal(500, 'IO Error trying to forward REST request: HTTP 404 without JSON'),
      ),
    ],
    [
      'the owner cannot be reached',
      answered(
        '500 Server Error',
        refusal(
          500,
          'IO Error trying to forward REST request: java.net.ConnectException: connect EHOSTUNREACH 10.0.0.1:8083',
        ),
      ),
    ],
  ] as const)
    test(`${what}: asked again`, async () => {
      const { url, requests } = leader(first, first, answered('204 No Content'))
      expect(
        (
          await ask(
            follower(() => url, held),
            RESTART,
          )
        ).status,
      ).toBe(204)
      expect(requests.length).toBe(3)
    })

  test('until somebody is known, and then there', async () => {
    const { url } = leader(answered('201 Created', JSON.stringify(INFO)))
    let asked = 0
    expect(
      (
        await ask(
          follower(() => (++asked < 4 ? null : url), held),
          CREATE,
        )
      ).status,
    ).toBe(201)
    expect(asked).toBe(4)
  })

  test('until a leader that was away is another one', async () => {
    const gone = new RawPeer(() => {})
    gone.close()
    const { url } = leader(answered('204 No Content'))
    let asked = 0
    expect(
      (
        await ask(
          follower(() => (++asked < 3 ? gone.url : url), held),
          RESTART,
        )
      ).status,
    ).toBe(204)
  })

  test('it waits for the group', async () => {
    const settled = Promise.withResolvers<void>()
    const { url, requests } = leader(answered('204 No Content'))
    let known: string | null = null
    let waits = 0
    const app = follower(() => known, {
      ...held,
      own: {
        groupSettled: () => {
          waits++
          return settled.promise
        },
      },
    })
    const answer = ask(app, RESTART)
    await Bun.sleep(100)
    expect([waits, requests.length]).toEqual([1, 0])
    known = url
    settled.resolve()
    expect((await answer).status).toBe(204)
  })

  test('when the time is up: the JVM’s answer', async () => {
    expect(
      await ask(
        follower(() => null, { holdMs: 200 }),
        DELETE,
      ),
    ).toMatchObject({
      status: 409,
      body: { error_code: 409, message: NO_LEADER },
    })
  })

  test('a group that does not settle: the JVM’s answer', async () => {
    const own = {
      groupSettled: (signal: AbortSignal) =>
        new Promise<void>(resolve => signal.addEventListener('abort', () => resolve())),
    }
    expect(
      (
        await ask(
          follower(() => null, { holdMs: 200, own }),
          DELETE,
        )
      ).status,
    ).toBe(409)
  })

  for (const forward of ['?forward=true', '?forward=false'])
    test(`never what another worker has sent on (${forward})`, async () => {
      let asked = 0
      const where = () => {
        asked++
        return null
      }
      expect((await ask(follower(where, held), { ...DELETE, path: DELETE.path + forward })).status).toBe(409)
      expect(asked).toBe(1)
    })

  test('never what workers ask each other', async () => {
    let asked = 0
    const where = () => {
      asked++
      return null
    }
    const body = '[]'
    expect(
      (await ask(follower(where, held), { method: 'POST', path: '/connectors/a/tasks', body })).status,
    ).toBe(409)
    expect((await ask(follower(where, held), { method: 'PUT', path: '/connectors/a/fence' })).status).toBe(
      409,
    )
    expect(asked).toBe(2)
  })

  test('no error that has come to stay', async () => {
    const { url, requests } = leader(answered('404 Not Found', refusal(404, 'Connector a not found')))
    expect(
      (
        await ask(
          follower(() => url, held),
          DELETE,
        )
      ).status,
    ).toBe(404)
    expect(requests.length).toBe(1)
  })

  test('nor one that is no answer of a worker: the page of whoever asks for a password', async () => {
    const { url, requests } = leader(answered('401 Unauthorized', 'User cannot access the resource.', 'A: b'))
    const { status, body } = await ask(
      follower(() => url, held),
      DELETE,
    )
    expect([status, body]).toEqual([
      500,
      {
        error_code: 500,
        message: expect.stringMatching(/^IO Error trying to forward REST request: HTTP 401: /),
      },
    ])
    expect(requests.length).toBe(1)
  })

  test('nor what comes of a certificate that is not trusted', async () => {
    const stores = `${import.meta.dir}/../client-properties/stores`
    const tls = { key: Bun.file(`${stores}/server.key`), cert: Bun.file(`${stores}/server.pem`) }
    const server = Bun.serve({ hostname: '127.0.0.1', port: 0, tls, fetch: () => Response.json({}) })
    let asked = 0
    const where = () => {
      asked++
      return `https://localhost:${server.port}/`
    }
    const { status, headers } = await ask(follower(where, held), DELETE)
    expect([status, asked]).toEqual([500, 1])
    expect(headers.get('x-bunnect-hint')).toContain('trust store')
    await server.stop(true)
  })

  test('not for a client that has gone', async () => {
    const client = new AbortController()
    let asked = 0
    const app = follower(() => {
      if (++asked === 2) client.abort()
      return null
    }, held)
    expect((await ask(app, DELETE, client.signal)).status).toBe(400)
    expect(asked).toBe(2)
  })
})

describe('a leader that has taken the request and hangs', () => {
  /** It never answers by itself; another one leads when the test says so. */
  function hanging() {
    const arrived = Promise.withResolvers<Socket<unknown>>()
    const mute = new RawPeer((_request, socket) => arrived.resolve(socket))
    const { url, requests } = leader(answered('201 Created', JSON.stringify(INFO)))
    let tenure = new AbortController()
    let known = mute.url
    const app = (holdMs: number) => follower(() => known, { holdMs, own: { tenure: () => tenure.signal } })
    const replace = async () => {
      const socket = await arrived.promise
      const before = tenure
      tenure = new AbortController()
      known = url
      before.abort(new Error('another worker leads the group'))
      return socket
    }
    return { app, replace, requests, mute }
  }

  test('is not waited for when another one leads: that one is asked', async () => {
    const { app, replace, requests, mute } = hanging()
    const answer = ask(app(20_000), CREATE)
    await replace()
    expect(await answer).toMatchObject({ status: 201, body: INFO })
    expect([mute.requests.length, requests.length]).toEqual([1, 1])
    mute.close()
  }, 120_000)

  for (const [what, asked, holdMs] of [
    ['a restart, which nobody asks for twice', RESTART, 20_000],
    ['what is not held', DELETE, 0],
    ['what another worker has sent on', { ...DELETE, path: `${DELETE.path}?forward=true` }, 20_000],
  ] as const)
    test(`${what}: its answer counts`, async () => {
      const { app, replace, requests, mute } = hanging()
      const answer = ask(app(holdMs), asked)
      const socket = await replace()
      socket.write(answered('204 No Content'))
      expect((await answer).status).toBe(204)
      expect([mute.requests.length, requests.length]).toEqual([1, 0])
      mute.close()
    }, 120_000)
})

describe('nobody knows what became of it', () => {
  const held = { holdMs: 20_000 }

  test('a restart is not asked for twice', async () => {
    const { url, requests } = leader(null, answered('204 No Content'))
    expect(
      (
        await ask(
          follower(() => url, held),
          RESTART,
        )
      ).status,
    ).toBe(500)
    expect(requests.length).toBe(1)
  })

  test('a deleted connector that is not there any more: 204', async () => {
    const { url, requests } = leader(null, answered('404 Not Found', refusal(404, 'Connector a not found')))
    expect(
      (
        await ask(
          follower(() => url, held),
          DELETE,
        )
      ).status,
    ).toBe(204)
    expect(requests.length).toBe(2)
  })

  test('a configuration is written again', async () => {
    const { url, requests } = leader(null, answered('200 OK', JSON.stringify(INFO)))
    const asked = { method: 'PUT', path: '/connectors/a/config', body: '{}' }
    expect(
      (
        await ask(
          follower(() => url, held),
          asked,
        )
      ).status,
    ).toBe(200)
    expect(requests.length).toBe(2)
  })

  const EXISTS = answered('409 Conflict', refusal(409, 'Connector a already exists'))
  const config = { 'connector.class': 'X' }
  const created = { ...CREATE, body: JSON.stringify({ name: 'a', config }) }

  test('a connector that exists now just as it was to be created: 201', async () => {
    const { url } = leader(null, EXISTS)
    const own = { connectorInfo: async () => INFO as never }
    expect(
      await ask(
        follower(() => url, { ...held, own }),
        created,
      ),
    ).toMatchObject({ status: 201, body: INFO })
  })

  test('one that somebody else has created: 409', async () => {
    const { url } = leader(null, EXISTS)
    const own = { connectorInfo: async () => ({ ...INFO, config: { ...INFO.config, x: '1' } }) as never }
    expect(
      (
        await ask(
          follower(() => url, { ...held, own }),
          created,
        )
      ).status,
    ).toBe(409)
  })

  test('one that was there before: 409 without a second time', async () => {
    const { url, requests } = leader(EXISTS)
    expect(
      (
        await ask(
          follower(() => url, held),
          created,
        )
      ).status,
    ).toBe(409)
    expect(requests.length).toBe(1)
  })
})

describe('reads', () => {
  const own = (catchUp: () => Promise<boolean>, more = {}) => ({
    own: {
      catchUp,
      connectorConfig: async () => ({ a: '1' }),
      connectors: async () => [],
      connectorStatus: async () => {
        throw new HerderError('NO_STATUS', 'a')
      },
      ...more,
    },
  })

  for (const path of ['/connectors', '/connectors/a/config', '/connectors/a/status'])
    test(`GET ${path} says when it may be old`, async () => {
      let asked = 0
      const app = follower(
        () => null,
        own(async () => ++asked > 1),
      )
      expect((await ask(app, { method: 'GET', path })).headers.get('x-bunnect-stale')).toBe('true')
      expect((await ask(app, { method: 'GET', path })).headers.get('x-bunnect-stale')).toBeNull()
      expect(asked).toBe(2)
    })

  test('pause looks for what others have created, too', async () => {
    const steps: string[] = []
    const app = follower(
      () => null,
      own(
        async () => {
          steps.push('caught up')
          return false
        },
        { setTargetState: async () => void steps.push('paused') },
      ),
    )
    const { status, headers } = await ask(app, { method: 'PUT', path: '/connectors/a/pause' })
    expect([status, headers.get('x-bunnect-stale'), steps]).toEqual([202, null, ['caught up', 'paused']])
  })

  test('other workers and what is not about connectors do not wait', async () => {
    let asked = 0
    const app = follower(
      () => null,
      own(async () => ++asked > 0, { serverInfo: async () => ({}) }),
    )
    await ask(app, { method: 'GET', path: '/connectors/a/config?forward=true' })
    await ask(app, { method: 'GET', path: '/' })
    await ask(app, { method: 'POST', path: '/connectors/a/tasks', body: '[]' })
    expect(asked).toBe(0)
  })
})

test('a worker that disappears in the middle of what it sends: nothing is done', async () => {
  const closed = Promise.withResolvers<number>()
  let puts = 0
  const app = follower(() => null, { own: { putTaskConfigs: async () => void puts++ } })
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async request => {
      const answer = await app.fetch(request)
      closed.resolve(answer.status)
      return answer
    },
  })
  const head = 'POST /connectors/a/tasks HTTP/1.1\r\nHost: w\r\nContent-Length: 100\r\n\r\n'
  const socket = await Bun.connect({ hostname: '127.0.0.1', port: server.port!, socket: { data() {} } })
  socket.write(`${head}[{"a":"1"}]`)
  socket.flush()
  await Bun.sleep(50)
  socket.terminate()
  expect(await closed.promise).toBe(400)
  expect(puts).toBe(0)
  await server.stop(true)
})
