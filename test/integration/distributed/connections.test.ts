/** Brokers whose connections break, or open and say nothing: the worker goes on by itself, and nothing is lost. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { appendFileSync, writeFileSync } from 'node:fs'
import { CuttingProxy } from '../../servers/cutting-proxy.ts'
import { type Broker, startBroker } from '../../servers/kafka.ts'
import { freePort } from '../../servers/ports.ts'
import { Cluster, until } from './workers.ts'

let broker: Broker
let proxy: CuttingProxy
let cluster: Cluster
beforeAll(async () => {
  const [direct, behind, front, controller] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ]
  // The probe and the broker's own start go straight; who comes by the proxy is told of the proxy.
  broker = await startBroker({
    port: direct,
    set: {
      listeners: `PLAINTEXT://127.0.0.1:${direct},CUT://127.0.0.1:${behind},CONTROLLER://127.0.0.1:${controller}`,
      'controller.quorum.voters': `1@127.0.0.1:${controller}`,
      'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,CUT:PLAINTEXT',
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${direct},CUT://127.0.0.1:${front}`,
    },
  })
  proxy = new CuttingProxy(front, behind)
}, 120_000)
afterAll(async () => {
  proxy.close()
  await broker.stop()
})
beforeEach(() => {
  cluster = new Cluster(broker.bootstrap)
})
afterEach(() => cluster.close(), 60_000)

const quick = {
  'session.timeout.ms': '6000',
  'heartbeat.interval.ms': '500',
  'offset.flush.interval.ms': '200',
}
const through = () => ({ ...quick, 'bootstrap.servers': `127.0.0.1:${proxy.port}` })
const config = () => ({
  'connector.class': 'FileStreamSource',
  file: cluster.path('in'),
  topic: `${cluster.group}-lines`,
})
const lines = async () =>
  (await cluster.probe.readAll(`${cluster.group}-lines`)).map(({ value }) => Number(value))

/** Feeds lines until `stop` is called; resolves with how many there were. */
function feed() {
  let fed = 0
  writeFileSync(cluster.path('in'), '')
  const timer = setInterval(() => {
    appendFileSync(cluster.path('in'), `${fed++}\n${fed++}\n`)
  }, 2)
  return { fed: () => fed, stop: () => clearInterval(timer) }
}

/** Every line is there, each for the first time in its order. */
async function expectLines(count: number): Promise<void> {
  await until('the last line', async () => (await lines()).includes(count - 1), 60_000)
  expect([...new Set(await lines())]).toEqual(Array.from({ length: count }, (_, i) => i))
}

test('all connections cut ten times while lines flow and connectors are made', async () => {
  await cluster.start(through())
  const source = feed()
  try {
    await cluster.create('lines', config())
    await cluster.awaitState('lines', 'RUNNING', 1)
    let made = 0
    for (let round = 0; round < 10; round++) {
      const before = source.fed()
      await until('lines to flow', async () => (await lines()).at(-1)! > before)
      const [answer] = await Promise.all([
        cluster.create(`c${round}`, { ...config(), file: '/dev/null' }, 'STOPPED'),
        proxy.cut(),
      ])
      // Whether the broker has it cannot be known; an error says that, and the name may be taken afterwards.
      if (answer.status === 201) made++
      else expect(answer.body.message).toMatch(/Kafka|rebalance|group/)
    }
    source.stop()
    await expectLines(source.fed())
    await cluster.awaitState('lines', 'RUNNING', 1)
    const names: string[] = (await cluster.ask('GET', '/connectors')).body
    expect(names.length).toBeGreaterThan(made)
    expect(made).toBeGreaterThan(0)
  } finally {
    source.stop()
  }
}, 120_000)

test('connections that break in the middle of requests and answers, also while the worker starts', async () => {
  proxy.cutEvery(30_000)
  const source = feed()
  try {
    await cluster.start(through())
    await until('a connector', async () => (await cluster.create('lines', config())).status < 410, 60_000)
    const before = proxy.opened
    await until('lines over broken connections', async () => (await lines()).length > 2000, 60_000)
    await until('breaks', () => proxy.opened > before + 10, 60_000)
  } finally {
    source.stop()
    proxy.cutEvery(Number.POSITIVE_INFINITY)
  }
  await expectLines(source.fed())
  await cluster.awaitState('lines', 'RUNNING', 1)
}, 150_000)

test('a broker that says nothing: what only reads is answered, what writes gets an error, and it comes back', async () => {
  await cluster.start(through())
  const source = feed()
  try {
    await cluster.create('lines', config())
    await cluster.awaitState('lines', 'RUNNING', 1)
    proxy.mute(true)
    const created = cluster.create('late', { ...config(), file: '/dev/null' }, 'STOPPED')
    const read = await cluster.ask('GET', '/connectors/lines/config')
    expect([read.status, read.body.name]).toEqual([200, 'lines'])
    const answer = await created
    expect(answer.status).toBe(500)
    expect(answer.body.message).toContain('Error writing connector configuration to Kafka')
    proxy.mute(false)
    proxy.cut()
    await until('a creation', async () => (await cluster.create('next', config())).status === 201, 60_000)
    await cluster.awaitState('next', 'RUNNING', 1)
  } finally {
    source.stop()
    proxy.mute(false)
  }
  await expectLines(source.fed())
}, 150_000)
