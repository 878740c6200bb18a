import { describe, expect, test } from 'bun:test'
import { ConnectException } from '../../../src/data/errors.ts'
import type { ConfigEvent } from '../../../src/herder/distributed/config-events.ts'
import { KafkaError } from '../../../src/kafka/port.ts'
import type { TopicLog } from '../../../src/stores/topic-log.ts'
import { ownTopics } from './topic-logs.ts'

const { topics, lines } = ownTopics()
const FILE = { 'connector.class': 'FileStreamSource', file: '/tmp/é🙂', topic: 't', name: 'c' }

describe('writes are read back', () => {
  test('a connector with its first state and its tasks: records, order and snapshot', async () => {
    const config = await topics.config('writes')
    expect(config.snapshot().offset).toBe(-1)
    await config.putConnector('c', FILE, 'PAUSED')
    expect(config.snapshot().connectorConfig('c')).toEqual(FILE)
    expect(config.snapshot().targetState('c')).toBe('PAUSED')
    await config.putTasks('c', [
      { 'task.class': 'T', tn: '0' },
      { 'task.class': 'T', tn: '1' },
    ])
    const snapshot = config.snapshot()
    expect(snapshot.tasks('c')).toEqual([
      { connector: 'c', task: 0 },
      { connector: 'c', task: 1 },
    ])
    expect(snapshot.taskConfig({ connector: 'c', task: 1 })).toEqual({ 'task.class': 'T', tn: '1' })
    expect(snapshot.appliedConfig('c')).toEqual(FILE)
    expect(snapshot.taskConfigGeneration('c')).toBe(0)
    await config.putTasks('c', [])
    await config.putTaskCount('c', 2)
    await config.putRestart({ connector: 'c', onlyFailed: false, includeTasks: true })
    await config.putLoggerLevel('a.b', 'DEBUG')
    await config.putTargetState('c', 'STOPPED')
    await config.removeConnector('c')
    expect(await topics.records('writes', 1)).toEqual([
      ['target-state-c', '{"state":"PAUSED","state.v2":"PAUSED"}'],
      [
        'connector-c',
        '{"properties":{"connector.class":"FileStreamSource","file":"/tmp/é\\uD83D\\uDE42","topic":"t","name":"c"}}',
      ],
      ['task-c-0', '{"properties":{"task.class":"T","tn":"0"}}'],
      ['task-c-1', '{"properties":{"task.class":"T","tn":"1"}}'],
      ['commit-c', '{"tasks":2}'],
      ['commit-c', '{"tasks":0}'],
      ['tasks-fencing-c', '{"task-count":2}'],
      ['restart-connector-c', '{"include-tasks":true,"only-failed":false}'],
      ['logger-cluster-a.b', '{"level":"DEBUG"}'],
      ['target-state-c', '{"state":"PAUSED","state.v2":"STOPPED"}'],
      ['connector-c', null],
      ['target-state-c', null],
    ])
    expect(snapshot.contains('c')).toBe(true)
    expect(config.snapshot().contains('c')).toBe(false)
    expect(config.snapshot().targetState('c')).toBeNull()
  })

  test('fifty connectors one after the other: every one is seen at once, also by another worker', async () => {
    const config = await topics.config('fifty')
    const other = await topics.config('fifty')
    for (let i = 0; i < 50; i++) {
      const name = `c${i}`
      await config.putConnector(name, { ...FILE, name })
      await config.putTasks(name, [{ 'task.class': 'T', name }])
      expect(config.snapshot().tasks(name)).toHaveLength(1)
    }
    await other.refresh()
    expect(other.snapshot().connectors()).toEqual(config.snapshot().connectors())
    expect(other.snapshot().offset).toBe(150)
  })

  test('the session key is told to those who read', async () => {
    const config = await topics.config('session')
    const other = await topics.config('session')
    const key = { key: Buffer.from([1, 2, 3]), algorithm: 'HmacSHA256', createdAt: 1_700_000_000_123 }
    const told: ConfigEvent[] = []
    other.onEvent = event => told.push(event)
    await config.putSessionKey(key)
    expect(config.snapshot().sessionKey).toEqual(key)
    await other.refresh()
    expect(told).toEqual([{ type: 'session-key', key }])
  })
})

describe('events', () => {
  test('come in order, and not of what was there before the start', async () => {
    const config = await topics.config('events')
    await config.putConnector('old', FILE)
    await config.putRestart({ connector: 'old', onlyFailed: true, includeTasks: true })
    const told: string[] = []
    const late = await topics.config('events')
    late.onEvent = event => told.push(`${event.type} ${'connector' in event ? event.connector : ''}`)
    await config.putTargetState('old', 'PAUSED')
    await config.putTargetState('old', 'PAUSED')
    await config.putConnector('new', FILE)
    await config.putTasks('new', [{ a: 'b' }])
    await config.putRestart({ connector: 'old', onlyFailed: true, includeTasks: true })
    await config.removeConnector('old')
    await late.refresh()
    expect(told).toEqual([
      'target-state old',
      'connector new',
      'tasks new',
      'restart ',
      'connector-removed old',
    ])
  })
})

describe('failures', () => {
  test("a write that Kafka refuses has Java's text, the cause and what to do", async () => {
    const config = await topics.config('refused', refusing(new KafkaError('NOT_LEADER', 'no leader')))
    const key = { key: Buffer.from([1]), algorithm: 'HmacSHA256', createdAt: 1 }
    const restart = { connector: 'c', onlyFailed: true, includeTasks: false }
    const writes: [Promise<void>, string][] = [
      [config.putConnector('c', FILE), 'Error writing connector configuration to Kafka'],
      [config.removeConnector('c'), 'Error removing connector configuration from Kafka'],
      [config.putTasks('c', [{}]), 'Error writing task configurations to Kafka'],
      [config.putTasks('c', []), 'Error writing root configuration to Kafka'],
      [config.putTargetState('c', 'PAUSED'), 'Error writing target state to Kafka'],
      [config.putTaskCount('c', 1), 'Error writing task count record to Kafka'],
      [config.putSessionKey(key), 'Error writing session key to Kafka'],
      [
        config.putRestart(restart),
        "Error writing restart request for {connectorName='c', onlyFailed=true, includeTasks=false} to Kafka",
      ],
      [config.putLoggerLevel('a', 'INFO'), 'Error writing logger level to Kafka'],
    ]
    for (const [write, text] of writes) {
      const error = await write.then(
        () => null,
        (thrown: unknown) => thrown,
      )
      expect(error).toBeInstanceOf(ConnectException)
      expect((error as Error).message).toBe(text)
      expect((error as Error).cause).toMatchObject({ message: 'no leader' })
      expect((error as ConnectException).hint).toContain('topic refused')
    }
  })

  test('a write that gets no answer ends with its budget', async () => {
    const never = () => Promise.withResolvers<void>().promise
    const config = await topics.config(
      'silent',
      log => altered(log, { append: never, appendAndRead: never }),
      50,
    )
    expect(config.putConnector('c', FILE)).rejects.toThrow('Error writing connector configuration to Kafka')
    expect(config.putTasks('c', [{}])).rejects.toThrow('Error writing task configurations to Kafka')
  })
})

test('the state of a connector that cannot be read back ends with the budget of its write', async () => {
  const never = Promise.withResolvers<void>().promise
  const silent = (log: TopicLog) =>
    altered(log, { appendAndRead: entries => log.append(entries).then(() => never), readToEnd: () => never })
  const config = await topics.config('unread', silent, 50)
  await expect(config.putTargetState('c', 'PAUSED')).rejects.toThrow('Error writing target state to Kafka')
})

describe('what others have written into the topic', () => {
  test('is passed over, told of once a kind, and stops nothing', async () => {
    const before = lines.length
    const garbage: [string, string | null][] = [
      ['connector-c', '{"properties":{"a":"b"}}'],
      ['connector-c', '{'],
      ['connector-c', '[]'],
      ['connector-c', '{"properties":5}'],
      ['connector-c', '{"properties":{"a":5}}'],
      ['task-c', '{}'],
      ['task-c-x', '{}'],
      ['task-c-99999999999', '{"properties":{}}'],
      ['task-c-0', '7'],
      ['commit-c', '"x"'],
      ['commit-c', '{"tasks":-1}'],
      ['commit-c', '{"tasks":1e300}'],
      ['commit-c', '{"tasks":2147483647}'],
      ['target-state-c', '{"state":"BOGUS"}'],
      ['tasks-fencing-c', '{}'],
      ['session-key', '{"key":"!","algorithm":"A","creation-timestamp":1}'],
      ['session-key', null],
      ['restart-connector-c', '5'],
      ['logger-cluster-x', '{"level":5}'],
      ['another-kind', '{"of":"record"}'],
      ['another-kind', '{"of":"record"}'],
      ['', 'x'.repeat(300_000)],
      ['connector-big', JSON.stringify({ properties: { a: 'x'.repeat(700_000) } })],
      ['tasks-fencing-c', '{"task-count":2147483647}'],
    ]
    await topics.write(
      'garbage',
      1,
      garbage.map(([key, value]) => ({ key, value })),
    )
    const config = await topics.config('garbage')
    const snapshot = config.snapshot()
    expect(snapshot.offset).toBe(garbage.length)
    expect(snapshot.connectors()).toEqual(['c', 'big'])
    expect(snapshot.connectorConfig('c')).toEqual({ a: 'b' })
    expect(snapshot.inconsistent()).toEqual(['c'])
    expect(snapshot.taskCountRecord('c')).toBeNull()
    expect(snapshot.tasks('c')).toEqual([])
    const warned = lines.slice(before).filter(line => line.includes('Ignoring the record at garbage-0@'))
    expect(warned.map(line => /@(\d+) /.exec(line)![1])).toEqual([
      '1',
      '2',
      '5',
      '9',
      '13',
      '14',
      '15',
      '17',
      '18',
      '19',
    ])
    expect(warned.find(line => line.includes('@19 '))).toContain('Nothing has to be done if a newer version')
    await config.putConnector('d', FILE)
    expect(config.snapshot().contains('d')).toBe(true)
    const kept = await topics.records('garbage', 1)
    expect(kept.filter(([key]) => key === 'another-kind')).toHaveLength(2)
  })
})

function refusing(error: Error): (log: TopicLog) => TopicLog {
  const refuse = () => Promise.reject(error)
  return log => altered(log, { append: refuse, appendAndRead: refuse })
}

/** The real log, some of whose methods are others. */
function altered(log: TopicLog, others: Partial<TopicLog>): TopicLog {
  return {
    start: signal => log.start(signal),
    append: entries => log.append(entries),
    appendAndRead: (entries, signal) => log.appendAndRead(entries, signal),
    readToEnd: signal => log.readToEnd(signal),
    flush: ms => log.flush(ms),
    close: () => log.close(),
    ...others,
  }
}
