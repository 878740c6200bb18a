import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { jdbcSinkConnector } from '../../../connectors/jdbc/sink.ts'
import { Place, until } from '../standalone/support.ts'
import { numberedSource } from './numbered-source.ts'
import { startTarget, type Target } from './sink-ground.ts'

const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter'
const OWN = [jdbcSinkConnector, numberedSource]

describe('a standalone worker on its own log', () => {
  let place: Place
  let target: Target | null = null
  beforeEach(() => {
    place = new Place()
  })
  afterEach(async () => {
    await place.close()
    await target?.stop()
    target = null
  })

  const create = (name: string, config: Record<string, string>) =>
    place.running!.herder.putConnector(name, { name, 'tasks.max': '1', ...config }, { replace: true })

  const count = async (sql: string): Promise<number> =>
    Number(Object.values((await target!.query(sql).catch(() => [{ n: -1 }]))[0]!)[0])

  test('records of two schemas become the rows of a table of Postgres, over a restart', async () => {
    target = await startTarget('postgres')
    const worker = { 'key.converter': JSON_CONVERTER, 'value.converter': JSON_CONVERTER }
    await place.start(worker, OWN)
    const numbers = (end: number) =>
      create('numbers', { 'connector.class': numberedSource.className, topic: 'numbers', end: String(end) })
    await numbers(3000)
    const sink = {
      'connector.class': 'JdbcSink',
      topics: 'numbers',
      ...target.config,
      'insert.mode': 'upsert',
      'pk.mode': 'record_value',
      'pk.fields': 'n',
      'auto.create': 'true',
      'auto.evolve': 'true',
    }
    await create('rows', sink)
    await until('rows to come', async () => (await count('SELECT count(*) FROM numbers')) > 200, 60_000)
    await place.stop()
    await place.start(worker, OWN)
    await numbers(5000)
    await create('rows', sink)
    await until(
      'all rows to be there',
      async () => (await count('SELECT count(*) FROM numbers')) === 5000,
      60_000,
    )
    const [row] = await target.query(
      "SELECT sum(n)::int AS sum, max(n)::int AS last, count(*) FILTER (WHERE word = 'odd')::int AS odd, count(*) FILTER (WHERE word = 'abc')::int AS even FROM numbers",
    )
    expect(row).toEqual({ sum: 12_497_500, last: 4999, odd: 2500, even: 2500 })
    await place.state('rows', 'RUNNING', 'RUNNING')
  }, 150_000)

  test('lines become rows of SQLite; one that is too long goes to the dead letter queue', async () => {
    target = await startTarget('sqlite')
    await target.query(
      'CREATE TABLE lines (__connect_topic TEXT, __connect_partition INT, __connect_offset INT, text TEXT CHECK (length(text) < 10), PRIMARY KEY (__connect_topic, __connect_partition, __connect_offset))',
    )
    const lines = Array.from({ length: 500 }, (_, i) => (i % 100 === 42 ? `far too long ${i}` : `line ${i}`))
    writeFileSync(place.path('in'), lines.map(line => `${line}\n`).join(''))
    await place.start({}, OWN)
    await create('file', { 'connector.class': 'FileStreamSource', file: place.path('in'), topic: 'lines' })
    await create('rows', {
      'connector.class': jdbcSinkConnector.className,
      topics: 'lines',
      ...target.config,
      'pk.mode': 'kafka',
      'insert.mode': 'upsert',
      'string.output.value.column.name': 'text',
      'errors.tolerance': 'all',
      'errors.deadletterqueue.topic.name': 'dead',
      'errors.deadletterqueue.topic.replication.factor': '1',
      'errors.deadletterqueue.context.headers.enable': 'true',
    })
    await until(
      'all rows to be there',
      async () => (await count('SELECT count(*) FROM lines')) === 495,
      60_000,
    )
    await create('dead', {
      'connector.class': 'FileStreamSink',
      topics: 'dead',
      file: place.path('dead'),
    })
    const dead = () => Bun.file(place.path('dead')).text()
    const bad = lines.filter(line => line.startsWith('far'))
    await until(
      'the dead letters',
      async () => (await dead().catch(() => '')).split('\n').length > bad.length,
    )
    expect((await dead()).trim().split('\n')).toEqual(bad)
    await place.state('rows', 'RUNNING', 'RUNNING')
  }, 150_000)

  test('a task that fails tells table, topic, partition, offset and what to do', async () => {
    target = await startTarget('sqlite')
    writeFileSync(place.path('in'), 'first\n')
    await place.start({}, OWN)
    await create('file', { 'connector.class': 'FileStreamSource', file: place.path('in'), topic: 'lines' })
    await create('rows', {
      'connector.class': 'JdbcSinkConnector',
      topics: 'lines',
      ...target.config,
      'pk.mode': 'record_key',
      'pk.fields': 'id',
      'auto.create': 'true',
    })
    await place.state('rows', 'RUNNING', 'FAILED')
    const status = await place.running!.herder.connectorStatus('rows')
    const { trace } = status.tasks[0]!
    expect(trace).toContain("'pk.mode=record_key' and therefore requires non-null record keys")
    expect(trace).toContain("topic='lines',partition=0,offset=0")
    expect(place.logged.join('')).toContain('ValueToKey')
  }, 120_000)
})
