/** A worker that logs in over SASL and may not do everything: what it cannot do is said with the right it lacks. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { causesAndHint } from '../../../src/data/errors.ts'
import { type Broker, startBroker } from '../../servers/kafka.ts'
import { freePort } from '../../servers/ports.ts'
import { Cluster, until } from './workers.ts'

const LOGIN = 'org.apache.kafka.common.security.plain.PlainLoginModule required'
let broker: Broker
let secured: number
let cluster: Cluster
beforeAll(async () => {
  const [open, controller] = [await freePort(), await freePort()]
  secured = await freePort()
  const brokers = [`PLAINTEXT://127.0.0.1:${open}`, `SASL_PLAINTEXT://127.0.0.1:${secured}`]
  const users = ['connect', 'other'].map(user => `user_${user}="${user}-secret"`).join(' ')
  broker = await startBroker({
    port: open,
    set: {
      listeners: [...brokers, `CONTROLLER://127.0.0.1:${controller}`].join(','),
      'advertised.listeners': brokers.join(','),
      'controller.quorum.voters': `1@127.0.0.1:${controller}`,
      'listener.security.protocol.map':
        'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT',
      'sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.sasl_plaintext.plain.sasl.jaas.config': `${LOGIN} ${users};`,
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS',
    },
  })
}, 120_000)
afterAll(() => broker.stop())
beforeEach(() => {
  cluster = new Cluster(broker.bootstrap)
})
afterEach(() => cluster.close(), 60_000)

const as = (user: string, password = `${user}-secret`) => ({
  'bootstrap.servers': `127.0.0.1:${secured}`,
  'security.protocol': 'SASL_PLAINTEXT',
  'sasl.mechanism': 'PLAIN',
  'sasl.jaas.config': `${LOGIN} username="${user}" password="${password}";`,
  'offset.flush.interval.ms': '200',
})
/** Clients of connectors log in as the worker does. */
const withClients = (keys: Record<string, string>) => ({
  ...keys,
  ...Object.fromEntries(
    ['producer', 'consumer', 'admin'].flatMap(client =>
      ['security.protocol', 'sasl.mechanism', 'sasl.jaas.config'].map(key => [
        `${client}.${key}`,
        keys[key]!,
      ]),
    ),
  ),
})
type Right = [verb: '--allow-principal' | '--deny-principal', operations: string[], resource: string[]]
async function grant(...rights: Right[]): Promise<void> {
  await Promise.all(
    rights.map(([verb, operations, resource]) =>
      broker.tool(
        'acl',
        '--add',
        '--force',
        verb,
        'User:connect',
        ...operations.flatMap(operation => ['--operation', operation]),
        ...resource,
      ),
    ),
  )
}
/** What a worker of this cluster needs: its topics, groups and lines. */
const all = (): Right[] => [
  ['--allow-principal', ['All'], ['--topic', cluster.group, '--resource-pattern-type', 'prefixed']],
  ['--allow-principal', ['All'], ['--group', cluster.group, '--resource-pattern-type', 'prefixed']],
]
const topic = (name: string) => ['--topic', `${cluster.group}-${name}`]
const config = () => ({
  'connector.class': 'FileStreamSource',
  file: cluster.path('in'),
  topic: `${cluster.group}-lines`,
})
const failure = (fatal: Promise<unknown>) => fatal.then(String, error => error)

test('a wrong password ends the worker and says that it is the password', async () => {
  const { fatal } = await cluster.start(as('connect', 'wrong'))
  const told = causesAndHint(await failure(fatal))
  expect(told).toContain('Invalid username or password')
  expect(told).toContain('check sasl.mechanism and sasl.jaas.config')
}, 120_000)

test('no right at all: it ends with the topic and the right that it lacks', async () => {
  const { fatal } = await cluster.start(as('other'))
  const error = await failure(fatal)
  expect(causesAndHint(error)).toContain(cluster.group)
  expect(causesAndHint(error)).toMatch(/CREATE|DESCRIBE|READ/)
  expect(error.exitCode).toBeGreaterThan(0)
}, 120_000)

test('no right to the group: it ends with the group and the right', async () => {
  await grant(all()[0]!)
  const { fatal } = await cluster.start(as('connect'))
  const told = causesAndHint(await failure(fatal))
  expect(told).toContain(`Not authorized to access group: ${cluster.group}`)
  expect(told).toContain('the rights READ and DESCRIBE on the group')
}, 120_000)

test('all rights it needs: it runs, and says which one fails when one is taken away', async () => {
  await grant(...all())
  await Bun.write(cluster.path('in'), 'one\n')
  await cluster.start(withClients(as('connect')))
  expect((await cluster.create('lines', config())).status).toBe(201)
  await cluster.awaitState('lines', 'RUNNING', 1)
  await until('its offset', async () => (await cluster.records('offsets', 25)).length > 0)
  await grant(
    ['--deny-principal', ['Write'], topic('configs')],
    ['--deny-principal', ['Write'], topic('statuses')],
  )
  const refused = await until('a refusal', async () => {
    const answer = await fetch(`${cluster.url}/connectors`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: `c${performance.now()}`, config: config(), initial_state: 'STOPPED' }),
    })
    return answer.status === 500 ? answer : null
  })
  expect(await refused!.text()).toContain('Error writing connector configuration to Kafka')
  const lacking = (name: string) => `WRITE to topic ${cluster.group}-${name}`
  expect(refused!.headers.get('x-bunnect-hint')).toContain(lacking('configs'))
  await until('the reason', () => cluster.logged.some(line => line.includes(lacking('configs'))))
  // What runs goes on, and a status that cannot be written is told.
  await Bun.write(cluster.path('in'), 'one\ntwo\n')
  const lines = async () =>
    (await cluster.probe.readAll(`${cluster.group}-lines`)).map(({ value }) => `${value}`)
  await until('the second line', async () => (await lines()).length === 2)
  await cluster.ask('POST', '/connectors/lines/tasks/0/restart')
  await until('the other reason', () => cluster.logged.some(line => line.includes(lacking('statuses'))))
}, 150_000)

test('a connector whose topic may not be written fails with the right that it lacks; the others run', async () => {
  await grant(...all())
  await Bun.write(cluster.path('in'), 'one\n')
  await cluster.start(withClients(as('connect')))
  await cluster.probe.create('forbidden')
  await cluster.create('stranger', { ...config(), topic: 'forbidden' })
  await cluster.create('lines', config())
  await cluster.awaitState('lines', 'RUNNING', 1)
  const failed = await until('a failed task', async () => {
    const status = await cluster.status('stranger')
    return status?.tasks[0]?.state === 'FAILED' && status.tasks[0]
  })
  expect((failed as { trace?: string }).trace).toMatch(/forbidden/)
  expect((failed as { trace?: string }).trace).toMatch(/[Aa]uthori/)
}, 120_000)
