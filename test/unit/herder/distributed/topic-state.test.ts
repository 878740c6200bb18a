/** What a worker that has not read as far as others says of connectors and tasks. */
import { expect, test } from 'bun:test'
import { readConfigRecord } from '../../../../src/herder/distributed/config-records.ts'
import { ConfigState } from '../../../../src/herder/distributed/config-state.ts'
import { TopicState } from '../../../../src/herder/distributed/topic-state.ts'

const RECORDS = [
  ['connector-c', '{"properties":{"tasks.max":"2"}}'],
  ['task-c-0', '{"properties":{}}'],
  ['task-c-1', '{"properties":{}}'],
  ['commit-c', '{"tasks":2}'],
] as const

/** A worker that has read so many of the records, and reads up to `end` when it is asked to; null: never. */
function worker(read: number, end: number | null = RECORDS.length) {
  const config = new ConfigState()
  let offset = 0
  const readTo = (to: number) => {
    for (const [key, value] of RECORDS.slice(offset, to))
      config.apply(readConfigRecord(Buffer.from(key), Buffer.from(value)), offset++)
  }
  readTo(read)
  let looks = 0
  const leadership = {
    hasRead: async () => {
      looks++
      if (end !== null) readTo(end)
      return end !== null
    },
  }
  const state = new TopicState({ store: { snapshot: () => config.snapshot() }, leadership } as never)
  return { state, looks: () => looks }
}

test('what others have written already is known, and looked for only where it is not', async () => {
  for (const [read, looks] of [
    [0, 1],
    [1, 1],
    [4, 0],
  ] as const) {
    const at = worker(read)
    expect((await at.state.knownAnywhere('c', 'UNKNOWN_CONNECTOR', 1)).tasks).toHaveLength(2)
    expect(at.looks()).toBe(looks)
  }
  const of = worker(1)
  await of.state.knownAnywhere('c', 'UNKNOWN_CONNECTOR')
  expect(of.looks()).toBe(0)
})

test('unknown to all: 404; whether it is cannot be said: to be asked again', async () => {
  await expect(worker(4).state.knownAnywhere('d', 'UNKNOWN_CONNECTOR')).rejects.toMatchObject({
    status: 404,
    code: 'UNKNOWN_CONNECTOR',
  })
  await expect(worker(0, null).state.knownAnywhere('c', 'UNKNOWN_CONNECTOR')).rejects.toMatchObject({
    status: 409,
    code: 'STALE_CONFIG',
  })
})
