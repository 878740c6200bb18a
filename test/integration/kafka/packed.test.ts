import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { nativeAddon, type PackedProducer } from '../../../src/kafka/librdkafka/addon.ts'
import { Handle } from '../../../src/kafka/librdkafka/handle.ts'
import { PackedBatch, STRIDE } from '../../../src/kafka/packed-batch.ts'
import { logger } from '../../../src/observe/log.ts'
import { DEADLINE, fresh, until } from '../../port/harness.ts'
import { sharedBroker } from '../../servers/kafka.ts'

/** Whatever the index says, the native side reads and writes nothing outside the buffers it was given. */
describe('packed entry points', () => {
  let broker: Awaited<ReturnType<typeof sharedBroker>>
  let handle: Handle<PackedProducer>
  beforeAll(async () => {
    broker = await sharedBroker()
    handle = await Handle.open('producer', { 'bootstrap.servers': broker.bootstrap }, logger('test'))
  }, DEADLINE)
  afterAll(async () => {
    await handle.close(DEADLINE)
    await broker.stop()
  }, DEADLINE)

  /** Sends one record under an index changed by `change`; its outcome's code. */
  let sequence = 0
  async function outcome(change: (i32: Int32Array) => void, data?: Uint8Array): Promise<number> {
    const batch = new PackedBatch(1, 1024)
    batch.begin(0, -1, -1)
    batch.putUtf8('key')
    batch.endKey()
    batch.putUtf8('value')
    batch.endValue()
    batch.header('h', Buffer.from('v'))
    batch.commit()
    change(batch.i32)
    const topics = new Int32Array([handle.packed.topic(fresh('packed'))])
    const bytes = new Uint8Array(topics.buffer)
    const taken = handle.packed.send(new Uint8Array(batch.index), data ?? batch.data, bytes, 0, 1, sequence)
    expect(taken).toBe(1)
    return await nextCode(sequence++)
  }

  async function nextCode(first: number): Promise<number> {
    const runs = new Float64Array(5)
    await until('the outcome', () => handle.packed.deliveries(new Uint8Array(runs.buffer)) === 1)
    expect(runs[0]).toBe(first)
    return runs[4]!
  }

  test('a good index is sent', async () => expect(await outcome(() => {})).toBe(0), DEADLINE)

  const INVALID = -186
  for (const [name, change] of [
    ['a key longer than the data', i32 => (i32[6] = 2 ** 31 - 1)],
    ['a value longer than the data', i32 => (i32[7] = 2 ** 31 - 1)],
    ['lengths whose sum overflows', i32 => i32.fill(2 ** 31 - 1, 6, 8)],
    ['a start behind the data', i32 => (i32[10] = 1 << 30)],
    ['a negative start', i32 => (i32[10] = -1)],
    ['headers longer than the data', i32 => (i32[9] = 2 ** 31 - 1)],
    ['more headers than bytes', i32 => (i32[8] = 2 ** 31 - 1)],
    ['a header count without bytes', i32 => (i32[9] = 0)],
    ['a topic that was never numbered', i32 => (i32[4] = 7)],
    ['a negative topic', i32 => (i32[4] = -7)],
  ] as [string, (i32: Int32Array) => void][]) {
    test(`${name} fails that record`, async () => expect(await outcome(change)).toBe(INVALID), DEADLINE)
  }

  test(
    'a broken header length fails the record',
    async () => {
      for (const length of [-1, 2 ** 31 - 1, 100]) {
        const data = Buffer.alloc(64)
        data.write('keyvalue')
        data.writeInt32LE(length, 8)
        expect(await outcome(() => {}, data)).toBe(INVALID)
      }
    },
    DEADLINE,
  )

  test(
    'data that is empty',
    async () => expect(await outcome(() => {}, new Uint8Array(0))).toBe(INVALID),
    DEADLINE,
  )

  test('random bytes as index and data are survived', async () => {
    const topics = new Uint8Array(new Int32Array([handle.packed.topic(fresh('random'))]).buffer)
    for (let round = 0; round < 200; round++) {
      const index = crypto.getRandomValues(new Uint8Array(STRIDE * 64))
      const data = crypto.getRandomValues(new Uint8Array(256))
      const i32 = new Int32Array(index.buffer)
      // Some fields nearly right, so that the checks behind the first one are reached too.
      for (let i = 0; i < 64; i++) {
        i32[i * 12 + 4] = 0
        for (const field of [6, 7, 8, 9, 10]) if (Math.random() < 0.8) i32[i * 12 + field]! &= 31
      }
      sequence += handle.packed.send(index, data, topics, 0, 64, sequence)
    }
    handle.packed.purge()
    const runs = new Float64Array(5 * 1000)
    let told = 0
    await until('all outcomes', () => {
      const n = handle.packed.deliveries(new Uint8Array(runs.buffer))
      for (let i = 0; i < n; i++) told += runs[i * 5 + 1]!
      return told === 200 * 64
    })
  })

  test('records of two topics never share a run', async () => {
    const batch = new PackedBatch(4, 4 << 20)
    for (const topic of [0, 0, 1, 1]) {
      batch.begin(topic, 0, -1)
      batch.putNull()
      batch.endKey()
      // More than message.max.bytes: both topics fail alike, at once.
      batch.putBytes(new Uint8Array(1 << 20))
      batch.endValue()
      batch.commit()
    }
    const topics = new Int32Array([fresh('one'), fresh('other')].map(name => handle.packed.topic(name)))
    const out = new Float64Array(50)
    const settled = () => handle.packed.deliveries(new Uint8Array(out.buffer))
    await until('silence', () => settled() === 0)
    handle.packed.send(new Uint8Array(batch.index), batch.data, new Uint8Array(topics.buffer), 0, 4, 100)
    expect(settled()).toBe(2)
    expect([...out.subarray(0, 10)]).toEqual([100, 2, 0, -1, 10, 102, 2, 0, -1, 10])
  })

  test('a count beyond the index ends at the index', () => {
    const index = new Uint8Array(STRIDE * 2 + 5)
    expect(handle.packed.send(index, new Uint8Array(0), new Uint8Array(0), 0, 1000, sequence)).toBe(2)
  })

  test('other arguments throw', () => {
    const { packed } = handle
    const none = new Uint8Array(0)
    const anything = [null, undefined, 5, 'text', {}, [], new Float64Array(2)] as unknown as Uint8Array[]
    for (const wrong of anything) {
      expect(() => packed.send(wrong, none, none, 0, 0, 0)).toThrow('Expected a Uint8Array')
      expect(() => packed.deliveries(wrong)).toThrow('Expected a Uint8Array')
    }
    expect(() => packed.send(none, none, none, -1, 0, 0)).toThrow('send: from, count')
    expect(() => packed.send(none, none, none, Number.NaN, 0, 0)).toThrow('Expected a number')
    const addon = nativeAddon()
    const wake = 'no function' as unknown as () => void
    const native = new addon.Producer({ 'bootstrap.servers': 'x:1' }, null)
    expect(() => new addon.PackedProducer(native, wake)).toThrow('PackedProducer(native, wake)')
    addon.packedRelease(native, null)
  })

  test('a client that is not connected or is released throws', () => {
    const addon = nativeAddon()
    const native = new addon.KafkaConsumer({ 'bootstrap.servers': 'x:1', 'group.id': 'g' }, null)
    const packed = new addon.PackedConsumer(native, () => {})
    packed.open()
    expect(() => packed.events()).toThrow('This Kafka client is not open')
    addon.packedRelease(native, packed)
    expect(() => packed.events()).toThrow('This Kafka client is not open')
    addon.packedRelease(native, packed)
  })

  test(
    'runs that do not fit stay for the next call',
    async () => {
      const failed = new Uint8Array(STRIDE * 10)
      new Int32Array(failed.buffer).forEach((_, i, all) => {
        // Every other record to another partition, so that no two share a run.
        if (i % 12 === 4) all[i] = -1
        if (i % 12 === 5) all[i] = (i / 12) & 1
      })
      const settled = () => handle.packed.deliveries(new Uint8Array(new Float64Array(50).buffer))
      await until('silence', () => settled() === 0)
      handle.packed.send(failed, new Uint8Array(0), new Uint8Array(0), 0, 10, 0)
      const out = new Float64Array(15)
      const firsts: number[] = []
      for (const expected of [3, 3, 3, 1, 0]) {
        const n = handle.packed.deliveries(new Uint8Array(out.buffer))
        expect(n).toBe(expected)
        for (let i = 0; i < n; i++) firsts.push(out[i * 5]!)
      }
      expect(firsts).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    },
    DEADLINE,
  )
})
