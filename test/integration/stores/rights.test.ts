/** What a worker may not do to its topics: skipped where the JVM skips it, said where it cannot go on. */
import { afterAll, expect, test } from 'bun:test'
import { startBroker } from '../../servers/kafka.ts'
import { TopicProbe } from '../../servers/topics.ts'
import { captured, DEADLINE, freshTopic, openLog, rejection, workerOn } from './support.ts'

const broker = await startBroker({
  set: {
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'allow.everyone.if.no.acl.found': 'true',
  },
})
const probe = new TopicProbe(broker.bootstrap)
afterAll(async () => {
  await probe.close()
  await broker.stop()
})

const ANYBODY = 'User:ANONYMOUS'
const acl = (...what: string[]) => broker.tool('acl', '--add', '--force', ...what)
/** On what has an entry, everything is forbidden that no entry allows. */
async function forbid(topic: string, ...operations: string[]): Promise<void> {
  await acl('--allow-principal', ANYBODY, '--operation', 'All', '--topic', topic)
  const denied = operations.flatMap(operation => ['--operation', operation])
  await acl('--deny-principal', ANYBODY, ...denied, '--topic', topic)
}

test(
  'a worker that may not read its topic does not start, and says which right it lacks',
  async () => {
    using _log = captured()
    const topic = freshTopic('unreadable')
    await probe.create(topic, 1, { 'cleanup.policy': 'compact' })
    await using first = openLog(workerOn(broker.bootstrap, { 'offset.storage.topic': topic }), 'offsets')
    await first.log.start()
    await first.log.appendAndRead([{ key: 'a', value: '1' }])
    await forbid(topic, 'Read')
    await using second = openLog(workerOn(broker.bootstrap, { 'offset.storage.topic': topic }), 'offsets')
    const error = await rejection(second.log.start())
    expect(error.message).toContain(`Topic ${topic} cannot be read`)
    expect(error.hint).toContain(`READ and DESCRIBE topic ${topic}`)
  },
  DEADLINE,
)

test(
  'a write that is not allowed is refused with the right that it needs',
  async () => {
    using _log = captured()
    const topic = freshTopic('unwritable')
    await probe.create(topic, 1, { 'cleanup.policy': 'compact' })
    await forbid(topic, 'Write')
    await using log = openLog(workerOn(broker.bootstrap, { 'offset.storage.topic': topic }), 'offsets')
    await log.log.start()
    const error = await rejection(log.log.append([{ key: 'a', value: '1' }]))
    expect(error.message).toContain(`Allow the worker's principal to WRITE to topic ${topic}`)
  },
  DEADLINE,
)

test(
  'a worker that may neither create topics nor see their settings nor use groups takes the topic as it is',
  async () => {
    using log = captured()
    const topic = freshTopic('given')
    await probe.create(topic, 2, { 'cleanup.policy': 'compact' })
    const cluster = ['ClusterAction', 'Describe', 'Alter', 'IdempotentWrite'].flatMap(o => ['--operation', o])
    await acl('--allow-principal', ANYBODY, ...cluster, '--cluster')
    await acl('--deny-principal', ANYBODY, '--operation', 'All', '--group', '*')
    await forbid(topic, 'Create', 'DescribeConfigs')
    await using offsets = openLog(workerOn(broker.bootstrap, { 'offset.storage.topic': topic }), 'offsets')
    await offsets.log.start()
    await offsets.log.appendAndRead([{ key: 'a', value: '1' }])
    await offsets.log.readToEnd()
    expect(offsets.texts()).toEqual(['a=1'])
    expect(log.lines.join('')).toContain(
      `Unable to use admin client to verify the cleanup policy of '${topic}' topic is 'compact'`,
    )
  },
  DEADLINE,
)
