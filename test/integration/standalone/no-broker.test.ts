import { expect, test } from 'bun:test'
import { openKafka } from '../../../src/cli/kafka.ts'
import { lookUpClusterId } from '../../../src/herder/cluster-lookup.ts'
import { redirect } from '../../../src/observe/log.ts'

test('a broker that does not answer: a ConnectException that names it, when the time is up', async () => {
  const worker = { 'bootstrap.servers': '127.0.0.1:24001' }
  const kafka = await openKafka(worker, '')
  const restore = redirect(() => {})
  const began = performance.now()
  await expect(
    lookUpClusterId({
      openAdmin: () => kafka.admin(worker),
      bootstrapServers: worker['bootstrap.servers'],
      timeoutMs: 1500,
      signal: new AbortController().signal,
    }),
  ).rejects.toThrow('Failed to connect to and describe Kafka cluster at 127.0.0.1:24001')
  restore()
  // Not sooner: a broker that starts along with its worker gets its chance.
  expect(performance.now() - began).toBeGreaterThan(1000)
  await kafka.close()
}, 15_000)
