import { afterEach, expect, jest, test } from 'bun:test'
import { connect } from 'node:net'
import { parseListener } from '../../../src/config/worker/listeners.ts'
import { BodyRoom, LARGEST_BODY } from '../../../src/rest/body-room.ts'
import { serve } from '../../../src/rest/server.ts'
import { Door } from './door.ts'

afterEach(() => void jest.useRealTimers())

const staying = new AbortController().signal

/** Reads that last until they are told to end. */
function reads(room: BodyRoom) {
  const begun: string[] = []
  const read = (name: string, bytes: number, signal = staying) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const done = room.during(bytes, signal, () => {
      begun.push(name)
      return promise
    })
    done.catch(() => {})
    return { done, end: () => resolve(name), fail: () => reject(new Error(name)) }
  }
  return { begun, read }
}

const turn = () => new Promise(resolve => setImmediate(resolve))

test('bodies are read while there is room, in the order in which they came', async () => {
  const { begun, read } = reads(new BodyRoom(10))
  const [a, b, c, d] = [read('a', 6), read('b', 4), read('c', 10), read('d', 1)]
  await turn()
  expect(begun).toEqual(['a', 'b'])
  a.end()
  expect(await a.done).toBe('a')
  await turn()
  expect(begun).toEqual(['a', 'b'])
  b.fail()
  await expect(b.done).rejects.toThrow('b')
  await turn()
  expect(begun).toEqual(['a', 'b', 'c'])
  c.end()
  await turn()
  expect(begun).toEqual(['a', 'b', 'c', 'd'])
  d.end()
  expect(await d.done).toBe('d')
})

test('who goes while waiting holds nobody up', async () => {
  const { begun, read } = reads(new BodyRoom(10))
  const leaving = new AbortController()
  const a = read('a', 6)
  const b = read('b', 10, leaving.signal)
  const c = read('c', 4)
  await turn()
  expect(begun).toEqual(['a'])
  leaving.abort(new Error('gone'))
  await expect(b.done).rejects.toThrow('gone')
  await turn()
  expect(begun).toEqual(['a', 'c'])
  a.end()
  c.end()
  await expect(read('d', 1, leaving.signal).done).rejects.toThrow('gone')
  const e = read('e', 10)
  e.end()
  expect(await e.done).toBe('e')
})

test('who sends too slowly gives its room back, and who finds none for long waits no longer', async () => {
  jest.useFakeTimers()
  const { begun, read } = reads(new BodyRoom(10))
  const [a, b, , d] = [read('a', 10), read('b', 10), read('c', 10), read('d', 10)]
  await settled()
  jest.advanceTimersByTime(30_000)
  expect(await a.done.catch(error => error)).toMatchObject({ status: 408, message: 'Request Timeout' })
  await settled()
  expect(begun).toEqual(['a', 'b'])
  jest.advanceTimersByTime(30_000)
  expect(await b.done.catch(error => error)).toMatchObject({ status: 408 })
  expect(await d.done.catch(error => error)).toMatchObject({ status: 503, message: 'Service Unavailable' })
})

/** Promises that are kept have been told; no timer is needed for it. */
async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await null
}

for (const [what, bytes] of [
  ['small', 100],
  ['large', LARGEST_BODY],
] as const)
  test(`a ${what} body that falls silent: 408 with the error body, and its connection ends`, async () => {
    const door = await Door.open()
    const server = serve([parseListener('http://127.0.0.1:0')])
    const begun = Promise.withResolvers<void>()
    server.mount({
      fetch(request) {
        jest.useFakeTimers()
        const answer = door.fetch(request)
        begun.resolve()
        return answer
      },
    })
    try {
      const socket = connect(server.bound[0]!.port, '127.0.0.1')
      const seen: string[] = []
      const ended = new Promise<void>(resolve => socket.on('close', () => resolve()))
      socket.on('data', part => seen.push(String(part)))
      socket.write(
        `PUT /connectors/a/config HTTP/1.1\r\nHost: w\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n{`,
      )
      await begun.promise
      await settled()
      jest.advanceTimersByTime(30_000)
      await ended
      const [head = '', body = ''] = seen.join('').split('\r\n\r\n')
      expect(head).toMatch(/^HTTP\/1\.1 408 /)
      expect(head.toLowerCase()).toContain(
        'x-bunnect-hint: the request body has not come in whole within 30 s',
      )
      expect(JSON.parse(body)).toEqual({ error_code: 408, message: 'Request Timeout' })
    } finally {
      jest.useRealTimers()
      await server.close(0)
      await door.close()
    }
  }, 120_000)

test('clients that stop in the middle of large bodies: small ones are served, the next large one when they go', async () => {
  const door = await Door.open()
  const server = serve([parseListener('http://127.0.0.1:0')])
  server.mount({ fetch: request => door.fetch(request) })
  try {
    const { port } = server.bound[0]!
    const head = (bytes: number) =>
      `PUT /connectors/a/config HTTP/1.1\r\nHost: w\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n`
    const slow = await Promise.all(
      Array.from({ length: 2 }, async () => {
        const socket = connect(port, '127.0.0.1')
        socket.on('error', () => {})
        await new Promise<void>(resolve => socket.write(`${head(LARGEST_BODY)}{`, () => resolve()))
        return socket
      }),
    )
    const put = (body: string) =>
      fetch(`http://127.0.0.1:${port}/connectors/a/config`, {
        method: 'PUT',
        body,
        headers: { 'content-type': 'application/json' },
      }).then(answer => answer.status)
    // Whoever was first has been read by now, for requests are taken in their order.
    expect(await put('[]')).toBe(400)
    const large = put(`["${'x'.repeat(1_000_000)}"]`)
    const first = await Promise.race([large.then(() => 'large'), put('[]').then(() => 'small')])
    expect(first).toBe('small')
    for (const socket of slow) socket.destroy()
    expect(await large).toBe(400)
  } finally {
    await server.close(0)
    await door.close()
  }
}, 120_000)
