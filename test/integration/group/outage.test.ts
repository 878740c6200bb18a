/** A member whose brokers are not there yet, go away, come back, take nobody else, or are none. */
import { afterAll, afterEach, describe, expect, test } from 'bun:test'
import { redirect } from '../../../src/observe/log.ts'
import { type Broker, startBroker } from '../../servers/kafka.ts'
import { freePort } from '../../servers/ports.ts'
import { until } from '../../servers/run.ts'
import { GroupWorker, optionsFor } from './group-worker.ts'

let own: GroupWorker
let lines: string[] = []
const restore = redirect(line => lines.push(line))
afterAll(restore)
afterEach(async () => {
  await own.member.close()
  expect(own.overlaps).toEqual([])
  lines = []
})

describe('a broker', () => {
  let broker: Broker
  afterAll(() => broker?.stop())

  test('that is not there yet is waited for', async () => {
    const port = await freePort()
    own = new GroupWorker(optionsFor(`127.0.0.1:${port}`, 'early', { sessionTimeoutMs: 6000 }))
    own.start()
    await until('the warning', () => lines.find(line => line.includes('WARN')))
    expect(lines.find(line => line.includes('WARN'))).toContain(
      'check that the brokers of bootstrap.servers run and can be reached from here',
    )
    broker = await startBroker({ port, set: { 'group.max.size': '1' } })
    await own.rounded(1)
    expect(own.lostBecause).toEqual([])
  })

  test('whose groups are full says to a second worker what to do, and the first goes on', async () => {
    const options = (clientId: string) =>
      optionsFor(broker.bootstrap, 'full', { clientId, sessionTimeoutMs: 6000 })
    own = new GroupWorker(options('first'))
    own.tasks = { a: 1 }
    await own.start().rounded(1)
    const second = new GroupWorker(options('second'))
    const failure = await second.start().failing()
    await second.member.close()
    expect(failure.message).toStartWith('The group full has as many members as the brokers allow')
    expect((failure as { hint?: string }).hint).toContain('raise group.max.size on the brokers')
    expect(own.rounds).toHaveLength(1)
    expect(own.member.held?.connectors).toEqual(['a'])
  })

  test('that is killed and comes back: what is held is given up meanwhile, and given back by the next round', async () => {
    own = new GroupWorker(optionsFor(broker.bootstrap, 'outage', { sessionTimeoutMs: 6000 }))
    own.tasks = { a: 1 }
    await own.start().rounded(1)
    await broker.kill()
    await until('the work to be given up', () => own.lostBecause.length === 1)
    expect(own.lostBecause[0]).toStartWith(
      'Broker coordinator was unreachable for 300ms. Revoking previous assignment Assignment{error=0, ',
    )
    expect(own.member.held).toBeNull()
    expect(own.member.current).toBeNull()
    await broker.start()
    const second = await own.rounded(2)
    expect(second.assignment.assigned).toEqual({ connectors: ['a'], tasks: [{ connector: 'a', task: 0 }] })
    expect(own.lostBecause).toHaveLength(1)
    // Away for seconds, with an attempt every half of one: one line.
    expect(lines.filter(line => line.includes('cannot be reached'))).toHaveLength(1)
    expect(own.failure).toBeNull()
  })

  test('the way that led to the coordinator may go, once it is found', async () => {
    const proxy = await cuttingProxy(broker.bootstrap)
    own = new GroupWorker(optionsFor(proxy.bootstrap, 'cut', { sessionTimeoutMs: 6000 }))
    await own.start().rounded(1)
    // The coordinator's own address is the broker's; what goes through the proxy is the way to it.
    const { opened } = own.member.metrics.traffic
    proxy.stop()
    await until('heartbeats', () => own.member.metrics.lastHeartbeatAt !== null)
    expect(own.member.metrics.traffic.opened).toBe(opened)
    expect(own.rounds).toHaveLength(1)
  })
})

describe('a server that is no broker', () => {
  const answers: Record<
    string,
    (socket: { write(data: Uint8Array | string): unknown; end(): unknown }) => void
  > = {
    'answers HTTP': socket => socket.write('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'),
    'says nothing': () => {},
    'hangs up': socket => socket.end(),
    'answers a request that nobody sent': socket => socket.write(Buffer.from('00000006000000630000', 'hex')),
    'sends an answer that ends too early': socket => socket.write(Buffer.from('00000005000000010000', 'hex')),
  }
  for (const [name, answer] of Object.entries(answers)) {
    test(`that ${name} is attempted again, and can be left at once`, async () => {
      let connections = 0
      const server = Bun.listen({
        hostname: '127.0.0.1',
        port: await freePort(),
        socket: { open: () => void connections++, data: answer },
      })
      own = new GroupWorker(optionsFor(`127.0.0.1:${server.port}`, 'nobody', { connectTimeoutMs: 200 }))
      own.start()
      await until('another attempt', () => connections > 2)
      await own.member.close()
      server.stop(true)
      expect(own.failure).toBeNull()
      expect(lines.filter(line => line.includes('WARN'))).toHaveLength(1)
    })
  }
})

/** Passes bytes on until it is stopped. */
async function cuttingProxy(bootstrap: string) {
  const [hostname = '', port] = bootstrap.split(':')
  const server = Bun.listen<{ to: Promise<Bun.Socket<undefined>> }>({
    hostname: '127.0.0.1',
    port: await freePort(),
    socket: {
      open(socket) {
        const to = Bun.connect({
          hostname,
          port: Number(port),
          socket: { data: (_, bytes) => void socket.write(bytes), close: () => void socket.end() },
        })
        socket.data = { to }
      },
      data: async (socket, bytes) => void (await socket.data.to).write(bytes),
      close: async socket => void (await socket.data.to).end(),
    },
  })
  return { bootstrap: `127.0.0.1:${server.port}`, stop: () => server.stop(true) }
}
