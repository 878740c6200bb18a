import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { EmbeddedClient } from '../../../src/kafka/embedded/client.ts'
import type { Consumer } from '../../../src/kafka/port.ts'
import { redirect } from '../../../src/observe/log.ts'
import {
  createTopic,
  DEADLINE,
  numbered,
  pollOnce,
  portOf,
  publish,
  readAll,
  until,
} from '../../port/harness.ts'
import { cleanUp, directory, openLog } from './support.ts'

afterEach(cleanUp)

const HOUR = 3_600_000
const NONE = { assigned() {}, revoked() {}, lost() {} }
const EARLIEST = { 'auto.offset.reset': 'earliest' }
let warnings: string[] = []
let restore = () => {}
beforeEach(() => {
  warnings = []
  restore = redirect(line => void warnings.push(line))
})
afterEach(() => restore())

/** Ten batches of ten records; those of the first five are two hours old. */
async function filled(
  client: EmbeddedClient,
  topic = 't',
  configs: Record<string, string> = {},
): Promise<void> {
  await createTopic(portOf(client), topic, 1, configs)
  for (let batch = 0; batch < 10; batch++) {
    const timestamp = Date.now() - (batch < 5 ? 2 * HOUR : 0)
    await publish(portOf(client), numbered(topic, batch * 10, batch * 10 + 10, { timestamp }))
  }
}

async function start(client: EmbeddedClient, topic = 't'): Promise<number> {
  const consumer = await client.consumer({})
  const { low, high } = await consumer.watermarks({ topic, partition: 0 }, DEADLINE)
  expect(high).toBe(100)
  await consumer.close()
  return low
}

async function joined(
  client: EmbeddedClient,
  group: string,
  more = EARLIEST,
  topic = 't',
): Promise<Consumer> {
  const consumer = await client.consumer({ 'group.id': group, ...more })
  consumer.subscribe([topic], NONE)
  await until('the assignment', async () => {
    await pollOnce(consumer, { maxRecords: 1, maxBytes: 1, timeoutMs: 20 })
    return consumer.assignment().length === 1
  })
  return consumer
}

describe('retention', () => {
  test(
    'by age: old batches go, the rest stays readable at its offsets',
    async () => {
      const client = openLog(directory(), { 'bunnect.embedded.retention.ms': String(HOUR) })
      await filled(client)
      await client.retain()
      expect(await start(client)).toBe(50)
      const { records } = await readAll(portOf(client), [{ topic: 't', partition: 0 }], EARLIEST)
      expect(records.map(record => record.offset)).toEqual(Array.from({ length: 50 }, (_, i) => 50 + i))
    },
    DEADLINE,
  )

  test(
    'the default is seven days and no size',
    async () => {
      const client = openLog(directory())
      await filled(client)
      await client.retain()
      expect(await start(client)).toBe(0)
      const configs = await (await client.admin({})).topicConfigs('t')
      expect([configs.get('retention.ms'), configs.get('retention.bytes')]).toEqual(['604800000', '-1'])
    },
    DEADLINE,
  )

  test(
    'by size: at least retention.bytes are kept',
    async () => {
      const client = openLog(directory())
      // A batch of ten such records has 10 x 48 bytes of index and 10 or 20 of digits.
      await filled(client, 't', { 'retention.ms': '-1', 'retention.bytes': '1500' })
      await client.retain()
      expect(await start(client)).toBe(70)
    },
    DEADLINE,
  )

  test(
    "a topic's own setting wins",
    async () => {
      const client = openLog(directory(), { 'bunnect.embedded.retention.ms': String(HOUR) })
      await filled(client, 't', { 'retention.ms': '-1' })
      await filled(client, 'u', { 'cleanup.policy': 'compact' })
      await client.retain()
      expect([await start(client), await start(client, 'u')]).toEqual([0, 0])
    },
    DEADLINE,
  )

  test(
    'a start that was moved stays moved after a restart',
    async () => {
      const dataDir = directory()
      const first = openLog(dataDir, { 'bunnect.embedded.retention.ms': String(HOUR) })
      await filled(first)
      await first.retain()
      await first.close()
      expect(await start(openLog(dataDir))).toBe(50)
    },
    DEADLINE,
  )

  test(
    'runs by itself at its interval',
    async () => {
      const client = openLog(directory(), {
        'bunnect.embedded.retention.ms': String(HOUR),
        'bunnect.embedded.retention.check.interval.ms': '20',
      })
      await filled(client)
      await until('the clean-up', async () => (await start(client)) === 50)
    },
    DEADLINE,
  )

  describe('spares', () => {
    const OPTIONS = { 'bunnect.embedded.retention.ms': String(HOUR) }

    test(
      'what lies behind a committed offset, and says who holds it',
      async () => {
        const client = openLog(directory(), OPTIONS)
        await filled(client)
        await (await client.admin({})).alterGroupOffsets('slow', [{ topic: 't', partition: 0, offset: 25 }])
        await client.retain()
        expect(await start(client)).toBe(20)
        expect(warnings).toEqual([])
        for (let i = 0; i < 20; i++) await client.retain()
        expect(warnings).toHaveLength(1)
        expect(warnings[0]).toContain('consumer group slow (at offset 25)')
      },
      DEADLINE,
    )

    test(
      'everything for a group that reads the topic and has never committed, also after a restart',
      async () => {
        const dataDir = directory()
        const first = openLog(dataDir, OPTIONS)
        await filled(first)
        const consumer = await joined(first, 'new')
        await consumer.close()
        await first.retain()
        expect(await start(first)).toBe(0)
        for (let i = 0; i < 20; i++) await first.retain()
        expect(warnings.join('')).toContain('consumer group new (which has never committed)')
        await first.close()
        const second = openLog(dataDir, OPTIONS)
        await second.retain()
        expect(await start(second)).toBe(0)
      },
      DEADLINE,
    )

    test(
      'nothing any more once the group is deleted',
      async () => {
        const client = openLog(directory(), OPTIONS)
        await filled(client)
        const admin = await client.admin({})
        await (await joined(client, 'gone')).close()
        await admin.alterGroupOffsets('gone too', [{ topic: 't', partition: 0, offset: 0 }])
        await client.retain()
        expect(await start(client)).toBe(0)
        await admin.deleteGroup('gone')
        await client.retain()
        expect(await start(client)).toBe(0)
        await admin.deleteGroup('gone too')
        await client.retain()
        expect(await start(client)).toBe(50)
      },
      DEADLINE,
    )

    test(
      'what an open consumer without a group has still to read',
      async () => {
        const client = openLog(directory(), OPTIONS)
        await filled(client)
        const consumer = await client.consumer({})
        consumer.assign([{ topic: 't', partition: 0, offset: 12 }])
        await client.retain()
        expect(await start(client)).toBe(10)
        await consumer.close()
        await client.retain()
        expect(await start(client)).toBe(50)
      },
      DEADLINE,
    )

    test(
      'nothing for a group at work that no longer reads the topic',
      async () => {
        const client = openLog(directory(), OPTIONS)
        await filled(client)
        await createTopic(portOf(client), 'other')
        const consumer = await joined(client, 'moved')
        await consumer.commit([{ topic: 't', partition: 0, offset: 5 }])
        consumer.subscribe(['other'], NONE)
        await until('the new assignment', async () => {
          await pollOnce(consumer, { maxRecords: 1, maxBytes: 1, timeoutMs: 20 })
          return consumer.assignment()[0]?.topic === 'other'
        })
        await client.retain()
        expect(await start(client)).toBe(50)
      },
      DEADLINE,
    )

    test(
      'nothing with bunnect.embedded.retention.force=true; the reader goes on at the start',
      async () => {
        const client = openLog(directory(), { ...OPTIONS, 'bunnect.embedded.retention.force': 'true' })
        await filled(client)
        const consumer = await joined(client, 'slow')
        await consumer.commit([{ topic: 't', partition: 0, offset: 5 }])
        consumer.seek({ topic: 't', partition: 0, offset: 5 })
        await client.retain()
        expect(await start(client)).toBe(50)
        expect((await pollOnce(consumer))[0]!.offset).toBe(50)
      },
      DEADLINE,
    )

    test(
      'records of an open transaction',
      async () => {
        const client = openLog(directory(), OPTIONS)
        await filled(client)
        const producer = await client.producer({ 'transactional.id': 'x' })
        await producer.initTransactions(DEADLINE)
        await producer.beginTransaction()
        await producer.abortTransaction(DEADLINE)
        await client.retain()
        expect(await start(client)).toBe(50)
      },
      DEADLINE,
    )
  })
})

describe('space', () => {
  test(
    'a steady pipeline whose old records are deleted does not make the file grow',
    async () => {
      const dataDir = directory()
      const client = openLog(dataDir, {
        'bunnect.embedded.retention.ms': '-1',
        'bunnect.embedded.retention.bytes': String(4 << 20),
      })
      const file = join(dataDir, 'embedded-log.db')
      const body = 'x'.repeat(1000)
      const sizes: number[] = []
      const samples = Array.from({ length: 2000 }, () => ({ topic: 't', value: body }))
      for (let round = 0; round < 120; round++) {
        await publish(portOf(client), samples)
        await client.retain()
        if (round % 40 === 39) sizes.push(statSync(file).size)
      }
      // 240 MB went through.
      expect(sizes[2]!).toBeLessThanOrEqual(sizes[1]! * 1.1)
      expect(sizes[2]!).toBeLessThan(100 << 20)
      expect(statSync(`${file}-wal`).size).toBeLessThan(80 << 20)
    },
    DEADLINE,
  )

  test(
    'a deleted topic gives its space back',
    async () => {
      const dataDir = directory()
      const client = openLog(dataDir)
      const file = join(dataDir, 'embedded-log.db')
      const samples = Array.from({ length: 2000 }, () => ({ topic: 't', value: 'x'.repeat(1000) }))
      for (let i = 0; i < 70; i++) await publish(portOf(client), samples)
      const admin = await client.admin({})
      await admin.deleteTopics(['t'])
      await client.retain()
      await publish(portOf(client), [{ topic: 't', value: 'new' }])
      expect((await admin.endOffsets([{ topic: 't', partition: 0 }]))[0]!.offset).toBe(1)
      await client.close()
      expect(statSync(file).size).toBeLessThan(90 << 20)
    },
    DEADLINE,
  )
})
