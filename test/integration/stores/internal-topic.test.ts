import { afterAll, expect, test } from 'bun:test'
import { javaClassOf } from '../../../src/data/errors.ts'
import { sharedBroker } from '../../servers/kafka.ts'
import { TopicProbe } from '../../servers/topics.ts'
import { captured, DEADLINE, freshTopic, openLog, rejection, topicOf, workerOn } from './support.ts'

const broker = await sharedBroker()
const probe = new TopicProbe(broker.bootstrap)
afterAll(async () => {
  await probe.close()
  await broker.stop()
})

const described = (topic: string) => broker.tool('topic', '--describe', '--topic', topic)
const DYNAMIC = /Configs: (\S*)/

test(
  'topics are made with the configured partitions and settings, compacted whatever was asked for',
  async () => {
    using log = captured()
    const worker = workerOn(broker.bootstrap, {
      'offset.storage.partitions': '7',
      'offset.storage.cleanup.policy': 'delete',
      'offset.storage.min.insync.replicas': '1',
      'config.storage.partitions': '4',
    })
    await using offsets = openLog(worker, 'offsets')
    await using configs = openLog(worker, 'configs')
    await using statuses = openLog(worker, 'statuses')
    await Promise.all([offsets.log.start(), configs.log.start(), statuses.log.start()])
    const text = await described(topicOf(worker, 'offsets'))
    expect(text).toContain('PartitionCount: 7')
    const settings = DYNAMIC.exec(text)![1]!.split(',')
    expect(settings).toEqual(expect.arrayContaining(['cleanup.policy=compact', 'min.insync.replicas=1']))
    expect(await described(topicOf(worker, 'configs'))).toContain('PartitionCount: 1')
    expect(await described(topicOf(worker, 'statuses'))).toContain('PartitionCount: 5')
    const warnings = log.lines.filter(line => line.includes('WARN'))
    expect(warnings.join('')).toContain(
      "Ignoring 'offset.storage.cleanup.policy=delete' setting, since compaction is always used (org.apache.kafka.connect.runtime.distributed.DistributedConfig)",
    )
    expect(warnings.join('')).toContain(
      "Ignoring 'config.storage.partitions=4' setting, since config topic partitions is always 1",
    )
    expect(warnings).toHaveLength(2)
  },
  DEADLINE,
)

test(
  'a topic that is not compacted is refused with the words of the JVM',
  async () => {
    const both = freshTopic('both')
    await probe.create(both, 1, { 'cleanup.policy': 'delete,compact' })
    await using offsets = openLog(workerOn(broker.bootstrap, { 'offset.storage.topic': both }), 'offsets')
    const error = await rejection(offsets.log.start())
    expect(javaClassOf(error)).toBe('org.apache.kafka.common.config.ConfigException')
    expect(error.message).toBe(
      `Topic '${both}' supplied via the 'offset.storage.topic' property is required to have 'cleanup.policy=compact' ` +
        'to guarantee consistency and durability of source connector offsets, but found the topic currently has ' +
        "'cleanup.policy=compact,delete'. Continuing would likely result in eventually losing source connector offsets " +
        'and problems restarting this Connect cluster in the future. Change the ' +
        "'offset.storage.topic' property in the Connect worker configurations to use a topic with 'cleanup.policy=compact'.",
    )
    expect(error.hint).toContain(`--topic ${both}`)
  },
  DEADLINE,
)

test(
  'a config topic with several partitions is refused with the words of the JVM',
  async () => {
    const three = freshTopic('three')
    await probe.create(three, 3, { 'cleanup.policy': 'compact' })
    await using configs = openLog(workerOn(broker.bootstrap, { 'config.storage.topic': three }), 'configs')
    const error = await rejection(configs.log.start())
    expect(javaClassOf(error)).toBe('org.apache.kafka.common.config.ConfigException')
    expect(error.message).toBe(
      `Topic '${three}' supplied via the 'config.storage.topic' property is required to have a single partition in ` +
        'order to guarantee consistency of connector configurations, but found 3 partitions.',
    )
  },
  DEADLINE,
)

test(
  'more replicas than brokers are asked for again and again, and then refused with what to do',
  async () => {
    using log = captured()
    const worker = workerOn(broker.bootstrap, {
      'status.storage.replication.factor': '3',
      'default.api.timeout.ms': '2000',
      'request.timeout.ms': '2000',
    })
    await using statuses = openLog(worker, 'statuses')
    const error = await rejection(statuses.log.start())
    expect(javaClassOf(error)).toBe('org.apache.kafka.common.errors.TimeoutException')
    expect(error.message).toBe('Timeout expired while trying to create topic(s)')
    expect((error.cause as Error).message).toContain(
      `Unable to create topic(s) '${topicOf(worker, 'statuses')}': Unable to replicate the partition 3 time(s)`,
    )
    expect(error.hint).toContain('status.storage.replication.factor is 3')
    const told = log.lines.filter(line => /INFO.*topic creation failed due to/.test(line))
    expect(told).toHaveLength(1)
    expect(told[0]).toMatch(/', retrying, \d+ms remaining/)
  },
  DEADLINE,
)

test.each([
  [
    'a setting that is none',
    { 'offset.storage.min.insync.replicas': 'abc' },
    /^Unable to create topic\(s\) '.*': Invalid value abc for configuration min.insync.replicas/,
  ],
  [
    'a name that cannot be',
    { 'offset.storage.topic': 't:bad' },
    /^Unable to create topic\(s\) 't:bad': Topic name is invalid/,
  ],
] as [string, Record<string, string>, RegExp][])(
  '%s ends the start at once',
  async (_, set, text) => {
    await using offsets = openLog(workerOn(broker.bootstrap, set), 'offsets')
    const error = await rejection(offsets.log.start())
    expect(javaClassOf(error)).toBe('org.apache.kafka.connect.errors.ConnectException')
    expect(error.message).toMatch(text)
    expect(error.hint).toBeDefined()
  },
  DEADLINE,
)

test(
  'a start that is given up rejects, with no broker there',
  async () => {
    using _log = captured()
    await using offsets = openLog(workerOn('127.0.0.1:1'), 'offsets')
    const reason = new Error('enough')
    const control = new AbortController()
    const started = rejection(offsets.log.start(control.signal))
    control.abort(reason)
    expect(await started).toBe(reason)
  },
  DEADLINE,
)
