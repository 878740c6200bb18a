/** A member over TLS and SASL, and one without rights. */
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseWorkerConfig } from '../../../src/config/worker-config.ts'
import { groupOptions } from '../../../src/group/options.ts'
import { platformaticOptions } from '../../../src/kafka/client-properties.ts'
import { ClusterAdmin } from '../../../src/kafka/wire/cluster-admin.ts'
import { type Broker, serversFolder, startBroker } from '../../servers/kafka.ts'
import { freePort } from '../../servers/ports.ts'
import { until } from '../../servers/run.ts'
import { GroupWorker } from './group-worker.ts'

const stores = join(import.meta.dir, '../../unit/client-properties/stores')
const ports = { PLAINTEXT: 0, SSL: 0, SASL_PLAINTEXT: 0, SASL_SSL: 0 }
let broker: Broker
let worker: GroupWorker

beforeAll(async () => {
  for (const listener of Object.keys(ports)) ports[listener as keyof typeof ports] = await freePort()
  const controller = await freePort()
  const dir = join(serversFolder(), `secured-${ports.PLAINTEXT}`)
  mkdirSync(dir, { recursive: true })
  const pem = (name: string) => readFileSync(join(stores, name), 'utf8')
  writeFileSync(join(dir, 'server-all.pem'), pem('server.key') + pem('server.pem'))
  const listeners = Object.entries(ports).map(([name, port]) => `${name}://localhost:${port}`)
  const kafka = 'org.apache.kafka.common.security'
  const scram = `${kafka}.scram.ScramLoginModule required;`
  const sasl = {
    'plain.sasl.jaas.config': `${kafka}.plain.PlainLoginModule required user_alice="wonder=land,1" user_nobody="n";`,
    'scram-sha-256.sasl.jaas.config': scram,
    'scram-sha-512.sasl.jaas.config': scram,
  }
  const ofListener = (name: string, keys: Record<string, string>) =>
    Object.fromEntries(Object.entries(keys).map(([key, value]) => [`listener.name.${name}.${key}`, value]))
  broker = await startBroker({
    port: ports.PLAINTEXT,
    dir,
    set: {
      listeners: [...listeners, `CONTROLLER://127.0.0.1:${controller}`].join(','),
      'advertised.listeners': listeners.join(','),
      'controller.quorum.voters': `1@127.0.0.1:${controller}`,
      'listener.security.protocol.map':
        'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': join(dir, 'server-all.pem'),
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': join(stores, 'ca.pem'),
      'listener.name.ssl.ssl.client.auth': 'required',
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      ...ofListener('sasl_plaintext', sasl),
      ...ofListener('sasl_ssl', sasl),
      'listener.name.sasl_plaintext.connections.max.reauth.ms': '2000',
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS;User:alice;User:carol;User:CN=client',
    },
  })
  for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512']) {
    const entity = ['--alter', '--entity-type', 'users', '--entity-name', 'carol']
    await broker.tool('config', ...entity, '--add-config', `${mechanism}=[password=c-secret]`)
  }
})
afterEach(() => worker.member.close())
afterAll(() => broker?.stop())

const trust = { 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': join(stores, 'ca.pem') }

function start(protocol: keyof typeof ports, more: Record<string, string>, host = 'localhost'): GroupWorker {
  const raw = {
    'bootstrap.servers': `${host}:${ports[protocol]}`,
    'group.id': 'secured',
    'session.timeout.ms': '6000',
    'heartbeat.interval.ms': '300',
    'config.storage.topic': 'c',
    'offset.storage.topic': 'o',
    'status.storage.topic': 's',
    'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'security.protocol': protocol,
    ...more,
  }
  const { options } = groupOptions(parseWorkerConfig('distributed', raw), '127.0.0.1:8083')
  expect(options.clientId).toBe('connect-127.0.0.1:8083')
  worker = new GroupWorker(options)
  return worker.start()
}

function sasl(mechanism: string, username: string, password: string) {
  const module = mechanism === 'PLAIN' ? 'plain.PlainLoginModule' : 'scram.ScramLoginModule'
  return {
    'sasl.mechanism': mechanism,
    'sasl.jaas.config': `org.apache.kafka.common.security.${module} required username="${username}" password="${password}";`,
  }
}

test('TLS with a certificate of its own', async () => {
  const keys = { 'ssl.keystore.type': 'PEM', 'ssl.keystore.location': join(stores, 'client-all.pem') }
  await start('SSL', { ...trust, ...keys }).rounded(1)
  await worker.member.close()
  await start('SSL', { ...trust, ...keys }, '127.0.0.1').rounded(1)
})

test('SASL with a password, over TLS and without', async () => {
  await start('SASL_SSL', { ...trust, ...sasl('PLAIN', 'alice', 'wonder=land,1') }).rounded(1)
  await worker.member.close()
  await start('SASL_SSL', { ...trust, ...sasl('SCRAM-SHA-512', 'carol', 'c-secret') }).rounded(1)
  await worker.member.close()
  await start('SASL_PLAINTEXT', sasl('SCRAM-SHA-256', 'carol', 'c-secret')).rounded(1)
})

test('a session that ends is renewed by a new connection, without a round', async () => {
  await start('SASL_PLAINTEXT', sasl('SCRAM-SHA-512', 'carol', 'c-secret')).rounded(1)
  const { traffic } = worker.member.metrics
  const opened = traffic.opened
  await until('two renewals', () => traffic.opened >= opened + 2)
  const { responses } = traffic
  await until('heartbeats over the newest', () => traffic.responses > responses + 2)
  expect(worker.rounds).toHaveLength(1)
  expect(worker.lostBecause).toEqual([])
})

for (const mechanism of ['PLAIN', 'SCRAM-SHA-256']) {
  test(`a wrong password (${mechanism}) ends the membership, and is not shown`, async () => {
    const failure = await start('SASL_PLAINTEXT', sasl(mechanism, 'carol', 'wr0ng')).failing()
    expect(failure.message).toStartWith('The brokers refuse the credentials of this worker: ')
    expect(failure.message).not.toContain('wr0ng')
    expect((failure as { hint?: string }).hint).toBe('Check sasl.mechanism and sasl.jaas.config.')
  })
}

test('a principal without rights is told which', async () => {
  const failure = await start('SASL_PLAINTEXT', sasl('PLAIN', 'nobody', 'n')).failing()
  expect(failure.message).toStartWith('Not authorized to access group: secured')
  expect((failure as { hint?: string }).hint).toContain('READ and DESCRIBE on the group')
})

test('a broker whose certificate is not trusted, or names another host, is not joined', async () => {
  expect((await start('SSL', {}).failing()).message).toStartWith(
    'The TLS handshake with the brokers failed: ',
  )
  await worker.member.close()
  const pem = (name: string) => readFileSync(join(stores, name), 'utf8')
  const server = Bun.listen({
    hostname: '127.0.0.2',
    port: ports.SSL,
    tls: { key: pem('server.key'), cert: pem('server.pem') },
    socket: { data() {} },
  })
  const failure = await start('SSL', trust, '127.0.0.2').failing()
  server.stop(true)
  expect(failure.message).toStartWith('The TLS handshake with the brokers failed: ')
})

/** What the admin client says to each question of a start. */
async function asked(protocol: keyof typeof ports, more: Record<string, string>) {
  const bootstrap = { 'bootstrap.servers': `localhost:${ports[protocol]}`, 'security.protocol': protocol }
  const admin = new ClusterAdmin(platformaticOptions({ ...bootstrap, ...more }).cluster)
  const code = async (deed: Promise<unknown>) =>
    await deed.then(
      () => 'done',
      error => error.code,
    )
  try {
    const topic = { topic: 'of-admin', partitions: 1, replicationFactor: 1 }
    const clusterId = await code(admin.clusterId())
    if (clusterId !== 'done') return [clusterId]
    const created = (await admin.createTopics([topic])).get(topic.topic)
    return [
      clusterId,
      created?.code ?? 'done',
      await code(admin.describeTopics([topic.topic])),
      await code(admin.topicConfigs(topic.topic)),
      await code(admin.endOffsets([{ topic: topic.topic, partition: 0 }])),
    ]
  } finally {
    await admin.close()
  }
}

test('the admin client goes the same ways, and is told the same', async () => {
  const keys = { 'ssl.keystore.type': 'PEM', 'ssl.keystore.location': join(stores, 'client-all.pem') }
  const done = ['done', 'done', 'done']
  expect(await asked('SSL', { ...trust, ...keys })).toEqual(['done', 'done', ...done])
  const again = ['done', 'TOPIC_ALREADY_EXISTS', ...done]
  expect(await asked('SASL_SSL', { ...trust, ...sasl('PLAIN', 'alice', 'wonder=land,1') })).toEqual(again)
  expect(await asked('SASL_PLAINTEXT', sasl('SCRAM-SHA-512', 'carol', 'c-secret'))).toEqual(again)
  const refused = Array.from({ length: 4 }, () => 'TOPIC_AUTHORIZATION_FAILED')
  expect(await asked('SASL_PLAINTEXT', sasl('PLAIN', 'nobody', 'n'))).toEqual(['done', ...refused])
  expect(await asked('SASL_PLAINTEXT', sasl('PLAIN', 'alice', 'wr0ng'))).toEqual([
    'SASL_AUTHENTICATION_FAILED',
  ])
  expect(await asked('SSL', {})).toEqual(['SSL_AUTHENTICATION_FAILED'])
})
