import { expect, test } from 'bun:test'
import type { ConfigSnapshot } from '../../../../src/herder/distributed/config-events.ts'
import { readConfigRecord } from '../../../../src/herder/distributed/config-records.ts'
import { ConfigState } from '../../../../src/herder/distributed/config-state.ts'

type Entry = [key: string | null, value: string | null]

const bytes = (text: string | null) => (text === null ? null : Buffer.from(text))

function applied(entries: readonly Entry[], state = new ConfigState(), from = 0): ConfigState {
  for (const [i, [key, value]] of entries.entries())
    state.apply(readConfigRecord(bytes(key), bytes(value)), from + i)
  return state
}

const NAMES = ['a', 'b-1', 'ü🙂', '']

/** Everything that a snapshot says, but the generations, which count from when a worker began to read. */
function said(snapshot: ConfigSnapshot): unknown {
  return {
    offset: snapshot.offset,
    key: snapshot.sessionKey,
    connectors: snapshot.connectors(),
    inconsistent: snapshot.inconsistent(),
    each: NAMES.map(name => ({
      config: snapshot.connectorConfig(name),
      target: snapshot.targetState(name),
      tasks: snapshot.tasks(name),
      configs: [0, 1, 2, 3].map(task => snapshot.taskConfig({ connector: name, task })),
      count: snapshot.taskCount(name),
      applied: snapshot.appliedConfig(name),
      record: snapshot.taskCountRecord(name),
      fencing: snapshot.pendingFencing(name),
      generation: snapshot.taskConfigGeneration(name),
    })),
  }
}

/** Numbers of a linear congruential generator, so that a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function randomEntry(next: (below: number) => number): Entry {
  const name = NAMES[next(NAMES.length)]!
  const number = next(4)
  const config = JSON.stringify({ properties: { n: String(next(5)), same: 'x' } })
  const garbage = [
    null,
    '{',
    '[]',
    '5',
    '"x"',
    '{"tasks":"x"}',
    '{"properties":[]}',
    '{"state":7}',
    'null',
    '',
  ]
  const values: [string | null, () => string | null][] = [
    [`connector-${name}`, () => (next(4) === 0 ? null : config)],
    [`task-${name}-${number}`, () => config],
    [`commit-${name}`, () => `{"tasks":${next(4)}}`],
    [
      `target-state-${name}`,
      () => (next(4) === 0 ? null : `{"state":"${['STARTED', 'PAUSED', 'NO'][next(3)]}"}`),
    ],
    [`tasks-fencing-${name}`, () => `{"task-count":${next(4)}}`],
    ['session-key', () => `{"key":"AQID","algorithm":"A","creation-timestamp":${next(9)}}`],
    [`restart-connector-${name}`, () => '{"include-tasks":true}'],
    ['logger-cluster-a', () => '{"level":"INFO"}'],
    ['unknown', () => '{}'],
    [`task-${name}`, () => config],
    [`task-${name}--${number}`, () => config],
    [null, () => config],
  ]
  const [key, value] = values[next(3) === 0 ? next(values.length) : next(3)]!
  return [key, next(12) === 0 ? garbage[next(garbage.length)]! : value()]
}

test('a worker that has read everything anew knows what one knows that was there all the time', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const next = random(seed)
    const entries = Array.from({ length: 5 + next(120) }, () => randomEntry(next))
    const middle = next(entries.length)
    const steady = applied(entries.slice(0, middle))
    steady.snapshot()
    applied(entries.slice(middle), steady, middle)
    expect(said(steady.snapshot())).toEqual(said(applied(entries).snapshot()))
  }
})

test('a snapshot never changes, whatever is read after it', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const next = random(seed)
    const state = new ConfigState()
    const taken: [ConfigSnapshot, unknown][] = []
    for (let i = 0; i < 60; i++) {
      applied([randomEntry(next)], state, i)
      const snapshot = state.snapshot()
      if (next(3) === 0) taken.push([snapshot, said(snapshot)])
    }
    for (const [snapshot, then] of taken) expect(said(snapshot)).toEqual(then)
  }
})

test('asking again for a snapshot copies nothing', () => {
  const state = new ConfigState()
  for (let i = 0; i < 1000; i++) applied([[`connector-${i}`, '{"properties":{"a":"b"}}']], state, i)
  const snapshot = state.snapshot()
  expect(state.snapshot()).toBe(snapshot)
  expect(snapshot.connectors()).toHaveLength(1000)
})

test('configurations keep the order they were written in', () => {
  const state = applied([
    ['connector-a', '{"properties":{"z":"1","name":"a","b":null,"connector.class":"C"}}'],
  ])
  expect(Object.keys(state.snapshot().connectorConfig('a')!)).toEqual(['z', 'name', 'b', 'connector.class'])
})

test('the name of a property or a connector may be anything, that of the prototype too', () => {
  const state = applied([
    ['connector-a', '{"properties":{"constructor":"x","toString":"y"}}'],
    ['connector-b', '{"properties":{"a":"b","__proto__":"x"}}'],
    ['connector-c', '{"properties":{"__proto__":null}}'],
    ['task-b-0', '{"properties":{"__proto__":"y"}}'],
    ['commit-b', '{"tasks":1}'],
    ['connector-__proto__', '{"properties":{"a":"b"}}'],
  ])
  expect(state.snapshot().connectorConfig('a')).toEqual({ constructor: 'x', toString: 'y' } as never)
  const snapshot = state.snapshot()
  expect(Object.entries(snapshot.connectorConfig('b')!)).toEqual([
    ['a', 'b'],
    ['__proto__', 'x'],
  ])
  expect(Object.entries(snapshot.connectorConfig('c')!)).toEqual([['__proto__', null]])
  expect(Object.entries(snapshot.taskConfig({ connector: 'b', task: 0 })!)).toEqual([['__proto__', 'y']])
  expect(snapshot.connectors()).toEqual(['a', 'b', 'c', '__proto__'])
})

test.each([
  [0, 0],
  [300, 300],
  [2 ** 18, 2 ** 18],
  [-1, 7],
  [2 ** 18 + 1, 7],
  [2 ** 31 - 1, 7],
])('of %d former tasks %d are to be fenced', (count, kept) => {
  const state = applied([
    ['connector-a', '{"properties":{}}'],
    ['tasks-fencing-a', '{"task-count":7}'],
    ['commit-a', '{"tasks":0}'],
    ['tasks-fencing-a', `{"task-count":${count}}`],
  ])
  const snapshot = state.snapshot()
  expect(snapshot.taskCountRecord('a')).toBe(kept)
  expect(snapshot.pendingFencing('a')).toBe(kept !== count)
})
