/** Prints sequences of records, good ones and others, for TopicReplays.java. */
type Entry = [key: string | null, value: string | null]
type Below = (below: number) => number

export const NAMES = ['a', 'b-1', 'ü🙂', '']

/** Numbers of a linear congruential generator, so that a failure can be repeated. */
function random(seed: number): Below {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const GARBAGE = [
  null,
  '{',
  '[]',
  '5',
  '"x"',
  '',
  'null',
  '{}',
  '{"a":1} trailing',
  "{'a':1}",
  '{"tasks":007}',
  '{"tasks":2.0}',
  '{"tasks":4294967298}',
  '{"task-count":"2"}',
  '{"properties":[]}',
  '{"properties":null}',
  '{"state":7}',
  '{"state":"PAUSED","state.v2":"NO"}',
  '{"state":"PAUSED","state.v2":7}',
  '{"state":null,"state":"STOPPED"}',
  '{"key":"AQID","algorithm":"A"}',
  '{"key":"","algorithm":"A","creation-timestamp":1}',
  '{"level":null}',
  '{"include-tasks":1,"only-failed":true}',
  '{"topic":{}}',
  '{"topic":{"name":"t","connector":"a","task":1.5,"discoverTimestamp":1}}',
  '{"state":"RUNNING","worker_id":"w","generation":1}',
  '{"state":"RUNNING","worker_id":"w","generation":1,"trace":5}',
  '{"state":"running","worker_id":"w","generation":1}',
  '{"state":"RUNNING","generation":1}',
  '{"state":"RUNNING","worker_id":"w","generation":"1"}',
  '{"state":"RUNNING","worker_id":"w"}',
]

function configEntry(next: Below): Entry {
  const name = NAMES[next(NAMES.length)]!
  const number = next(4)
  const config = JSON.stringify({ properties: { n: String(next(5)), same: 'x', none: next(9) ? 'y' : null } })
  const task = JSON.stringify({ properties: { n: String(next(5)), same: 'x' } })
  const state = ['STARTED', 'PAUSED', 'STOPPED', 'NO'][next(4)]
  const kinds: [string | null, () => string | null][] = [
    [`connector-${name}`, () => (next(4) === 0 ? null : config)],
    [`task-${name}-${number}`, () => task],
    [`commit-${name}`, () => `{"tasks":${next(4)}}`],
    [`target-state-${name}`, () => (next(4) ? `{"state":"PAUSED","state.v2":"${state}"}` : null)],
    [`target-state-${name}`, () => `{"state":"${state}"}`],
    [`tasks-fencing-${name}`, () => `{"task-count":${next(4)}}`],
    ['session-key', () => `{"key":"AQID","algorithm":"A","creation-timestamp":${next(9)}}`],
    [`restart-connector-${name}`, () => `{"include-tasks":${!next(2)},"only-failed":true}`],
    ['logger-cluster-a.b', () => '{"level":"INFO"}'],
    ['unknown', () => '{}'],
    [`task-${name}`, () => task],
    [`task-${name}-00${number}`, () => task],
    [`task-${name}-+${number}-`, () => task],
    [`task-${name}-x`, () => task],
  ]
  return spoilt(next, kinds[next(3) === 0 ? next(kinds.length) : next(3)]!)
}

function statusEntry(next: Below): Entry {
  const name = NAMES[next(NAMES.length)]!
  const states = ['UNASSIGNED', 'RUNNING', 'PAUSED', 'FAILED', 'RESTARTING']
  const value = () =>
    JSON.stringify({
      state: states[next(states.length)],
      trace: next(3) ? null : 'x\ty',
      worker_id: `w${next(2)}`,
      generation: next(5),
      version: next(2) ? '1.0' : null,
    })
  const topic = `t${next(2)}`
  const used = `{"topic":{"name":"${topic}","connector":"${name}","task":0,"discoverTimestamp":5}}`
  const kinds: [string | null, () => string | null][] = [
    [`status-connector-${name}`, () => (next(4) ? value() : null)],
    [`status-task-${name}-${next(3)}`, () => (next(5) ? value() : null)],
    [`status-topic-${topic}:connector-${name}`, () => (next(3) ? used : null)],
    [`status-task-${name}`, value],
    [`status-task-${name}-01-`, value],
    [`status-topic-:connector-${name}`, () => used],
    [`status-topic-${topic}`, () => used],
    [`status-topic-${topic}:x`, () => used],
    ['other', value],
  ]
  return spoilt(next, kinds[next(4) === 0 ? next(kinds.length) : next(3)]!)
}

function spoilt(next: Below, [key, value]: [string | null, () => string | null]): Entry {
  return [key, next(8) === 0 ? GARBAGE[next(GARBAGE.length)]! : value()]
}

if (import.meta.main) {
  for (let seed = 1; seed <= 150; seed++) {
    const next = random(seed)
    const length = 5 + next(60)
    const config = Array.from({ length }, () => configEntry(next))
    console.log(JSON.stringify({ config, live: next(length) }))
    console.log(JSON.stringify({ status: Array.from({ length: 5 + next(30) }, () => statusEntry(next)) }))
  }
}
