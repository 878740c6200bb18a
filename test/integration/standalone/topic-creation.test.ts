import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { SourceRecord } from '../../../src/data/records.ts'
import { STRING_SCHEMA } from '../../../src/data/schema.ts'
import { type Admin, type KafkaClient, KafkaError } from '../../../src/kafka/port.ts'
import { type ConnectorPlugin, sourceConnector, transformation } from '../../../src/sdk/plugin.ts'
import { type Broker, startBroker } from '../../servers/kafka.ts'
import { Place, until } from './support.ts'

/** Polls one record a topic that its configuration names, each once. */
const fanOut = sourceConnector({
  className: 'test.FanOutSourceConnector',
  taskClassName: 'test.FanOutSourceTask',
  version: '1',
  config: {},
  task: (_, context) => {
    const topics = (context.configs()['send.to'] ?? '').split(',')
    let n = 0
    return {
      async poll() {
        if (n > 0) await Bun.sleep(20)
        if (n > 0) return null
        return topics.map(
          topic =>
            new SourceRecord({ p: 1 }, { o: ++n }, topic, null, STRING_SCHEMA, 'k', STRING_SCHEMA, `v${n}`),
        )
      },
    }
  },
})

let broker: Broker
beforeAll(async () => {
  broker = await startBroker({
    set: {
      'num.partitions': '3',
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'allow.everyone.if.no.acl.found': 'true',
      'super.users': 'User:nobody',
    },
  })
}, 120_000)
afterAll(() => broker.stop())

let place: Place
beforeEach(() => {
  place = new Place()
})
afterEach(() => place.close())

const OF_THE_BROKER = {
  'topic.creation.default.replication.factor': '-1',
  'topic.creation.default.partitions': '-1',
}
const NOBODY = 'org.apache.kafka.connect.errors.ConnectException: '

const kinds: [string, () => Record<string, string>][] = [
  ['a broker', () => ({ 'bootstrap.servers': broker.bootstrap })],
  ['the embedded log', () => ({})],
]
for (const [kind, where] of kinds) {
  describe(kind, () => {
    const isBroker = kind === 'a broker'
    const topic = (name: string) => `${name}-${crypto.randomUUID()}`

    /** Starts a worker and a connector that sends a record to each topic. */
    async function send(topics: string[], more: Record<string, string>, worker: Record<string, string> = {}) {
      const { herder } = await place.start({ ...where(), ...worker }, [fanOut])
      const config = { 'connector.class': 'FanOutSource', name: 'c', 'send.to': topics.join(','), ...more }
      return await herder.putConnector('c', config, { replace: false })
    }

    const sent = (count: number) =>
      until('the records', () => place.running!.worker.recordCounts().written >= count).catch(error => {
        throw new Error(`${error.message}\n${place.logged.slice(-20).join('')}`)
      })

    async function withAdmin<T>(look: (admin: Admin) => Promise<T>): Promise<T> {
      const admin = await place.admin()
      try {
        return await look(admin)
      } finally {
        await admin.close()
      }
    }

    async function traceOf(task: number): Promise<string> {
      await place.state('c', 'RUNNING', 'FAILED')
      const { trace } = await place.running!.herder.taskStatus('c', task)
      return trace!.replaceAll(/^\t.*\n/gm, '')
    }

    test('a topic is made with the settings of the first group that fits', async () => {
      const [orders, audit, other] = [topic('orders'), topic('orders-audit'), topic('other')]
      await send([orders, audit, other, orders], {
        'topic.creation.groups': 'audit,orders',
        'topic.creation.audit.include': '.*-audit-.*',
        'topic.creation.audit.exclude': 'other.*',
        'topic.creation.audit.retention.ms': '5000',
        'topic.creation.orders.include': 'orders.*',
        'topic.creation.orders.partitions': '4',
        'topic.creation.orders.cleanup.policy': 'compact',
        'topic.creation.default.replication.factor': '1',
        'topic.creation.default.partitions': '2',
      })
      await sent(4)
      await withAdmin(async admin => {
        expect(await admin.describeTopics([orders, audit, other])).toEqual(
          new Map([
            [orders, 4],
            [audit, 2],
            [other, 2],
          ]),
        )
        expect((await admin.topicConfigs(orders)).get('cleanup.policy')).toBe('compact')
        expect((await admin.topicConfigs(audit)).get('retention.ms')).toBe('5000')
        expect((await admin.topicConfigs(other)).get('cleanup.policy')).toBe('delete')
      })
      const log = place.logged.join('')
      expect(log.split(`Creating topic '${orders}'`)).toHaveLength(2)
      expect(log).toContain(
        `INFO [c|task-0] Created topic '(name=${orders}, numPartitions=4, replicationFactor=1, replicasAssignments=null, configs={cleanup.policy=compact})' using creation group orders`,
      )
    })

    test('-1 leaves partitions and factor to the broker', async () => {
      const name = topic('plain')
      await send([name], OF_THE_BROKER)
      await sent(1)
      const partitions = await withAdmin(admin => admin.describeTopics([name]))
      expect(partitions.get(name)).toBe(isBroker ? 3 : 1)
    })

    test('a topic that is there is left alone', async () => {
      const name = topic('there')
      await place.start(where())
      await withAdmin(admin => admin.createTopics([{ topic: name, partitions: 5, replicationFactor: 1 }]))
      await withAdmin(admin =>
        until('the topic', async () => (await admin.describeTopics([name])).get(name) === 5),
      )
      await place.stop()
      await send([name], { ...OF_THE_BROKER, 'topic.creation.default.partitions': '2' })
      await sent(1)
      expect((await withAdmin(admin => admin.describeTopics([name]))).get(name)).toBe(5)
      expect(place.logged.join('')).toContain(`Topic '${name}' already exists.`)
    })

    test('without topic.creation keys, or where the worker forbids them, it is the broker that makes topics', async () => {
      const [plain, forbidden] = [topic('plain'), topic('forbidden')]
      await send([plain], {})
      await sent(1)
      await place.stop()
      await send([forbidden], { 'topic.creation.bogus': '1' }, { 'topic.creation.enable': ' FALSE ' })
      await sent(1)
      expect(place.logged.join('')).not.toContain('Checking whether topic exists')
    })

    const badKeys: [Record<string, string>, string][] = [
      [
        { 'topic.creation.bogus': '1' },
        'Missing required configuration "topic.creation.default.replication.factor" which has no default value.',
      ],
      [
        { ...OF_THE_BROKER, 'topic.creation.groups': 'g', 'topic.creation.g.include': 'a(b' },
        'Invalid value [a(b] for configuration include: Syntax error in regular expression: Unclosed group near index 3\na(b',
      ],
      [
        { ...OF_THE_BROKER, 'topic.creation.default.replication.factor': 'x' },
        'Invalid value x for configuration topic.creation.default.replication.factor: Not a number of type SHORT',
      ],
    ]
    for (const [keys, text] of badKeys) {
      test(`the connector is made and cannot start: ${text}`, async () => {
        await expect(send(['t'], keys)).rejects.toMatchObject({ status: 500, message: text })
        const status = await place.running!.herder.connectorStatus('c')
        expect(status).toMatchObject({ connector: { state: 'FAILED', version: null }, tasks: [] })
        const first = `org.apache.kafka.common.config.ConfigException: ${text}\n`
        expect(status.connector.trace).toStartWith(first)
      })
    }

    test('a topic config that nobody knows fails the task; what came before it is sent', async () => {
      const [good, bad] = [topic('good'), topic('bad')]
      await send([good, bad], {
        ...OF_THE_BROKER,
        'topic.creation.groups': 'g',
        'topic.creation.g.include': 'bad.*',
        'topic.creation.g.nonsense': '1',
      })
      expect(await traceOf(0)).toBe(
        `${NOBODY}Unable to create topic(s) '${bad}': Unknown topic config name: nonsense\n` +
          'Caused by: org.apache.kafka.common.errors.InvalidConfigurationException: Unknown topic config name: nonsense\n',
      )
      const [offset] = await withAdmin(admin =>
        admin.endOffsets(
          Array.from({ length: isBroker ? 3 : 1 }, (_, partition) => ({ topic: good, partition })),
        ),
      ).then(ends => [ends.reduce((sum, end) => sum + end.offset, 0)])
      expect(offset).toBe(1)
    })

    if (!isBroker) return

    test('more replicas than brokers', async () => {
      const name = topic('rf3')
      await send([name], { ...OF_THE_BROKER, 'topic.creation.default.replication.factor': '3' })
      const why =
        'Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached because only ' +
        '1 broker(s) are registered or some brokers have all their log directories cordoned.'
      expect(await traceOf(0)).toBe(
        `${NOBODY}Unable to create topic(s) '${name}': ${why}\n` +
          `Caused by: org.apache.kafka.common.errors.InvalidReplicationFactorException: ${why}\n`,
      )
    })

    test('what the broker refuses for other reasons', async () => {
      const name = topic('many')
      await send([name], { ...OF_THE_BROKER, 'topic.creation.default.partitions': '1000000' })
      const why =
        'org.apache.kafka.common.errors.PolicyViolationException: Excessively large number of partitions per request.'
      expect(await traceOf(0)).toBe(
        `${NOBODY}Error while attempting to create/find topic(s) '${name}'\n` +
          `Caused by: java.util.concurrent.ExecutionException: ${why}\nCaused by: ${why}\n`,
      )
    })

    test('a name that no topic can have', async () => {
      await send(['bad name'], OF_THE_BROKER)
      const why =
        'org.apache.kafka.common.errors.InvalidTopicException: The request attempted to perform an operation on an invalid topic.'
      expect(await traceOf(0)).toBe(
        `${NOBODY}Error while attempting to describe topics 'bad name'\n` +
          `Caused by: java.util.concurrent.ExecutionException: ${why}\nCaused by: ${why}\n`,
      )
    })

    test('a topic that this principal may neither see nor make', async () => {
      const { bootstrap, tool } = broker
      const deny = ['--add', '--deny-principal', 'User:*', '--operation']
      const [unseen, unmade] = [topic('unseen'), topic('unmade')]
      await tool('acl', ...deny, 'Describe', '--topic', unseen)
      await send([unseen], OF_THE_BROKER)
      expect(await traceOf(0)).toBe(
        `${NOBODY}Not authorized to describe topic(s) '${unseen}' on the brokers ${bootstrap}\n` +
          'Caused by: org.apache.kafka.common.errors.TopicAuthorizationException: Topic authorization failed.\n',
      )
      await place.stop()
      const allow = ['--add', '--allow-principal', 'User:*', '--operation']
      await tool('acl', ...allow, 'Describe', '--topic', unmade)
      // Whatever is not allowed of the cluster is forbidden now: creating topics.
      await tool('acl', ...allow, 'ClusterAction', '--operation', 'Alter', '--cluster')
      await send([unmade], OF_THE_BROKER)
      expect(await traceOf(0)).toBe(
        `${NOBODY}Task failed to create new topic (name=${unmade}, numPartitions=-1, replicationFactor=-1, ` +
          'replicasAssignments=null, configs={}). Ensure that the task is authorized to create topics or that the ' +
          'topic exists and restart the task\n',
      )
    }, 120_000)
  })
}

describe('a broker that does not answer the question for a topic', () => {
  /** The embedded log, whose answers time out while `silent` says so. */
  const slow =
    (silent: () => boolean) =>
    (real: KafkaClient): KafkaClient => ({
      ...real,
      producer: (...given) => real.producer(...given),
      consumer: (...given) => real.consumer(...given),
      close: () => real.close(),
      async admin(...given) {
        const admin = await real.admin(...given)
        const describeTopics = admin.describeTopics.bind(admin)
        admin.describeTopics = topics => {
          if (!silent()) return describeTopics(topics)
          throw new KafkaError('REQUEST_TIMED_OUT', 'no broker answers', { retriable: true })
        }
        return admin
      },
    })
  const config = {
    'connector.class': 'FanOutSource',
    name: 'c',
    'send.to': 'a,b',
    transforms: 'count',
    'transforms.count.type': 'test.Counting',
    ...OF_THE_BROKER,
  }
  let transformed = 0
  const counting = transformation({
    className: 'test.Counting',
    version: '1',
    config: {},
    create: () => ({
      apply(record) {
        transformed++
        return record
      },
    }),
  })
  const own = [fanOut, counting] as unknown as ConnectorPlugin[]

  test('is asked again, and the record is transformed once', async () => {
    transformed = 0
    let asked = 0
    const { herder } = await place.start({}, own, undefined, { kafka: slow(() => ++asked % 3 !== 0) })
    await herder.putConnector('c', config, { replace: false })
    await until('the records', () => place.running!.worker.recordCounts().written === 2)
    expect(transformed).toBe(2)
    const log = place.logged.join('')
    expect(log).toContain(
      "WARN [c|task-0] c-0 Failed to send record to topic 'a'. Backing off before retrying:",
    )
    expect(log).toContain("RetriableException: Timed out while describing topics 'a'")
  })

  test('does not hold up a stop', async () => {
    let asked = 0
    const silent = () => ++asked > 0
    const { herder } = await place.start({}, own, undefined, { kafka: slow(silent) })
    await herder.putConnector('c', config, { replace: false })
    await until('the question', () => asked > 1)
    await herder.setTargetState('c', 'STOPPED')
    await place.state('c', 'STOPPED')
    expect(place.logged.join('')).not.toContain('Graceful stop of task c-0 failed.')
  })
})
