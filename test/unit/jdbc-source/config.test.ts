import { describe, expect, test } from 'bun:test'
import { type OffsetMap, parseConfig } from '#bunnect'
import { dialectFor } from '../../../connectors/jdbc/dialects/index.ts'
import { aivenSourceKeys } from '../../../connectors/jdbc/source/aiven-keys.ts'
import { columnMapping } from '../../../connectors/jdbc/source/column-mapping.ts'
import { confluentSourceKeys } from '../../../connectors/jdbc/source/confluent-keys.ts'
import { offsetMap, rowOffset } from '../../../connectors/jdbc/source/offsets.ts'
import { aivenSettings, confluentSettings } from '../../../connectors/jdbc/source/settings.ts'
import { isolationStatement } from '../../../connectors/jdbc/source/source-connection.ts'
import { statement } from '../../../connectors/jdbc/source/statements.ts'
import { tableSelection } from '../../../connectors/jdbc/source/table-selection.ts'
import { sourceProblems } from '../../../connectors/jdbc/source/validation.ts'
import { jdbcSourceConnector } from '../../../connectors/jdbc/source.ts'

const MINIMAL = { 'connection.url': 'jdbc:postgresql://h/d', mode: 'bulk', 'topic.prefix': 't-' }

test('defaults are those of the JVM connector', () => {
  const keys = parseConfig(confluentSourceKeys, { 'topic.prefix': 't-' })
  expect(keys).toMatchObject({
    'connection.attempts': 3,
    'connection.backoff.ms': 10000,
    'catalog.pattern': null,
    'table.types': ['TABLE'],
    mode: '',
    'timestamp.initial': null,
    'timestamp.granularity': 'connect_logical',
    'validate.non.null': true,
    'query.retry.attempts': -1,
    'quote.sql.identifiers': 'ALWAYS',
    'transaction.isolation.mode': 'DEFAULT',
    'numeric.mapping': null,
    'date.calendar.system': 'LEGACY',
    'poll.interval.ms': 5000,
    'batch.max.rows': 1000,
    'poll.linger.ms': 5000,
    'table.poll.interval.ms': 60000,
    'db.timezone': 'UTC',
  })
  expect(parseConfig(aivenSourceKeys, { 'topic.prefix': '' })).toMatchObject({
    'batch.max.rows': 100,
    'timestamp.initial.ms': 0,
    'incrementing.initial': -1,
    'table.names.qualify': true,
    'sql.quote.identifiers': true,
  })
})

describe('what no key sees alone', () => {
  test.each([
    [{}, []],
    [{ 'connection.url': '' }, ['connection.url']],
    [{ 'connection.url': 'jdbc:db2://h/d' }, ['connection.url']],
    [{ mode: '' }, ['mode']],
    [{ 'table.whitelist': 'a', 'table.blacklist': 'b' }, ['table.whitelist', 'table.blacklist']],
    [{ 'table.whitelist': 'a', 'table.include.list': 'b' }, ['table.whitelist', 'table.include.list']],
    [{ 'table.exclude.list': 'b' }, ['table.exclude.list']],
    [{ 'table.include.list': '(' }, ['table.include.list']],
    [{ query: 'SELECT 1', 'table.whitelist': 'a' }, ['table.whitelist']],
    [{ query: 'SELECT 1', 'query.masked': 'SELECT 2' }, ['query', 'query.masked']],
    [{ mode: 'timestamp' }, ['timestamp.column.name']],
    [{ mode: 'timestamp', 'timestamp.columns.mapping': '.*:[a|b]' }, []],
    [{ mode: 'timestamp', 'timestamp.columns.mapping': 'nonsense' }, ['timestamp.columns.mapping']],
    [{ mode: 'incrementing', query: 'SELECT 1' }, ['incrementing.column.name']],
    [
      { mode: 'incrementing', 'incrementing.column.name': 'a', 'incrementing.column.mapping': 'x:y' },
      ['incrementing.column.name', 'incrementing.column.mapping'],
    ],
    [{ 'jdbc.credentials.provider.class': 'com.example.Vault' }, ['jdbc.credentials.provider.class']],
  ] as [Record<string, string>, string[]][])('%j', (more, keys) => {
    expect(sourceProblems({ ...MINIMAL, ...more }).map(problem => problem.key)).toEqual(keys)
  })

  test.each([
    ['mode', 'sometimes'],
    ['db.timezone', 'Mars/Olympus'],
    ['numeric.mapping', 'worst_fit'],
    ['timestamp.granularity', 'hours'],
    ['transaction.isolation.mode', 'READ_COMMITTED'],
    ['table.types', 'CHAIR'],
    ['connection.attempts', '0'],
    ['topic.prefix', 'white space'],
  ])('%s=%s', (key, value) => {
    expect(() => parseConfig(jdbcSourceConnector.config, { ...MINIMAL, [key]: value })).toThrow(key)
  })
})

describe('tables that are selected', () => {
  const postgres = dialectFor('jdbc:postgresql:')
  const tables = ['shop.public.orders', 'shop.public.lines', 'shop.old.orders'].map(postgres.tableId)
  const none = { whitelist: [], blacklist: [], include: [], exclude: [] }
  test.each([
    [{}, 'public.orders public.lines old.orders'],
    [{ whitelist: ['orders'] }, 'public.orders old.orders'],
    [{ whitelist: ['public.orders'] }, 'public.orders'],
    [{ whitelist: ['"public"."orders"'] }, 'public.orders'],
    [{ blacklist: ['public.orders', 'lines'] }, 'old.orders'],
    [{ include: ['public\\..*'] }, 'public.orders public.lines'],
    [{ include: ['.*orders'], exclude: ['old\\..*'] }, 'public.orders'],
    [{ include: ['orders'] }, ''],
    [{ include: ['shop\\.public\\..*'] }, 'public.orders public.lines'],
    [{ whitelist: ['shop.old.orders'] }, 'old.orders'],
  ])('%j', (lists, wanted) => {
    const found = tableSelection({ ...none, ...lists })(tables, postgres)
    expect(found.map(table => postgres.nameParts(table).join('.')).join(' ')).toBe(wanted)
  })
})

test('columns by table', () => {
  const columns = columnMapping(['public\\.a:id', '.*b:[x|y]'], [])
  expect(columns('public.a')).toEqual(['id'])
  expect(columns('public.b')).toEqual(['x', 'y'])
  expect(() => columns('public.c')).toThrow('matched by no entry')
  expect(() => columnMapping(['.*:a', 'x:b'], [])('x')).toThrow('matched by 2 entries')
})

test('offsets in the form of the JVM, older ones too', () => {
  expect(rowOffset({ timestamp: 1500 })).toEqual({
    incrementing: null,
    timestamp: { seconds: 1, nanos: 500_000_000 },
  })
  expect(rowOffset({ timestamp: 1500n, timestamp_nanos: 500_000_001n, incrementing: 7n })).toEqual({
    incrementing: 7n,
    timestamp: { seconds: 1, nanos: 500_000_001 },
  })
  expect(rowOffset({ timestamp: -1 })).toEqual({
    incrementing: null,
    timestamp: { seconds: -1, nanos: 999_000_000 },
  })
  expect(offsetMap({ incrementing: 1, timestamp: { seconds: -1, nanos: 999_000_001 } })).toEqual({
    incrementing: 1,
    timestamp: -1,
    timestamp_nanos: 999_000_001,
  })
  expect(rowOffset(null)).toEqual({ incrementing: null, timestamp: null })
})

describe('queries', () => {
  const settings = (more: Record<string, string> = {}) =>
    confluentSettings(parseConfig(confluentSourceKeys, { ...MINIMAL, ...more }), { ...MINIMAL, ...more })
  const table = { catalog: null, schema: 's', name: 't' }
  const both = { incrementing: 'id', timestamps: ['a', 'b'] }

  test('with quotes, without, with a suffix', () => {
    expect(statement(table, { incrementing: null, timestamps: [] }, settings())).toEqual({
      sql: 'SELECT * FROM "s"."t"',
      parameters: [],
    })
    expect(statement(table, both, settings({ 'query.suffix': ' LIMIT 1 ' }))).toEqual({
      sql: 'SELECT * FROM "s"."t" WHERE COALESCE("a","b") < ? AND ((COALESCE("a","b") = ? AND "id" > ?) OR COALESCE("a","b") > ?) ORDER BY COALESCE("a","b"),"id" ASC LIMIT 1',
      parameters: ['end', 'begin', 'incrementing', 'begin'],
    })
    const bare = settings({ 'quote.sql.identifiers': 'never' })
    expect(statement(table, { incrementing: null, timestamps: ['a'] }, bare).sql).toBe(
      'SELECT * FROM s.t WHERE a > ? AND a < ? ORDER BY a ASC',
    )
  })

  test("Aiven's may leave the schema out", () => {
    const config = { ...MINIMAL, 'table.names.qualify': 'false' }
    const aiven = aivenSettings(parseConfig(aivenSourceKeys, config), config)
    expect(statement(table, { incrementing: 'id', timestamps: [] }, aiven).sql).toBe(
      'SELECT * FROM "t" WHERE "id" > ? ORDER BY "id" ASC',
    )
  })

  test('tables of a task, commas in their names included', () => {
    expect(settings({ tables: '"s"."a,b","s"."c"' }).tables.map(each => each.name)).toEqual(['a,b', 'c'])
  })

  test('isolation', () => {
    const { dialect } = settings()
    expect(isolationStatement(dialect, 'DEFAULT')).toBeNull()
    expect(isolationStatement(dialect, 'READ_COMMITED')).toContain('READ COMMITTED')
    expect(() => isolationStatement(dialect, 'SQL_SERVER_SNAPSHOT')).toThrow('SQL Server')
  })
})

test('offsets that a person sets are looked at', () => {
  const alter = (partition: OffsetMap | null, offset: OffsetMap | null) =>
    jdbcSourceConnector.alterOffsets!({} as never, [{ partition, offset }])
  expect(alter({ protocol: '1', table: 's.t' }, { incrementing: 5n })).toBe(true)
  expect(alter({ garbage: 1 }, null)).toBe(true)
  expect(() => alter({ garbage: 1 }, { incrementing: 5 })).toThrow("the key 'table'")
  expect(() => alter({ table: 't' }, { position: 5 })).toThrow("not 'position'")
  expect(() => alter({ table: 't' }, { incrementing: 'x' })).toThrow('whole number')
})
