import { describe, expect, test } from 'bun:test'
import {
  createTopic,
  DEADLINE,
  fresh,
  type Port,
  publish,
  readAll,
  type Sample,
  type Seen,
} from './harness.ts'

/** What goes in comes out: every field of a record, at its edges. */
export function recordBehaviours(port: Port): void {
  async function roundTrip(sample: Omit<Sample, 'topic'>): Promise<Seen> {
    const topic = fresh('record')
    // A broker refuses timestamps more than an hour ahead unless told.
    await createTopic(port, topic, 1, { 'message.timestamp.after.max.ms': '9223372036854775807' })
    await publish(port, [{ topic, ...sample }])
    const { records } = await readAll(port, [{ topic, partition: 0 }])
    expect(records).toHaveLength(1)
    return records[0]!
  }

  describe('records', () => {
    test(
      'timestamp 0 stays 0',
      async () => {
        expect((await roundTrip({ value: 'x', timestamp: 0 })).timestamp).toBe(0)
      },
      DEADLINE,
    )

    test(
      'a timestamp of long ago stays',
      async () => {
        expect((await roundTrip({ value: 'x', timestamp: 946684800123 })).timestamp).toBe(946684800123)
      },
      DEADLINE,
    )

    test(
      'a missing timestamp becomes the time of sending',
      async () => {
        const before = Date.now()
        const { timestamp } = await roundTrip({ value: 'x' })
        expect(timestamp).toBeGreaterThanOrEqual(before - 1)
        expect(timestamp).toBeLessThanOrEqual(Date.now() + 1)
      },
      DEADLINE,
    )

    for (const [name, key, value] of [
      ['null key and null value', null, null],
      ['empty key and empty value', '', ''],
      ['null key, empty value', null, ''],
      ['empty key, null value', '', null],
      ['key and tombstone', 'k', null],
    ] as const) {
      test(
        name,
        async () => {
          expect(await roundTrip({ key, value })).toMatchObject({ key, value, headers: [] })
        },
        DEADLINE,
      )
    }

    test(
      'every byte value in key and value',
      async () => {
        const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
        const topic = fresh('bytes')
        await createTopic(port, topic)
        await publish(port, [{ topic, key: bytes, value: bytes }])
        const { records } = await readAll(port, [{ topic, partition: 0 }])
        expect(records[0]!.value).toBe(Buffer.from(bytes).toString('utf8'))
        expect(records[0]!.key).toBe(Buffer.from(bytes).toString('utf8'))
      },
      DEADLINE,
    )

    test(
      'null, empty and duplicate headers keep value and order',
      async () => {
        const headers: Sample['headers'] = [
          ['a', '1'],
          ['b', null],
          ['a', ''],
          ['', 'empty name'],
          ['a', '2'],
        ]
        expect((await roundTrip({ value: 'x', headers })).headers).toEqual(headers)
      },
      DEADLINE,
    )

    test(
      '40 headers',
      async () => {
        const headers = Array.from({ length: 40 }, (_, i): [string, string] => [`header-${i}`, 'v'.repeat(i)])
        expect((await roundTrip({ key: 'k', value: 'x', headers })).headers).toEqual(headers)
      },
      DEADLINE,
    )

    test(
      'unicode header names',
      async () => {
        const headers: [string, string][] = [
          ['größe', 'ü'],
          ['名前', '値'],
          ['🦊', '😀'],
        ]
        expect((await roundTrip({ value: 'x', headers })).headers).toEqual(headers)
      },
      DEADLINE,
    )

    for (const compression of port.factory.capabilities.compressions) {
      test(
        `a record of 50 MB, compression.type=${compression}`,
        async () => {
          const topic = fresh('large')
          await createTopic(port, topic, 1, { 'max.message.bytes': String(64 << 20) })
          const large = Buffer.alloc(50 << 20)
          for (let i = 0; i < large.length; i += 997) large[i] = (i * 31) & 0x7f
          const text = large.toString('latin1')
          await publish(
            port,
            [
              { topic, value: 'before' },
              { topic, key: 'large', value: large },
              { topic, value: 'after' },
            ],
            {
              'compression.type': compression,
              'max.request.size': String(64 << 20),
              'buffer.memory': String(128 << 20),
            },
          )
          const { records } = await readAll(port, [{ topic, partition: 0 }])
          expect(records.map(record => record.value?.length)).toEqual([6, 50 << 20, 5])
          expect(records[1]!.value === text).toBe(true)
        },
        DEADLINE,
      )
    }
  })
}
