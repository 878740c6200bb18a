import { afterEach, beforeEach, describe, expect, spyOn, test } from 'bun:test'
import { propertyTable } from '../../../src/kafka/client-properties.ts'
import { plainReason } from '../../../src/kafka/librdkafka/broker-trouble.ts'
import { librdkafkaClient } from '../../../src/kafka/librdkafka/client.ts'
import { PackedBatch } from '../../../src/kafka/packed-batch.ts'
import { redirect } from '../../../src/observe/log.ts'
import { DEADLINE, packed, sendAll, until } from '../../port/harness.ts'
import { freePort } from '../../servers/ports.ts'

const client = librdkafkaClient(propertyTable)
const nobody = { assigned() {}, revoked() {}, lost() {} }

describe('brokers that do not answer', () => {
  let lines: string[]
  let restore: () => void
  beforeEach(() => {
    lines = []
    restore = redirect(line => void lines.push(line))
  })
  afterEach(() => restore())

  test(
    'a refused connection is named with address and reason, and warned about once',
    async () => {
      const address = `127.0.0.1:${await freePort()}`
      const producer = await client.producer({ 'bootstrap.servers': address, 'transactional.id': 'x' })
      const error = await producer.initTransactions(3000).then(
        () => null,
        e => e,
      )
      expect(error).toMatchObject({
        name: 'KafkaError',
        code: 'REQUEST_TIMED_OUT',
        retriable: true,
        fatal: false,
      })
      expect(error.message).toContain(`${address}: connection refused`)
      await producer.close(100)
      const about = lines.filter(line => line.includes(address))
      expect(about).toHaveLength(1)
      expect(about[0]).toContain(`WARN Cannot reach broker ${address}: connection refused`)
      // No spin: a client that cannot connect sleeps between attempts.
      const before = process.cpuUsage()
      const idle = await client.consumer({ 'bootstrap.servers': address, 'group.id': 'g' })
      idle.subscribe(['t'], nobody)
      await idle.poll(new PackedBatch(), { maxRecords: 10, maxBytes: 1000, timeoutMs: 2000 })
      const { user, system } = process.cpuUsage(before)
      expect(user + system).toBeLessThan(1_000_000)
      await idle.close()
    },
    DEADLINE,
  )

  test(
    'records wait, and are told as failed when the producer is closed',
    async () => {
      const producer = await client.producer({
        'bootstrap.servers': `127.0.0.1:${await freePort()}`,
        'enable.idempotence': 'false',
      })
      const errors: unknown[] = []
      producer.onDelivery = runs =>
        void errors.push(...runs.map(run => [run.first, run.count, run.error?.retriable]))
      await sendAll(producer, packed([1, 2, 3].map(n => ({ topic: 't', value: String(n) }))))
      expect(await producer.flush(200)).toBe(false)
      expect(producer.inFlight).toBe(3)
      await producer.close(200)
      expect(producer.inFlight).toBe(0)
      expect(errors).toEqual([[0, 3, false]])
    },
    DEADLINE,
  )

  test(
    'a host name that does not resolve is said',
    async () => {
      const consumer = await client.consumer({
        'bootstrap.servers': 'no-such-host.invalid:9092',
        'group.id': 'g',
      })
      // A resolver may take longer than a call.
      await until('the reason', async () => {
        const error = await consumer.committed([{ topic: 't', partition: 0 }], 3000).then(
          () => null,
          e => e,
        )
        expect(error).toMatchObject({ name: 'KafkaError', retriable: true })
        return /no-such-host\.invalid:9092: (?:failed to resolve|.*not known|.*resolution)/i.test(
          error.message,
        )
      })
      await consumer.close()
    },
    DEADLINE,
  )

  test(
    'a poll ends in its time although the clock is set back meanwhile',
    async () => {
      const consumer = await client.consumer({
        'bootstrap.servers': `127.0.0.1:${await freePort()}`,
        'group.id': 'g',
      })
      consumer.subscribe(['t'], nobody)
      const poll = consumer.poll(new PackedBatch(), { maxRecords: 10, maxBytes: 1000, timeoutMs: 300 })
      const now = Date.now
      const clock = spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000)
      try {
        expect(await poll).toBe(0)
      } finally {
        clock.mockRestore()
      }
      await consumer.close()
    },
    DEADLINE,
  )

  test(
    'an admin call says it too',
    async () => {
      const address = `127.0.0.1:${await freePort()}`
      const admin = await client.admin({ 'bootstrap.servers': address, 'default.api.timeout.ms': '1000' })
      const error = await admin.listTopics().then(
        () => null,
        e => e,
      )
      expect(error).toMatchObject({ name: 'KafkaError', retriable: true })
      expect(error.message).toContain(address)
      await admin.close()
    },
    DEADLINE,
  )

  test('settings that librdkafka refuses are a ConfigException', async () => {
    const refused = {
      ...propertyTable,
      librdkafka: () => ({ settings: { 'no.such.setting': '1' }, warnings: [] }),
    }
    await expect(librdkafkaClient(refused).producer({})).rejects.toMatchObject({
      name: 'ConfigException',
      message: expect.stringContaining('no.such.setting'),
    })
  })
})

describe('plain reasons', () => {
  for (const [from, to] of [
    [
      '127.0.0.1:9092/bootstrap: Connect to ipv4#127.0.0.1:9092 failed: Connection refused (after 0ms in state CONNECT)',
      '127.0.0.1:9092: connection refused',
    ],
    [
      'ssl://b.example.org:9093/2: SSL handshake failed: x (after 4ms in state SSL_HANDSHAKE, 3 identical error(s) suppressed)',
      'b.example.org:9093: SSL handshake failed: x',
    ],
    [
      '[thrd:GroupCoordinator]: GroupCoordinator: 127.0.0.1:9092: Connect to ipv4#127.0.0.1:9092 failed: Connection refused (after 0ms in state CONNECT)',
      '127.0.0.1:9092: connection refused',
    ],
    ['something else', 'something else'],
  ] as const) {
    test(from.slice(0, 40), () => expect(plainReason(from)).toBe(to))
  }
})
