import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { clientLimits, propertyTable } from '../../../src/kafka/client-properties.ts'
import type { PackedConsumer } from '../../../src/kafka/librdkafka/addon.ts'
import { librdkafkaClient } from '../../../src/kafka/librdkafka/client.ts'
import { LibrdkafkaConsumer } from '../../../src/kafka/librdkafka/consumer.ts'
import { nativePartitions } from '../../../src/kafka/librdkafka/events.ts'
import { Handle } from '../../../src/kafka/librdkafka/handle.ts'
import { PackedBatch } from '../../../src/kafka/packed-batch.ts'
import type { ClientProperties, RebalanceListener } from '../../../src/kafka/port.ts'
import { logger } from '../../../src/observe/log.ts'
import {
  createTopic,
  DEADLINE,
  fresh,
  numbered,
  POLL,
  type Port,
  pollOnce,
  portOf,
  publish,
  take,
  until,
} from '../../port/harness.ts'
import { GroupProbe } from '../../servers/consumer-group.ts'
import { sharedBroker } from '../../servers/kafka.ts'
import { freePort } from '../../servers/ports.ts'

const log = logger('test')
/** A member that does not leave keeps its partitions for longer than any test waits. */
const LONG = { 'session.timeout.ms': '1000000', 'max.poll.interval.ms': '1000000' }
const nothing: RebalanceListener = { assigned() {}, revoked() {}, lost() {} }

describe('closing a consumer', () => {
  let broker: Awaited<ReturnType<typeof sharedBroker>>
  let port: Port
  let topic: string
  beforeAll(async () => {
    broker = await sharedBroker()
    port = portOf(librdkafkaClient(propertyTable), { 'bootstrap.servers': broker.bootstrap })
    topic = fresh('closing')
    await createTopic(port, topic)
    await publish(port, numbered(topic, 0, 100))
  }, DEADLINE)
  afterAll(() => broker.stop(), DEADLINE)

  function open(more: ClientProperties, closeTimeoutMs = 3000): Promise<LibrdkafkaConsumer> {
    const properties = port.properties({
      'auto.offset.reset': 'earliest',
      'enable.auto.commit': 'false',
      ...more,
    })
    const { settings } = propertyTable.librdkafka('consumer', properties)
    return LibrdkafkaConsumer.open(settings, { ...clientLimits('consumer', properties), closeTimeoutMs }, log)
  }

  /** Two of these are there at once: the second one makes the group rebalance. */
  async function expectMember(group: string, more: ClientProperties): Promise<void> {
    const member = await open({ 'group.id': group, ...more })
    let isAssigned = false
    member.subscribe([topic], {
      ...nothing,
      assigned() {
        isAssigned = true
      },
    })
    await until('an assignment', async () => {
      await pollOnce(member)
      return isAssigned
    })
    await member.close()
  }

  async function expectFree(group: string, more: ClientProperties): Promise<void> {
    const next = await open({ 'group.id': group, ...more })
    next.subscribe([topic], nothing)
    expect((await take(next, 100)).map(record => record.offset)).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    )
    await next.close()
  }

  for (const [name, more] of [
    [
      'eager',
      { ...LONG, 'partition.assignment.strategy': 'org.apache.kafka.clients.consumer.RangeAssignor' },
    ],
    [
      'cooperative',
      {
        ...LONG,
        'partition.assignment.strategy': 'org.apache.kafka.clients.consumer.CooperativeStickyAssignor',
      },
    ],
    ['KIP-848', { 'group.protocol': 'consumer' }],
  ] as [string, ClientProperties][]) {
    test(
      `${name}: members that are closed while they join do not hold the group back`,
      async () => {
        const group = fresh('group')
        for (let round = 0; round < 40; round++) {
          const consumer = await open({ 'group.id': group, ...more })
          consumer.subscribe([topic], nothing)
          // About as long as it takes to find the coordinator and to be told a member id.
          await Bun.sleep(round)
          await consumer.close()
        }
        await Promise.all([1, 2].map(() => expectMember(group, more)))
        await expectFree(group, more)
      },
      DEADLINE,
    )

    test(
      `${name}: a listener that never comes back from revoked does not keep the group`,
      async () => {
        const group = fresh('group')
        const consumer = await open({ 'group.id': group, ...more })
        const told: string[] = []
        consumer.subscribe([topic], {
          ...nothing,
          revoked: () => {
            told.push('revoked')
            return new Promise<void>(() => {})
          },
        })
        await take(consumer, 100)
        await consumer.close()
        expect(told).toEqual(['revoked'])
        await expectFree(group, more)
      },
      DEADLINE,
    )

    test(
      `${name}: nor does one that never comes back to a poll, and when it does, nothing happens`,
      async () => {
        const group = fresh('group')
        const consumer = await open({ 'group.id': group, ...more })
        const hanging = Promise.withResolvers<void>()
        const entered = Promise.withResolvers<void>()
        consumer.subscribe([topic], {
          ...nothing,
          assigned: () => {
            entered.resolve()
            return hanging.promise
          },
        })
        const poll = consumer.poll(new PackedBatch(), { ...POLL, timeoutMs: DEADLINE })
        await entered.promise
        await consumer.close()
        await expectFree(group, more)
        hanging.resolve()
        expect(await poll).toBe(0)
      },
      DEADLINE,
    )
  }

  test(
    'a member that leaves in the middle of a rebalance is gone, and the others go on',
    async () => {
      const group = fresh('group')
      const probe = new GroupProbe(broker.bootstrap)
      const slow = await open({ 'group.id': group, ...LONG })
      slow.subscribe([topic], nothing)
      await take(slow, 100)
      // It does not poll any more: the broker waits for it, and keeps the other one waiting.
      const impatient = await open({ 'group.id': group, ...LONG })
      impatient.subscribe([topic], nothing)
      await until('the round to begin', async () => {
        await pollOnce(impatient)
        return (await probe.describe(group)).state === 'PreparingRebalance'
      })
      await impatient.close()
      expect((await probe.describe(group)).members).toHaveLength(1)
      await slow.close()
      await expectFree(group, LONG)
      await probe.close()
    },
    DEADLINE,
  )

  test(
    'during a seek ends the seek without a word',
    async () => {
      const rejections: unknown[] = []
      const note = (reason: unknown) => void rejections.push(reason)
      process.on('unhandledRejection', note)
      try {
        for (let round = 0; round < 8; round++) {
          const consumer = await open({ 'group.id': fresh('group') })
          consumer.assign([{ topic, partition: 0, offset: 0 }])
          if (round % 2 === 1) await pollOnce(consumer, { ...POLL, timeoutMs: 20 })
          consumer.seek({ topic, partition: 0, offset: 10 })
          await consumer.close()
        }
        // Rejections are reported after all microtasks.
        await new Promise(resolve => setImmediate(resolve))
      } finally {
        process.off('unhandledRejection', note)
      }
      expect(rejections).toEqual([])
    },
    DEADLINE,
  )

  test(
    'a seek that is refused for good fails each poll until another one is made',
    async () => {
      const consumer = await open({ 'group.id': fresh('group') })
      consumer.assign([{ topic, partition: 0, offset: 0 }])
      // librdkafka's "stored offset", which it does not seek to.
      consumer.seek({ topic, partition: 0, offset: -1000 })
      const refused = `offset -1000 of ${topic}-0`
      const failing = until('the refusal', async () => {
        await pollOnce(consumer)
        return false
      })
      await expect(failing).rejects.toThrow(refused)
      await expect(pollOnce(consumer)).rejects.toThrow(refused)
      consumer.seek({ topic, partition: 0, offset: 42 })
      expect((await take(consumer, 1))[0]!.offset).toBe(42)
      await consumer.close()
    },
    DEADLINE,
  )

  test(
    'commits that Kafka does not answer end with the client',
    async () => {
      const settings = {
        'bootstrap.servers': `127.0.0.1:${await freePort()}`,
        'group.id': 'g',
        // librdkafka waits as long for the group's coordinator before it lets go.
        'session.timeout.ms': '1000',
      }
      const handle = await Handle.open<PackedConsumer>('consumer', settings, log)
      const offsets = nativePartitions([{ topic: 't', partition: 0, offset: 1 }])
      const commits = [1, 2, 3].map(() => handle.call(id => handle.packed.commit(id, offsets)))
      await handle.close(DEADLINE)
      for (const { error } of await Promise.all(commits)) {
        expect(error).toMatchObject({ code: -172, message: 'The client was closed before Kafka answered' })
      }
      expect(() => handle.call(id => handle.packed.commit(id, offsets))).toThrow(
        'This Kafka client is not open',
      )
    },
    DEADLINE,
  )

  test(
    'what is asked of a group in the moment when it ends is answered',
    async () => {
      const nothing = new Uint8Array(0)
      for (let round = 0; round < 20; round++) {
        const settings = { 'bootstrap.servers': broker.bootstrap, 'group.id': fresh('group') }
        const handle = await Handle.open<PackedConsumer>('consumer', settings, log)
        const packed = handle.packed
        let announced = false
        handle.onEvent = event => {
          announced ||= event.kind === 'rebalance'
        }
        packed.subscribe([topic, -1, 0, null])
        await until('the assignment', async () => {
          const atMost1000 = new Uint8Array(new Float64Array([0, 0, 1000, 0, 0, 0]).buffer)
          packed.consume(nothing, nothing, nothing, atMost1000)
          handle.serveEvents()
          return announced
        })
        // librdkafka waits for no answer to the assignment; whatever it is asked on the way, it must answer itself.
        expect(packed.leave()).toBe(0)
        while (!packed.closed()) packed.assign('none', [])
        await handle.close(DEADLINE)
      }
    },
    DEADLINE,
  )
})
