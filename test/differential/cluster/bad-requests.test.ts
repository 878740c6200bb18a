/** Requests between workers that no worker has sent: refused with the reason, nothing is written or started. */
import { beforeAll, describe, expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { connect } from 'node:net'
import { ground } from '../../servers/ground.ts'
import { isTask } from '../../servers/group-view.ts'
import { until } from '../../servers/run.ts'
import type { Side } from '../../servers/worker.ts'
import type { WorkerGroup } from '../../servers/worker-group.ts'
import { idleSink, startWithSinks } from './idle-sink.ts'

const { group: newGroup } = ground()

describe.each([
  ['of ours alone', 'bunnect'],
  ['beside the JVM', 'jvm'],
] as [string, Side][])('in a group %s', (_, side) => {
  let group: WorkerGroup
  beforeAll(async () => {
    // A new key every few seconds.
    group = newGroup(`requests-${side}`, { 'inter.worker.key.ttl.ms': '3000' })
    await startWithSinks(group, side, ['x1', 'x2'])
    // Of a key that has just been replaced a follower has to send them again.
    await until('all tasks', async () => {
      const configured = await group.configured()
      return ['x1-1', 'x2-1'].every(task => configured.includes(task))
    })
    await group.settled()
    expect(await group.leader()).toBe('b')
  }, 300_000)

  /** The keys so far, the oldest first. */
  const keys = async () =>
    (await group.entries('configs'))
      .filter(({ key }) => key === 'session-key')
      .map(({ value }) => Buffer.from(JSON.parse(value!).key, 'base64'))

  const signed = (body: string, key: Buffer, algorithm = 'HmacSHA256', digest = 'sha256') => ({
    'X-Connect-Authorization': createHmac(digest, key).update(body).digest('base64'),
    'X-Connect-Request-Signature-Algorithm': algorithm,
  })

  const post = async (worker: string, body: string, headers: Record<string, string>) => {
    const answer = await group.worker(worker).fetch('/connectors/x1/tasks', {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/json', ...headers },
    })
    const text = await answer.text()
    return [answer.status, text === '' ? null : JSON.parse(text).message]
  }
  const forged = '[{"task.class":"forged"}]'
  const work = async () =>
    (await group.entries('configs')).filter(({ key }) => key !== 'session-key').map(({ key }) => key)

  test('forged ones', async () => {
    const before = await work()
    const [first = Buffer.alloc(0)] = await keys()
    await until('a third key', async () => (await keys()).length > 2)
    const headers = (signature: string, algorithm: string) => ({
      'X-Connect-Authorization': signature,
      'X-Connect-Request-Signature-Algorithm': algorithm,
    })
    for (const worker of ['b', 'a']) {
      expect(await post(worker, forged, {})).toEqual([400, 'Internal request missing required signature'])
      expect(await post(worker, forged, headers('AAAA', 'HmacFoo'))).toEqual([
        400,
        'Algorithm HmacFoo not available',
      ])
      expect(await post(worker, forged, headers('AA!A', 'HmacSHA256'))).toEqual([
        400,
        'Illegal base64 character 21',
      ])
      const [status, message] = await post(worker, forged, signed(forged, first, 'HmacMD5', 'md5'))
      expect(status).toBe(400)
      expect(message).toStartWith("This worker does not support the 'HmacMD5' key signing algorithm")
      const invalid = [403, 'Internal request contained invalid signature.']
      expect(await post(worker, forged, signed(forged, Buffer.alloc(32)))).toEqual(invalid)
      expect(await post(worker, forged, signed(forged, first))).toEqual(invalid)
      expect(await post(worker, forged, signed('[]', (await keys()).at(-1)!))).toEqual(invalid)
    }
    expect(await work()).toEqual(before)
    await group.settled()
  }, 300_000)

  test('one that is sent again is a retry to the leader, on either side: it writes the same, and nothing runs twice', async () => {
    const tasks = (await group.body('b', 'GET', '/connectors/x1/tasks')) as { config: object }[]
    const body = JSON.stringify(tasks.map(task => task.config))
    // A key may be replaced between its being read here and there.
    for (let times = 0; times < 3; times++)
      await until(
        'the leader to take it',
        async () => (await post('b', body, signed(body, (await keys()).at(-1)!)))[0] === 204,
      )
    expect(await group.body('b', 'GET', '/connectors/x1/tasks')).toEqual(tasks)
    await group.settled()
  }, 300_000)

  test('one to a follower is not signed by it for the leader', async () => {
    const before = await work()
    await until('the follower to have the key', async () => {
      const [status, message] = await post('a', forged, signed(forged, (await keys()).at(-1)!))
      return status === 400 && message === 'Internal request missing required signature'
    })
    expect(await work()).toEqual(before)
  }, 300_000)

  test('work that nobody leaves is not handed over', async () => {
    const holdings = await group.settled()
    const body = JSON.stringify({
      worker: `http://${group.idOf('a')}/`,
      connectors: holdings['a']!.filter(item => !isTask(item)),
      tasks: [],
    })
    const takeOver = async (headers: Record<string, string>) => {
      const answer = await group.worker('b').fetch('/bunnect/take-over', { method: 'POST', body, headers })
      await answer.text()
      return answer.status
    }
    expect(await takeOver({})).toBe(400)
    expect(await takeOver(signed(body, Buffer.alloc(32)))).toBe(403)
    expect(await group.settled()).toEqual(holdings)
  }, 300_000)

  test('a forwarder that disappears', async () => {
    const before = await work()
    const request = (name: string) => {
      const body = JSON.stringify({ name, config: { name, ...idleSink(group, name, 2) } })
      const head = `POST /connectors?forward=true HTTP/1.1\r\nHost: b\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`
      return { head, body }
    }
    for (let times = 0; times < 5; times++) {
      const { head, body } = request('never')
      await spoken(group.worker('b').port, head + body.slice(0, body.length >> 1))
    }
    await group.settled()
    expect(await work()).toEqual(before)
    // Whether this one is carried out nobody knows; it is once at most.
    const { head, body } = request('maybe')
    for (let times = 0; times < 3; times++) await spoken(group.worker('b').port, head + body)
    const { status } = await group.ask('a', 'PUT', '/connectors/maybe/config', idleSink(group, 'maybe', 2))
    expect([200, 201]).toContain(status)
    await until('its tasks', async () => (await group.configured()).includes('maybe-1'))
    await group.settled()
    expect(await group.takenOverUntold()).toEqual([])
  }, 300_000)
})

/** Says it and is gone. */
async function spoken(port: number, text: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const socket = connect(port, '127.0.0.1', () => socket.write(text, () => socket.resetAndDestroy()))
  socket.on('error', reject)
  socket.on('close', () => resolve())
  await promise
}
