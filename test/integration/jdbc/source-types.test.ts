import { Database } from 'bun:sqlite'
import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BigDecimal, type Schema, type Struct } from '#bunnect'
import { redirect } from '../../../src/observe/log.ts'
import { databases } from './databases.ts'
import { SourceRun } from './source-run.ts'

const servers = databases()
const folder = mkdtempSync(join(tmpdir(), 'bunnect-jdbc-types-'))
const logged: string[] = []
const restore = redirect(line => logged.push(line))
afterAll(() => {
  restore()
  rmSync(folder, { recursive: true })
})

const sqliteFile = join(folder, 'types.db')
let tables = 0

/** A table of these columns and rows; its records. */
async function read(
  place: 'postgres' | 'mariadb' | 'sqlite',
  columns: string,
  rows: readonly string[],
  config: Record<string, string> = {},
): Promise<Struct[]> {
  const table = `types_${++tables}`
  const insert = rows.map(row => `INSERT INTO ${table} VALUES (${row})`)
  const statements = [`CREATE TABLE ${table} (${columns})`, ...insert]
  if (place === 'sqlite') {
    const database = new Database(sqliteFile)
    for (const sql of statements) database.run(sql)
    database.close()
  } else {
    const server = servers[place]
    for (const sql of statements) await server.query(sql)
  }
  const where = place === 'sqlite' ? { 'connection.url': `jdbc:sqlite:${sqliteFile}` } : servers[place].config
  const qualified = { postgres: 'public.', mariadb: 'test.', sqlite: '' }[place] + table
  const run = await SourceRun.start({ ...where, mode: 'bulk', tables: qualified, ...config })
  try {
    await run.poll()
  } finally {
    await run.stop()
  }
  return run.records.map(record => record.value as Struct)
}

/** `INT32`, `optional Decimal(2)` … */
function shown(schema: Schema): string {
  const name = schema.name?.replace('org.apache.kafka.connect.data.', '') ?? schema.type
  const scale = schema.parameters?.get('scale')
  return `${schema.optional ? 'optional ' : ''}${name}${scale === undefined ? '' : `(${scale})`}`
}

/** Field by field: declaration, what it becomes, SQL literals and the values they become. */
type Row = readonly [declared: string, schema: string, ...values: (readonly [sql: string, value: unknown])[]]

async function expectTypes(
  place: 'postgres' | 'mariadb' | 'sqlite',
  types: readonly Row[],
  config: Record<string, string> = {},
): Promise<void> {
  const columns = types.map(([declared], i) => `c${i} ${declared}`).join(', ')
  const most = Math.max(...types.map(row => row.length - 2))
  const rows = Array.from({ length: most }, (_, n) =>
    types.map(([, , ...values]) => (values[n] ?? values[0])![0]).join(', '),
  )
  const structs = await read(place, columns, rows, config)
  expect(structs.length).toBe(most)
  types.forEach(([declared, schema, ...values], i) => {
    expect([declared, shown(structs[0]!.schema.field(`c${i}`)!.schema)]).toEqual([declared, schema])
    values.forEach(([sql, value], n) => {
      expect([declared, sql, plain(structs[n]!.get(`c${i}`))]).toEqual([declared, sql, plain(value)])
    })
  })
}

const plain = (value: unknown): unknown =>
  value instanceof Uint8Array
    ? `bytes ${Buffer.from(value).toString('hex')}`
    : value instanceof Date
      ? `date ${value.getTime()}`
      : value instanceof BigDecimal
        ? `decimal ${value.unscaled} ${value.scale}`
        : value

const at = (iso: string) => new Date(iso)
const bytes = (hex: string) => Buffer.from(hex, 'hex')
const decimal = (unscaled: bigint, scale: number) => new BigDecimal(unscaled, scale)
const NULL = ['NULL', null] as const

test('Postgres: every type, extreme values and null', async () => {
  await expectTypes('postgres', [
    ['bool NOT NULL', 'BOOLEAN', ['true', true], ['false', false]],
    ['bool', 'optional BOOLEAN', NULL],
    ['int2', 'optional INT16', ['-32768', -32768], ['32767', 32767], NULL],
    ['int4', 'optional INT32', ['-2147483648', -2147483648], ['2147483647', 2147483647], NULL],
    [
      'int8 NOT NULL',
      'INT64',
      ['-9223372036854775808', -9223372036854775808n],
      ['9223372036854775807', 9223372036854775807n],
      ['9007199254740991', 9007199254740991],
      ['9007199254740993', 9007199254740993n],
      ['0', 0],
    ],
    ['serial', 'INT32', ['1', 1]],
    ['oid', 'optional INT64', ['4294967295', 4294967295]],
    [
      'float4',
      'optional FLOAT32',
      ['1.1', Math.fround(1.1)],
      ["'NaN'", Number.NaN],
      ["'-Infinity'", -Infinity],
      NULL,
    ],
    [
      'float8',
      'optional FLOAT64',
      ['0.1', 0.1],
      ['5e-324', 5e-324],
      ['1.7976931348623157e308', 1.7976931348623157e308],
    ],
    [
      'numeric(10,2)',
      'optional Decimal(2)',
      ['1.5', decimal(150n, 2)],
      ['-99999999.99', decimal(-9999999999n, 2)],
      NULL,
    ],
    [
      'numeric(38,0)',
      'optional Decimal(0)',
      ['99999999999999999999999999999999999999', decimal(10n ** 38n - 1n, 0)],
    ],
    ['numeric(1000,500)', 'optional Decimal(500)', ['1e-500', decimal(1n, 500)]],
    ['numeric(5,-2)', 'optional Decimal(-2)', ['1234500', decimal(12345n, -2)]],
    [
      'numeric',
      'optional Decimal(0)',
      ['123456789012345678901234567890', decimal(123456789012345678901234567890n, 0)],
      NULL,
    ],
    ['money', 'optional FLOAT64', ["'-1234.56'", -1234.56], ["'0.01'", 0.01]],
    ['bit(1)', 'optional BOOLEAN', ["B'1'", true], ["B'0'", false]],
    ['bit(7)', 'optional INT8', ["B'1111111'", 127]],
    ['bit(9)', 'optional BYTES', ["B'101010101'", Buffer.from('101010101')]],
    ['text', 'optional STRING', ["'ü€😀'", 'ü€😀'], ["''", ''], ["E'a\\nb'", 'a\nb'], NULL],
    ['char(3)', 'optional STRING', ["'a'", 'a  ']],
    ['varchar(5)', 'optional STRING', ["'abcde'", 'abcde']],
    ['name', 'optional STRING', ["'n'", 'n']],
    [
      'uuid',
      'optional STRING',
      ["'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
    ],
    [
      'json',
      'optional STRING',
      [`'{"b":1,  "a":12345678901234567890.10}'`, '{"b":1,  "a":12345678901234567890.10}'],
      NULL,
    ],
    [
      'jsonb',
      'optional STRING',
      [`'{"b":1,"a":12345678901234567890.10}'`, '{"a": 12345678901234567890.10, "b": 1}'],
    ],
    ['xml', 'optional STRING', ["'<a/>'", '<a/>']],
    ['bytea', 'optional BYTES', ["'\\x00ff5c27'", bytes('00ff5c27')], ["''", bytes('')], NULL],
    [
      'date',
      'optional Date',
      ["'2024-02-29'", at('2024-02-29')],
      ["'1970-01-01'", at('1970-01-01')],
      ["'1582-10-15'", at('1582-10-15')],
      // The Julian calendar counts ten days differently.
      ["'1582-10-04'", at('1582-10-14')],
      ["'0001-01-01 BC'", at('-000001-12-30')],
      NULL,
    ],
    ['time', 'optional Time', ["'23:59:59.999999'", new Date(86399999)], NULL],
    ['timetz', 'optional Time', ["'00:30:00+02'", new Date(81_000_000)]],
    [
      'timestamp',
      'optional Timestamp',
      ["'2024-02-29 23:59:59.123456'", at('2024-02-29T23:59:59.123Z')],
      ["'1969-12-31 23:59:59.999999'", new Date(-1)],
      ["'9999-12-31 23:59:59.999999'", at('9999-12-31T23:59:59.999Z')],
      NULL,
    ],
    [
      'timestamptz',
      'optional Timestamp',
      ["'2024-02-29 23:59:59.5+05:30'", at('2024-02-29T18:29:59.500Z')],
      NULL,
    ],
  ])
})

test('MariaDB: every type, extreme values and null', async () => {
  await expectTypes('mariadb', [
    ['tinyint(1)', 'optional INT8', ['1', 1], ['0', 0], NULL],
    ['tinyint', 'optional INT8', ['-128', -128], ['127', 127]],
    ['tinyint unsigned', 'optional INT16', ['255', 255]],
    ['smallint', 'optional INT16', ['-32768', -32768]],
    ['smallint unsigned', 'optional INT32', ['65535', 65535]],
    ['mediumint', 'optional INT32', ['-8388608', -8388608]],
    ['mediumint unsigned', 'optional INT64', ['16777215', 16777215]],
    ['int NOT NULL', 'INT32', ['-2147483648', -2147483648]],
    ['int unsigned', 'optional INT64', ['4294967295', 4294967295]],
    [
      'bigint',
      'optional INT64',
      ['-9223372036854775808', -9223372036854775808n],
      ['9223372036854775807', 9223372036854775807n],
      ['9007199254740993', 9007199254740993n],
      NULL,
    ],
    ['bigint unsigned', 'optional INT64', ['9223372036854775807', 9223372036854775807n]],
    ['float', 'optional FLOAT32', ['1.1', Math.fround(1.1)], NULL],
    [
      'double',
      'optional FLOAT64',
      ['0.1', 0.1],
      ['1.7976931348623157e308', 1.7976931348623157e308],
      ['-5e-300', -5e-300],
    ],
    ['decimal(65,30)', 'optional Decimal(30)', ['0.000000000000000000000000000001', decimal(1n, 30)], NULL],
    ['decimal(10,2) NOT NULL', 'Decimal(2)', ['-99999999.99', decimal(-9999999999n, 2)]],
    ['bit(1)', 'optional INT8', ["b'1'", 1]],
    ['bit(7)', 'optional INT8', ["b'1111111'", 127]],
    [
      'bit(64)',
      'optional BYTES',
      ["b'1111111100000000000000000000000000000000000000000000000000000001'", bytes('ff00000000000001')],
    ],
    ['char(5)', 'optional STRING', ["'ab '", 'ab']],
    ['varchar(20)', 'optional STRING', ["'ü€😀'", 'ü€😀'], ["''", ''], NULL],
    ['varchar(20) CHARACTER SET latin1', 'optional STRING', ["'äöü'", 'äöü']],
    ['longtext', 'optional STRING', ["'text'", 'text']],
    ["enum('a','b')", 'optional STRING', ["'b'", 'b']],
    ["set('a','b')", 'optional STRING', ["'a,b'", 'a,b']],
    ['json', 'optional STRING', [`'{"b":1, "a":12345678901234567890}'`, '{"b":1, "a":12345678901234567890}']],
    [
      'uuid',
      'optional STRING',
      ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
    ],
    ['inet6', 'optional STRING', ["'2001:db8::1'", '2001:db8::1']],
    ['binary(3)', 'optional BYTES', ["x'00ff'", bytes('00ff00')]],
    ['varbinary(20)', 'optional BYTES', ["x'00ff5c27'", bytes('00ff5c27')], ["''", bytes('')], NULL],
    ['longblob', 'optional BYTES', ["x'00'", bytes('00')]],
    ['date', 'optional Date', ["'2024-02-29'", at('2024-02-29')], ["'9999-12-31'", at('9999-12-31')], NULL],
    ['year', 'optional Date', ['2155', at('2155-01-01')], NULL],
    ['time(6)', 'optional Time', ["'23:59:59.999999'", new Date(86399999)], NULL],
    [
      'datetime(6)',
      'optional Timestamp',
      ["'2024-02-29 23:59:59.123456'", at('2024-02-29T23:59:59.123Z')],
      NULL,
    ],
    [
      'timestamp(3) NULL',
      'optional Timestamp',
      ["'2024-02-29 23:59:59.123'", at('2024-02-29T23:59:59.123Z')],
      NULL,
    ],
  ])
})

test('SQLite: declared types and what they hold', async () => {
  await expectTypes('sqlite', [
    [
      'INTEGER PRIMARY KEY NOT NULL',
      'INT64',
      ['-9223372036854775808', -9223372036854775808n],
      ['1', 1],
      ['2', 2],
      ['9223372036854775807', 9223372036854775807n],
    ],
    [
      'INTEGER',
      'optional INT64',
      ['-9223372036854775808', -9223372036854775808n],
      ['9007199254740993', 9007199254740993n],
      NULL,
    ],
    ['BIGINT', 'optional INT64', ['1', 1]],
    ['SMALLINT', 'optional INT16', ['-32768', -32768]],
    ['TINYINT', 'optional INT8', ['127', 127]],
    ['BOOLEAN', 'optional BOOLEAN', ['1', true], ['0', false], NULL],
    ['REAL', 'optional FLOAT64', ['0.1', 0.1], ['1', 1], NULL],
    ['DOUBLE PRECISION', 'optional FLOAT64', ['1e308', 1e308]],
    [
      'DECIMAL(10,2)',
      'optional Decimal(2)',
      ['1.5', decimal(150n, 2)],
      ['3', decimal(300n, 2)],
      ["'12345678.91'", decimal(1234567891n, 2)],
      NULL,
    ],
    ['TEXT NOT NULL', 'STRING', ["'ü€😀'", 'ü€😀'], ["''", '']],
    ['VARCHAR(3)', 'optional STRING', ["'longer'", 'longer'], NULL],
    ['BLOB', 'optional BYTES', ["x'00ff'", bytes('00ff')], NULL],
    ['DATE', 'optional Date', ["'2024-02-29'", at('2024-02-29')], ['1709164800000', at('2024-02-29')], NULL],
    [
      'DATETIME',
      'optional Timestamp',
      ["'2024-02-29 23:59:59.123456'", at('2024-02-29T23:59:59.123Z')],
      ["'2024-02-29T23:59:59Z'", at('2024-02-29T23:59:59Z')],
    ],
    [
      'TIMESTAMP',
      'optional Timestamp',
      ['1709251199123', at('2024-02-29T23:59:59.123Z')],
      ["'2024-02-29 23:59'", at('2024-02-29T23:59:00Z')],
      NULL,
    ],
  ])
})

describe('numeric.mapping', () => {
  const COLUMNS =
    'a numeric(2,0), b numeric(4,0), c numeric(9,0), d numeric(18,0), e numeric(19,0), f numeric(5,2), g numeric(19,2)'
  test.each([
    ['precision_only', 'INT8 INT16 INT32 INT64 Decimal(0) Decimal(2) Decimal(2)'],
    ['best_fit', 'INT8 INT16 INT32 INT64 Decimal(0) FLOAT64 Decimal(2)'],
    ['best_fit_eager_double', 'INT8 INT16 INT32 INT64 Decimal(0) FLOAT64 FLOAT64'],
    ['none', 'Decimal(0) Decimal(0) Decimal(0) Decimal(0) Decimal(0) Decimal(2) Decimal(2)'],
  ])('%s', async (mapping, wanted) => {
    const rows = ['99, 9999, 999999999, 999999999999999999, 1, 1.25, 1.25']
    const [struct] = await read('postgres', COLUMNS, rows, { 'numeric.mapping': mapping })
    const schemas = struct!.schema.fields.map(field => shown(field.schema).replace('optional ', ''))
    expect(schemas.join(' ')).toBe(wanted)
    if (mapping === 'best_fit') expect(struct!.get('d')).toBe(999999999999999999n)
    expect(struct!.schema.field('e')!.schema.parameters?.get('connect.decimal.precision')).toBe('19')
  })
})

describe('timestamp.granularity and db.timezone', () => {
  test.each([
    ['micros_long', 1709251199123456],
    ['micros_string', '1709251199123456'],
    ['micros_iso_datetime_string', '2024-02-29T23:59:59.123456'],
    ['nanos_long', 1709251199123456000n],
    ['nanos_string', '1709251199123456000'],
    ['nanos_iso_datetime_string', '2024-02-29T23:59:59.123456000'],
  ])('%s', async (granularity, wanted) => {
    for (const place of ['postgres', 'mariadb', 'sqlite'] as const) {
      const type = { postgres: 'timestamp', mariadb: 'datetime(6)', sqlite: 'datetime' }[place]
      const [struct] = await read(place, `t ${type}`, ["'2024-02-29 23:59:59.123456'"], {
        'timestamp.granularity': granularity,
      })
      expect([place, struct!.get('t')]).toEqual([place, wanted])
    }
  })

  test('hours that come twice and hours that do not come are those of Java', async () => {
    const times = ['2024-10-27 02:30:00', '2024-03-31 02:30:00', '2024-07-01 12:00:00', '2024-01-01 12:00:00']
    const rows = times.map(text => `'${text}'`)
    const berlin = await read('postgres', 't timestamp', rows, { 'db.timezone': 'Europe/Berlin' })
    expect(berlin.map(struct => (struct.get('t') as Date).toISOString())).toEqual([
      '2024-10-27T01:30:00.000Z',
      '2024-03-31T01:30:00.000Z',
      '2024-07-01T10:00:00.000Z',
      '2024-01-01T11:00:00.000Z',
    ])
    const american = ["'2024-11-03 01:30:00'", "'2024-03-10 02:30:00'"]
    const newYork = await read('mariadb', 't datetime', american, { 'db.timezone': 'America/New_York' })
    expect(newYork.map(struct => (struct.get('t') as Date).toISOString())).toEqual([
      '2024-11-03T06:30:00.000Z',
      '2024-03-10T07:30:00.000Z',
    ])
  })

  test('dates of the proleptic calendar', async () => {
    const config = { 'date.calendar.system': 'PROLEPTIC_GREGORIAN' }
    const [struct] = await read('postgres', 'd date', ["'1500-02-28'"], config)
    expect((struct!.get('d') as Date).toISOString()).toBe('1500-02-28T00:00:00.000Z')
  })
})

describe('what no field holds is refused with table and column', () => {
  test.each([
    ['postgres', 'c0 numeric(10,2)', "'NaN'", 'Table public.types_N: Column c0 (numeric) holds NaN'],
    [
      'postgres',
      'c0 numeric',
      '1.5',
      'Column c0 (numeric) holds 1.5: a Decimal of scale 0 has no place for its digits',
    ],
    ['postgres', 'c0 timestamp', "'infinity'", 'Column c0 (timestamp) holds infinity'],
    ['postgres', 'c0 date', "'-infinity'", 'Column c0 (date) holds -infinity'],
    ['postgres', 'c0 bit(8)', "B'11111111'", 'Column c0 (bit) holds 255: it does not fit into int8'],
    [
      'mariadb',
      'c0 bigint unsigned',
      '18446744073709551615',
      'Column c0 (BIGINT) holds 18446744073709551615',
    ],
    [
      'mariadb',
      'c0 time',
      "'838:59:59'",
      'Table test.types_N: Column c0 (TIME) holds 838:59:59: it is no time of day',
    ],
    ['mariadb', 'c0 time', "'-01:00:00'", 'Column c0 (TIME) holds -01:00:00'],
    ['mariadb', 'c0 time', "'24:00:00'", 'Column c0 (TIME) holds 24:00:00: it is no time of day'],
    ['postgres', 'c0 time', "'24:00:00'", 'Column c0 (time) holds 24:00:00: it is no time of day'],
    [
      'sqlite',
      'c0 SMALLINT',
      '32768',
      'Table types_N: Column c0 (SMALLINT) holds 32768: it does not fit into int16',
    ],
    ['sqlite', 'c0 INTEGER', "'abc'", 'Column c0 (INTEGER) holds abc: it is no whole number'],
  ] as const)('%s %s %s', async (place, column, value, message) => {
    const refused = read(place, column, [value])
    expect(refused).rejects.toThrow(message.replace('types_N', `types_${tables}`))
    await refused.catch(() => {})
  })

  test('zero dates of MariaDB, and what the URL may make of them', async () => {
    const insert = "SET STATEMENT sql_mode='' FOR INSERT INTO zeros VALUES ('0000-00-00 00:00:00')"
    await servers.mariadb.query('CREATE TABLE zeros (t datetime)')
    await servers.mariadb.query(insert)
    const run = (parameter: string) =>
      SourceRun.start({
        ...servers.mariadb.config,
        'connection.url': `${servers.mariadb.url}${parameter}`,
        mode: 'bulk',
        tables: 'test.zeros',
      })
    const refused = await run('')
    expect(refused.poll()).rejects.toThrow('Table test.zeros: Column t (DATETIME) holds 0000-00-00 00:00:00')
    await refused.stop()
    const asNull = await run('?zeroDateTimeBehavior=CONVERT_TO_NULL')
    await asNull.take(1)
    expect(asNull.values('t')).toEqual([null])
    await asNull.stop()
  })
})

test('columns of types that no field can hold are left out, with a warning', async () => {
  const columns = 'id int, a int[], p point, r int4range, i interval, v varbit(3)'
  const [struct] = await read('postgres', columns, ["1, '{1,2}', '(1,2)', '[1,2)', '1 day', B'1'"])
  expect(struct!.schema.fields.map(field => field.name)).toEqual(['id'])
  expect(logged.join('\n')).toContain('column a is left out, no field can hold its type _int4')
})

test('enums and domains of Postgres are what they are made of', async () => {
  await servers.postgres.query("CREATE TYPE mood AS ENUM ('sad', 'happy')")
  await servers.postgres.query('CREATE DOMAIN positive AS numeric(6,1) CHECK (VALUE > 0)')
  await expectTypes('postgres', [
    ['mood NOT NULL', 'STRING', ["'happy'", 'happy']],
    ['positive', 'optional Decimal(1)', ['1.5', decimal(15n, 1)]],
  ])
})
