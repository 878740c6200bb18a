/** What a leader answers to `PUT /connectors/{c}/fence`, what it writes, and which producers can still write then. */
import { taskTransactionalId } from '../../src/herder/distributed/transactional-ids.ts'
import { propertyTable } from '../../src/kafka/client-properties.ts'
import { librdkafkaClient } from '../../src/kafka/librdkafka/client.ts'
import type { Producer } from '../../src/kafka/port.ts'
import { numbered, packed, sendAll } from '../port/harness.ts'
import { Cluster } from '../servers/cluster.ts'
import { HeldPort } from '../servers/held-port.ts'
import { freePort } from '../servers/ports.ts'
import { until } from '../servers/run.ts'
import type { TopicProbe } from '../servers/topics.ts'
import type { Side } from '../servers/worker.ts'
import { verifiableSinks } from './sink-groups/sink-side.ts'

const DEADLINE_MS = 60_000
const TOOLS = 'org.apache.kafka.connect.tools.'

/** Status and text of an answer. */
export type FenceAnswer = readonly [status: number, message: string | null]

export interface FencingSeen {
  answers: Record<string, FenceAnswer>
  /** Task-count records of the connector `s`, after each step. */
  counts: Record<string, number[]>
  /** By step and task, whether its producer could still commit. */
  commits: Record<string, 'committed' | 'fenced'>
}

/** Runs a worker of that side, the only one of its group, on this broker. */
export async function fencingOf(side: Side, bootstrap: string, probe: TopicProbe): Promise<FencingSeen> {
  const group = `fencing-${side}-${process.pid}`
  const cluster = new Cluster(bootstrap, group, probe)
  const seen: FencingSeen = { answers: {}, counts: {}, commits: {} }
  const producers = new Set<Producer>()
  const kafka = librdkafkaClient(propertyTable)
  const source = (tasks: number, more: Record<string, string> = {}) => ({
    'connector.class': `${TOOLS}VerifiableSourceConnector`,
    'tasks.max': String(tasks),
    topic: `${group}-lines`,
    throughput: '1',
    ...more,
  })

  async function commits(name: string): Promise<number> {
    return (await cluster.entries('configs')).filter(({ key }) => key === `commit-${name}`).length
  }
  /** And waits for its task configurations. */
  async function configure(name: string, config: Record<string, string>): Promise<void> {
    const before = await commits(name)
    await cluster.ask('PUT', `/connectors/${name}/config`, config)
    await until(`new tasks of ${name}`, async () => (await commits(name)) > before)
    await until(`what ${side} shows of ${name}`, async () => {
      const tasks = (await cluster.ask('GET', `/connectors/${name}/tasks`)) as unknown[]
      return tasks.length === Number(config['tasks.max'])
    })
  }
  async function fence(step: string, name: string): Promise<void> {
    const ask = async () => {
      const answer = await cluster.worker.fetch(`/connectors/${name}/fence`, { method: 'PUT' })
      return { status: answer.status, text: await answer.text() }
    }
    // The JVM refuses what comes while it reconfigures tasks.
    const isBusy = (text: string) => side === 'jvm' && text.includes('stale configuration')
    let { status, text } = await ask()
    for (const end = performance.now() + DEADLINE_MS; isBusy(text) && performance.now() < end; )
      ({ status, text } = await ask())
    seen.answers[step] = [status, text === '' ? null : JSON.parse(text).message]
    seen.counts[step] = (await cluster.entries('configs'))
      .filter(({ key }) => key === 'tasks-fencing-s')
      .map(({ value }) => JSON.parse(value ?? '{}')['task-count'])
  }
  /** A former task, in the middle of a transaction. */
  async function zombie(task: number): Promise<Producer> {
    const id = taskTransactionalId(group, { connector: 's', task })
    const producer = await kafka.producer({ 'bootstrap.servers': bootstrap, 'transactional.id': id })
    producers.add(producer)
    await producer.initTransactions(DEADLINE_MS)
    await producer.beginTransaction()
    await sendAll(producer, packed(numbered(`${group}-zombies`, 0, 5)))
    await producer.flush(DEADLINE_MS)
    return producer
  }
  async function commit(step: string, producer: Producer): Promise<void> {
    seen.commits[step] = await producer.commitTransaction(DEADLINE_MS).then(
      () => 'committed',
      error => {
        if (error.code === 'PRODUCER_FENCED') return 'fenced'
        throw error
      },
    )
    await producer.close(DEADLINE_MS)
  }

  const held = new HeldPort(await freePort(), Number(bootstrap.split(':')[1]))
  try {
    await probe.create(`${group}-zombies`)
    await cluster.start(side, { 'connect.protocol': 'compatible' }, await verifiableSinks())
    await fence('unknown', 'none')
    await cluster.ask('PUT', '/connectors/k/config', {
      'connector.class': `${TOOLS}VerifiableSinkConnector`,
      topics: `${group}-lines`,
    })
    await fence('sink', 'k')

    await configure('s', source(2))
    const early = await zombie(0)
    await fence('first', 's')
    await commit('first-0', early)
    await fence('first again', 's')

    const old = [await zombie(0), await zombie(1), await zombie(2)]
    await configure('s', source(3))
    await fence('2 to 3', 's')
    for (const [task, producer] of old.entries()) await commit(`2 to 3-${task}`, producer)
    await fence('2 to 3 again', 's')

    await configure('s', source(1))
    await fence('3 to 1', 's')
    const alone = await zombie(0)
    await configure('s', source(1, { id: '7' }))
    await fence('1 to 1', 's')
    await commit('1 to 1-0', alone)

    const elsewhere = { 'admin.override.bootstrap.servers': `127.0.0.1:${held.port}` }
    await configure('s', source(2, elsewhere))
    const fenced = [fence('overtaken', 's'), fence('overtaken too', 's')]
    await until('the round to be under way', () => held.opened > 0)
    await configure('s', source(3, elsewhere))
    held.release()
    await Promise.all(fenced)
    await fence('after that', 's')

    await cluster.ask('PUT', '/connectors/s/stop')
    await until(
      'no tasks',
      async () => ((await cluster.ask('GET', '/connectors/s/tasks')) as unknown[]).length === 0,
    )
    await fence('stopped', 's')
    await cluster.ask('DELETE', '/connectors/s')
    await configure('s', source(1))
    await fence('made anew', 's')
    await configure(
      's',
      source(2, {
        'admin.override.sasl.mechanism': 'X',
        'admin.override.security.protocol': 'SASL_PLAINTEXT',
      }),
    )
    await fence('no client', 's')
    return seen
  } finally {
    held.close()
    await Promise.all([...producers].map(producer => producer.close(1000)))
    await cluster.close()
    await kafka.close()
  }
}
