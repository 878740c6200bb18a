import { describe, expect, test } from 'bun:test'
import { KafkaError } from '../../../src/kafka/port.ts'
import { forgetSecrets, hide } from '../../../src/observe/secrets.ts'
import type { LogEntry, TopicLog } from '../../../src/stores/topic-log.ts'
import { until } from '../../servers/run.ts'
import { ownTopics } from './topic-logs.ts'

const { topics, lines } = ownTopics()
const id = (task: number, connector = 'c') => ({ connector, task })
const RUNNING = { version: '4.3.1' }
const GONE = { version: null }
const FIVE = 5

/** A log whose writes go through `append`. */
function through(append: (entries: readonly LogEntry[], log: TopicLog) => Promise<void>) {
  return (log: TopicLog): TopicLog => ({
    start: signal => log.start(signal),
    append: entries => append(entries, log),
    appendAndRead: (entries, signal) => log.appendAndRead(entries, signal),
    readToEnd: signal => log.readToEnd(signal),
    flush: ms => log.flush(ms),
    close: () => log.close(),
  })
}

describe('what is reported', () => {
  test('is shown at once here, and to every other worker when it has read it', async () => {
    const one = await topics.status('shown', { generation: () => 7 })
    const other = await topics.status('shown', { workerId: 'w2:8083' })
    one.connector('c', 'RUNNING', RUNNING)
    one.task(id(1), 'PAUSED', RUNNING)
    one.task(id(0), 'FAILED', { version: '4.3.1', trace: 'java.lang.Boom: x\n' })
    const shown = {
      connector: { state: 'RUNNING', worker_id: 'w1:8083', version: '4.3.1' },
      tasks: [
        { id: 0, state: 'FAILED', worker_id: 'w1:8083', version: '4.3.1', trace: 'java.lang.Boom: x\n' },
        { id: 1, state: 'PAUSED', worker_id: 'w1:8083', version: '4.3.1' },
      ],
    }
    const seenBy = (log: typeof one) => ({
      connector: log.connectorStatus('c'),
      tasks: log.taskStatuses('c'),
    })
    expect<unknown>(seenBy(one)).toEqual(shown)
    await one.flush(10_000)
    await other.refresh()
    expect<unknown>(seenBy(other)).toEqual(shown)
    expect(other.connectors()).toEqual(['c'])
    expect((await topics.records('shown', FIVE)).toSorted()).toEqual([
      [
        'status-connector-c',
        '{"state":"RUNNING","trace":null,"worker_id":"w1:8083","generation":7,"version":"4.3.1"}',
      ],
      [
        'status-task-c-0',
        '{"state":"FAILED","trace":"java.lang.Boom: x\\n","worker_id":"w1:8083","generation":7,"version":"4.3.1"}',
      ],
      [
        'status-task-c-1',
        '{"state":"PAUSED","trace":null,"worker_id":"w1:8083","generation":7,"version":"4.3.1"}',
      ],
    ])
  })

  test('never goes back to an older state while it is read back', async () => {
    let generation = 1
    const log = await topics.status('steady', { generation: () => generation })
    const seen: string[] = []
    for (let i = 0; i < 50; i++) {
      generation++
      const state = i % 2 === 0 ? 'RUNNING' : 'PAUSED'
      log.task(id(0), state, RUNNING)
      if (i % 10 === 0) await Bun.sleep(0)
      seen.push(`${log.taskStatus(id(0))?.state} ${state}`)
    }
    expect(new Set(seen)).toEqual(new Set(['RUNNING RUNNING', 'PAUSED PAUSED']))
    await log.refresh()
    expect(log.taskStatus(id(0))?.state).toBe('PAUSED')
  })

  test('of a deleted connector nothing is left: tombstones of its tasks, then its own', async () => {
    const log = await topics.status('deleted')
    const other = await topics.status('deleted')
    log.connector('c', 'RUNNING', RUNNING)
    log.task(id(0), 'RUNNING', RUNNING)
    log.topic(id(0), 't')
    await log.flush(10_000)
    log.deleteConnector('c')
    log.forgetTopics('c')
    expect([log.connectorStatus('c'), log.taskStatuses('c'), log.topics('c')]).toEqual([null, [], []])
    await log.flush(10_000)
    await log.refresh()
    await other.refresh()
    for (const one of [log, other]) {
      expect([one.connectorStatus('c'), one.taskStatuses('c'), one.topics('c')]).toEqual([null, [], []])
      expect(one.connectors()).toEqual([])
    }
    const tombstones = (await topics.records('deleted', FIVE)).filter(([, value]) => value === null)
    expect(tombstones.map(([key]) => key).toSorted()).toEqual([
      'status-connector-c',
      'status-task-c-0',
      'status-topic-t:connector-c',
    ])
  })

  test('a topic is written once, and again after it was forgotten', async () => {
    const log = await topics.status('used')
    for (let i = 0; i < 3; i++) log.topic(id(i), 'orders')
    log.topic(id(0), 'other')
    expect(log.topics('c')).toEqual(['orders', 'other'])
    log.forgetTopics('c')
    log.topic(id(2), 'orders')
    await log.flush(10_000)
    await log.refresh()
    expect(log.topics('c')).toEqual(['orders'])
    const records = await topics.records('used', FIVE)
    expect(
      records.filter(([key]) => key === 'status-topic-orders:connector-c').map(([, value]) => value),
    ).toEqual([
      expect.stringMatching(
        /^\{"topic":\{"name":"orders","connector":"c","task":0,"discoverTimestamp":\d{13}\}\}$/,
      ),
      null,
      expect.stringContaining('"task":2'),
    ])
  })
})

describe('who may write (putSafe)', () => {
  test('UNASSIGNED and FAILED give way to another worker of a later generation, RUNNING does not', async () => {
    const old = await topics.status('safe', { generation: () => 3 })
    const young = await topics.status('safe', { workerId: 'w2:8083', generation: () => 4 })
    young.task(id(0), 'RUNNING', RUNNING)
    young.connector('c', 'RUNNING', RUNNING)
    await young.flush(10_000)
    await old.refresh()
    old.task(id(0), 'FAILED', { ...RUNNING, trace: 'x' })
    old.task(id(0), 'UNASSIGNED', GONE)
    old.connector('c', 'UNASSIGNED', GONE)
    expect(old.taskStatus(id(0))?.worker_id).toBe('w2:8083')
    old.task(id(1), 'UNASSIGNED', GONE)
    old.connector('c', 'PAUSED', RUNNING)
    await old.flush(10_000)
    await young.refresh()
    expect(young.taskStatus(id(0))).toMatchObject({ state: 'RUNNING', worker_id: 'w2:8083' })
    expect(young.taskStatus(id(1))).toMatchObject({ state: 'UNASSIGNED', worker_id: 'w1:8083' })
    expect(young.connectorStatus('c')).toMatchObject({ state: 'PAUSED', worker_id: 'w1:8083' })
  })
})

describe('when Kafka does not take a status', () => {
  test('it is sent again for as long as it is true, and the newest only', async () => {
    let failures = 6
    let appended = 0
    const log = await topics.status('again', {
      open: through(async (entries, real) => {
        appended++
        if (failures-- > 0) throw new KafkaError('REQUEST_TIMED_OUT', 'no answer', { retriable: true })
        await real.append(entries)
      }),
    })
    log.task(id(0), 'RUNNING', RUNNING)
    log.task(id(0), 'PAUSED', RUNNING)
    log.topic(id(0), 't')
    expect(log.taskStatus(id(0))?.state).toBe('PAUSED')
    const all = await until('both to arrive', async () => {
      const records = await topics.records('again', FIVE)
      return records.length === 2 && records
    })
    expect(all.map(([, value]) => value).toSorted()[0]).toContain('PAUSED')
    expect(appended).toBe(8)
    expect(lines.filter(line => line.includes('Statuses cannot be written to again'))).toHaveLength(1)
  })

  test('it is told anew in another generation, of what has stayed here', async () => {
    let generation = 1
    let down = true
    const log = await topics.status('anew', {
      generation: () => generation,
      open: through((entries, real) =>
        down ? Promise.reject(new KafkaError('X', 'no', { retriable: true })) : real.append(entries),
      ),
    })
    log.isHere = (connector, task) => connector === 'stays' && task !== 1
    log.connector('stays', 'RUNNING', RUNNING)
    log.task(id(0, 'stays'), 'FAILED', { version: '1', trace: 'x' })
    log.task(id(1, 'stays'), 'RUNNING', RUNNING)
    log.connector('gone', 'UNASSIGNED', GONE)
    generation = 4
    down = false
    const written = async () => (await topics.records('anew', FIVE)).map(([key]) => key).toSorted()
    await until(
      'the statuses to be written',
      async () => String(await written()) === 'status-connector-stays,status-task-stays-0',
    )
    expect(log.taskStatus(id(1, 'stays'))).toBeNull()
    for (const [, value] of await topics.records('anew', FIVE)) expect(JSON.parse(value!).generation).toBe(4)
  })

  test('what another worker tells late, without knowing who has it now, is contradicted once', async () => {
    const own = await topics.status('late', { generation: () => 11 })
    own.isHere = connector => connector !== 'elsewhere'
    const other = await topics.status('late', { workerId: 'w3:8083', generation: () => 11 })
    const states = [
      ['here', 'RUNNING'],
      ['paused', 'PAUSED'],
      ['elsewhere', 'RUNNING'],
    ] as const
    for (const [name, state] of states) {
      own.connector(name, state, RUNNING)
      own.task(id(0, name), state, RUNNING)
    }
    await own.refresh()
    // It has read nothing of that.
    const value = '{"state":"UNASSIGNED","trace":null,"worker_id":"w2:8083","generation":8,"version":null}'
    const keys = states.flatMap(([name]) => [`status-connector-${name}`, `status-task-${name}-0`])
    await topics.write(
      'late',
      FIVE,
      keys.map(key => ({ key, value })),
    )
    const shown = (log: typeof own) =>
      states.map(([name]) => [log.connectorStatus(name)?.state, log.taskStatus(id(0, name))?.state])
    await until('the last word', async () => {
      await own.refresh()
      await other.refresh()
      return (await topics.records('late', FIVE)).length === 16
    })
    await own.refresh()
    await other.refresh()
    expect(shown(other)).toEqual([
      ['RUNNING', 'RUNNING'],
      ['PAUSED', 'PAUSED'],
      // Java passes over a late word of a task that runs.
      ['UNASSIGNED', 'RUNNING'],
    ])
    expect(shown(own)).toEqual(shown(other))
  })

  test('and so is what it tells for a generation that this worker comes to later, where it still runs it', async () => {
    let generation = 11
    let isHere = (_: string) => true
    const own = await topics.status('later', { generation: () => generation })
    own.isHere = connector => isHere(connector)
    for (const name of ['stays', 'goes']) own.connector(name, 'RUNNING', RUNNING)
    await own.refresh()
    const value = '{"state":"UNASSIGNED","trace":null,"worker_id":"w2:8083","generation":12,"version":null}'
    const keys = ['status-connector-stays', 'status-connector-goes']
    await topics.write(
      'later',
      FIVE,
      keys.map(key => ({ key, value })),
    )
    await own.refresh()
    own.generationBegun()
    expect(own.connectorStatus('stays')?.state).toBe('UNASSIGNED')
    generation = 13
    isHere = connector => connector === 'stays'
    own.generationBegun()
    own.generationBegun()
    expect(own.connectorStatus('stays')?.state).toBe('RUNNING')
    expect(own.connectorStatus('goes')?.state).toBe('UNASSIGNED')
    await own.flush(10_000)
    const told = (await topics.records('later', FIVE)).map(([key, text]) => {
      const { state, generation } = JSON.parse(text!)
      return [key, state, generation]
    })
    expect(told.filter(([key]) => key === 'status-connector-stays')).toEqual([
      ['status-connector-stays', 'RUNNING', 11],
      ['status-connector-stays', 'UNASSIGNED', 12],
      ['status-connector-stays', 'RUNNING', 13],
    ])
    expect(told.filter(([key]) => key === 'status-connector-goes')).toHaveLength(2)
  })

  test('it is dropped in another generation, and by a tombstone of somebody else', async () => {
    let generation = 1
    let down = true
    const log = await topics.status('dropped', {
      generation: () => generation,
      open: through((entries, real) =>
        down ? Promise.reject(new KafkaError('X', 'no', { retriable: true })) : real.append(entries),
      ),
    })
    log.task(id(0), 'RUNNING', RUNNING)
    await until('the failure', () => lines.some(line => line.includes('cannot be written to dropped')))
    await topics.write('dropped', FIVE, [{ key: 'status-task-c-0', value: null }])
    await log.refresh()
    expect(log.taskStatus(id(0))).toBeNull()
    log.task(id(1), 'RUNNING', RUNNING)
    generation++
    await until('it to be dropped', () => log.taskStatus(id(1)) === null)
    down = false
    log.task(id(2), 'RUNNING', RUNNING)
    await log.flush(10_000)
    expect((await topics.records('dropped', FIVE)).map(([key]) => key).toSorted()).toEqual([
      'status-task-c-0',
      'status-task-c-2',
    ])
  })

  test('what Kafka refuses for good is told of, and what was known before is shown', async () => {
    let refuse = false
    const log = await topics.status('refusal', {
      open: through((entries, real) =>
        refuse
          ? Promise.reject(new KafkaError('TOPIC_AUTHORIZATION_FAILED', 'no right'))
          : real.append(entries),
      ),
    })
    log.connector('c', 'RUNNING', RUNNING)
    await log.flush(10_000)
    await log.refresh()
    refuse = true
    log.connector('c', 'PAUSED', RUNNING)
    await until('the old state', () => log.connectorStatus('c')?.state === 'RUNNING')
    const told = lines.find(line => line.includes('Failed to write the status status-connector-c to refusal'))
    expect(told).toContain('no right')
    expect(told).toContain('look whether this worker may write to the topic')
  })
})

describe('traces', () => {
  test('hide secrets, also in the topic', async () => {
    hide(['sesame-open'])
    try {
      const log = await topics.status('masked')
      log.connector('c', 'FAILED', { version: null, trace: 'Boom: the password is sesame-open\n' })
      await log.flush(10_000)
      expect(log.connectorStatus('c')?.trace).toBe('Boom: the password is [hidden]\n')
      const [record] = await topics.records('masked', FIVE)
      expect(record![1]).toContain('the password is [hidden]')
    } finally {
      forgetSecrets()
    }
  })

  test('of any length fit a record: the middle is left out', async () => {
    const log = await topics.status('long')
    const trace = `First\n${'🙂 at some.where\n'.repeat(200_000)}Caused by: Last\n`
    log.task(id(0), 'FAILED', { version: null, trace })
    await log.flush(10_000)
    const [record] = await topics.records('long', FIVE)
    expect(Buffer.byteLength(record![1]!)).toBeLessThan(300_000)
    const shown = log.taskStatus(id(0))!.trace!
    expect(shown).toStartWith('First\n')
    expect(shown).toEndWith('Caused by: Last\n')
    expect(shown).toMatch(/\n… \d+ characters left out …\n/)
  })

  test('too long for the broker are shortened further', async () => {
    const log = await topics.status('short', {
      open: through(async (entries, real) => {
        if (String(entries[0]!.value).length > 10_000) throw new KafkaError('MESSAGE_TOO_LARGE', 'too large')
        await real.append(entries)
      }),
    })
    log.task(id(0), 'FAILED', { version: null, trace: 'First\n'.repeat(20_000) })
    const [record] = await until('the record', async () => {
      const records = await topics.records('short', FIVE)
      return records.length > 0 && records
    })
    expect(record![1]!.length).toBeLessThan(5_000)
  })
})

describe('what others have written into the topic', () => {
  test('is passed over, told of once a kind, and stops nothing', async () => {
    const before = lines.length
    const good = '{"state":"RUNNING","trace":null,"worker_id":"w2","generation":5}'
    const entries: [string, string | null][] = [
      ['status-connector-c', good],
      ['status-connector-c', '{'],
      ['status-connector-c', '[]'],
      ['status-connector-c', ''],
      ['status-connector-c', good.replace('RUNNING', 'DESTROYED')],
      ['status-connector-c', good.replace('5', '"5"')],
      ['status-connector-c', good.replace('5', '5.5')],
      ['status-connector-c', good.replace('5', '1e99')],
      ['status-task-c-0', good.replace('RUNNING', 'STOPPED')],
      ['status-task-c--1', 'null'],
      ['status-task-c', good],
      ['status-topic-:connector-c', '{}'],
      ['status-topic-t', '{}'],
      ['status-topic-t:connector-', '{}'],
      ['status-topic-t:connector-c', '{"topic":5}'],
      ['', good],
      ['x'.repeat(5000), good],
    ]
    await topics.write(
      'odd',
      FIVE,
      entries.map(([key, value]) => ({ key, value })),
    )
    const log = await topics.status('odd')
    expect(log.connectorStatus('c')).toEqual({ state: 'RUNNING', worker_id: 'w2', version: null })
    expect(log.taskStatuses('c')).toEqual([])
    expect(log.topics('c')).toEqual([])
    const told = lines.slice(before).filter(line => line.includes('Ignoring the record at odd-'))
    expect(told.length).toBeLessThanOrEqual(5)
    for (const line of told) expect(line.length).toBeLessThan(1000)
  })
})
