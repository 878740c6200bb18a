/** What the listener of a consumer is told of positions in a rebalance; the native client follows a script. */
import { expect, test } from 'bun:test'
import type { PackedConsumer } from '../../../src/kafka/librdkafka/addon.ts'
import { Assignment } from '../../../src/kafka/librdkafka/assignment.ts'
import type { Handle } from '../../../src/kafka/librdkafka/handle.ts'
import { PackedBatch } from '../../../src/kafka/packed-batch.ts'
import { logger } from '../../../src/observe/log.ts'

const topic = 't'
const rebalance = (assign: boolean, ...numbers: number[]) => ({
  kind: 'rebalance' as const,
  assign,
  lost: false,
  cooperative: true,
  partitions: numbers.map(partition => ({ topic, partition })),
})

test('records that are taken away before a poll gives them count as unread', async () => {
  const positions = [7, 9]
  const handle = {
    packed: { position: (_: string, partition: number) => positions[partition], assign: () => 0, pause() {} },
    call: async () => ({ error: { code: 0 }, partitions: [] }),
  } as unknown as Handle<PackedConsumer>
  const assignment = new Assignment(handle, logger('test'))
  const seen: (number | null)[] = []
  const position = (partition: number) => assignment.position({ topic, partition })
  assignment.listener = {
    async assigned() {},
    async revoked() {
      seen.push(position(0), position(1))
    },
    async lost() {},
  }
  const batch = new PackedBatch()
  const number = batch.topicNumber(topic)
  for (const [partition, offset] of [
    [0, 5],
    [1, 8],
    [0, 6],
  ] as const) {
    batch.begin(number, partition, -1)
    batch.putNull()
    batch.endKey()
    batch.putNull()
    batch.endValue()
    batch.commit()
    batch.setOffset(batch.count - 1, offset)
  }
  assignment.announce(rebalance(true, 0, 1))
  await assignment.rebalance(() => {})
  expect([position(0), position(1)]).toEqual(positions)
  assignment.announce(rebalance(false, 0))
  await assignment.rebalance(gone => assignment.dropFrom(batch, gone))
  expect(seen).toEqual([5, 9])
  expect([batch.count, batch.offset(0)]).toEqual([1, 8])
  positions[0] = 20
  assignment.announce(rebalance(true, 0))
  await assignment.rebalance(() => {})
  expect([position(0), position(1)]).toEqual([20, 9])
})
