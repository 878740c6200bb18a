import { describe, expect, test } from 'bun:test'
import type { Admin } from '../../src/kafka/port.ts'
import { createTopic, DEADLINE, fresh, numbered, type Port, pollOnce, publish, until } from './harness.ts'

export function adminBehaviours(port: Port): void {
  async function withAdmin(run: (admin: Admin) => Promise<void>): Promise<void> {
    const admin = await port.client.admin(port.properties())
    try {
      await run(admin)
    } finally {
      await admin.close()
      await admin.close()
    }
  }

  describe('admin', () => {
    test(
      'creates, lists, describes and deletes topics',
      () =>
        withAdmin(async admin => {
          const [a, b] = [fresh('admin'), fresh('admin')]
          const created = await admin.createTopics([
            { topic: a, partitions: 3, replicationFactor: 1 },
            { topic: b, partitions: -1, replicationFactor: -1 },
          ])
          expect([created.get(a), created.get(b)]).toEqual([null, null])
          await until('both topics', async () => (await admin.describeTopics([a, b])).size === 2)
          expect(await admin.listTopics()).toContain(a)
          const described = await admin.describeTopics([a, b, 'no-such-topic'])
          expect(described.get(a)).toBe(3)
          expect(described.get(b)).toBeGreaterThanOrEqual(1)
          expect(described.has('no-such-topic')).toBe(false)
          await admin.deleteTopics([a])
          await until('its absence', async () => !(await admin.listTopics()).includes(a))
          expect(await admin.listTopics()).toContain(b)
        }),
      DEADLINE,
    )

    test(
      'one result a topic',
      () =>
        withAdmin(async admin => {
          const [known, unknown] = [fresh('admin'), fresh('admin')]
          await createTopic(port, known)
          const results = await admin.createTopics([
            { topic: known, partitions: 1, replicationFactor: 1 },
            { topic: unknown, partitions: 1, replicationFactor: 1 },
            { topic: 'not a name!', partitions: 1, replicationFactor: 1 },
          ])
          expect(results.get(known)).toMatchObject({
            code: 'TOPIC_ALREADY_EXISTS',
            javaClass: 'org.apache.kafka.common.errors.TopicExistsException',
          })
          expect(results.get(unknown)).toBeNull()
          expect(results.get('not a name!')).toMatchObject({ name: 'KafkaError' })
        }),
      DEADLINE,
    )

    test(
      'tells topic configs with defaults',
      () =>
        withAdmin(async admin => {
          const topic = fresh('configs')
          await createTopic(port, topic, 1, { 'retention.ms': '86400000', 'cleanup.policy': 'compact' })
          const configs = await admin.topicConfigs(topic)
          expect(configs.get('retention.ms')).toBe('86400000')
          expect(configs.get('cleanup.policy')).toBe('compact')
          expect(configs.get('min.insync.replicas')).toBe('1')
          expect(configs.get('retention.bytes')).toBe('-1')
        }),
      DEADLINE,
    )

    test(
      'tells end offsets',
      () =>
        withAdmin(async admin => {
          const topic = fresh('ends')
          await createTopic(port, topic, 2)
          await publish(port, numbered(topic, 0, 12, { partition: 1 }))
          const ends = await admin.endOffsets([
            { topic, partition: 0 },
            { topic, partition: 1 },
          ])
          expect(ends.map(end => [end.partition, end.offset])).toEqual([
            [0, 0],
            [1, 12],
          ])
        }),
      DEADLINE,
    )

    test(
      'reads, alters and deletes the offsets of a group',
      () =>
        withAdmin(async admin => {
          const topic = fresh('offsets')
          const group = fresh('group')
          await createTopic(port, topic, 2)
          await publish(port, numbered(topic, 0, 20, { partition: 0 }))
          await admin.alterGroupOffsets(group, [
            { topic, partition: 0, offset: 15 },
            { topic, partition: 1, offset: 0 },
          ])
          const offsets = async () =>
            (await admin.groupOffsets(group)).map(p => [p.topic, p.partition, p.offset]).sort()
          expect(await offsets()).toEqual([
            [topic, 0, 15],
            [topic, 1, 0],
          ])
          const consumer = await port.client.consumer(
            port.properties({ 'group.id': group, 'auto.offset.reset': 'earliest' }),
          )
          const none = () => {}
          consumer.subscribe([topic], { assigned: none, revoked: none, lost: none })
          const got: string[] = []
          await until('the rest', async () => {
            got.push(...(await pollOnce(consumer)).map(record => String(record.value)))
            return got.length >= 5
          })
          expect(got).toEqual(['15', '16', '17', '18', '19'])
          await consumer.close()
          await admin.deleteGroupOffsets(group, [{ topic, partition: 1 }])
          expect(await offsets()).toEqual([[topic, 0, 15]])
          await admin.deleteGroup(group)
          expect(await offsets()).toEqual([])
        }),
      DEADLINE,
    )

    test(
      'a group with members is not deleted',
      () =>
        withAdmin(async admin => {
          const topic = fresh('busy')
          const group = fresh('group')
          await createTopic(port, topic)
          const consumer = await port.client.consumer(port.properties({ 'group.id': group }))
          const none = () => {}
          consumer.subscribe([topic], { assigned: none, revoked: none, lost: none })
          await until('the assignment', async () => {
            await pollOnce(consumer)
            return consumer.assignment().length === 1
          })
          await consumer.commit([{ topic, partition: 0, offset: 0 }])
          await expect(admin.deleteGroup(group)).rejects.toMatchObject({ code: 'NON_EMPTY_GROUP' })
          await consumer.close()
          await admin.deleteGroup(group)
        }),
      DEADLINE,
    )

    test(
      'the cluster has an id that stays',
      () =>
        withAdmin(async admin => {
          const id = await admin.clusterId()
          expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/)
          expect(await admin.clusterId()).toBe(id)
        }),
      DEADLINE,
    )
  })
}
