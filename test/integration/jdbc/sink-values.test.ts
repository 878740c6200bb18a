import { describe, expect, test } from 'bun:test'
import {
  BigDecimal,
  dateBuilder,
  decimalBuilder,
  INT32_SCHEMA,
  INT64_SCHEMA,
  SchemaBuilder,
  STRING_SCHEMA,
  timeBuilder,
  timestampBuilder,
} from '../../../src/sdk/index.ts'
import { put, record, refusal, struct, targetNames, targetOf } from './sink-ground.ts'

const KEY = { 'auto.create': 'true', 'pk.mode': 'record_key', 'pk.fields': 'id' }

const all = struct({
  i8: SchemaBuilder.int8(),
  i16: SchemaBuilder.int16(),
  i32: SchemaBuilder.int32(),
  i64: SchemaBuilder.int64(),
  f32: SchemaBuilder.float32(),
  f64: SchemaBuilder.float64(),
  yes: SchemaBuilder.bool(),
  word: SchemaBuilder.string(),
  raw: SchemaBuilder.bytes(),
  price: decimalBuilder(3),
  day: dateBuilder(),
  clock: timeBuilder(),
  moment: timestampBuilder(),
})
const LOW = {
  i8: -128,
  i16: -32768,
  i32: -2147483648,
  i64: -9223372036854775808n,
  f32: -3.4028234663852886e38,
  f64: -1.7976931348623157e308,
  yes: false,
  word: '',
  raw: new Uint8Array(0),
  price: new BigDecimal(-12345678901234567890123456789n, 3),
  day: new Date('1970-01-01T00:00:00Z'),
  clock: new Date(0),
  moment: new Date('1970-01-01T00:00:00.001Z'),
}
const HIGH = {
  i8: 127,
  i16: 32767,
  i32: 2147483647,
  i64: 9223372036854775807n,
  f32: 1.401298464324817e-45,
  f64: 5e-324,
  yes: true,
  word: `it's "so" \\ \n\t ünï 🚲 {a,b} %s ? $1`,
  raw: Uint8Array.from({ length: 256 }, (_, i) => i),
  price: new BigDecimal(1n, 3),
  day: new Date('9999-12-31T00:00:00Z'),
  clock: new Date(86_399_999),
  moment: new Date('9999-12-31T23:59:59.999Z'),
}

/** As each database writes them, in the order of the fields. */
const COLUMNS = {
  postgres:
    "i8::text, i16::text, i32::text, i64::text, f32::text, f64::text, yes::text, word, encode(raw, 'hex') AS raw, price::text, day::text, clock::text, moment::text",
  mariadb:
    'i8, i16, i32, CAST(i64 AS CHAR) AS i64, CAST(f32 AS DOUBLE) AS f32, f64, yes, word, LOWER(HEX(raw)) AS raw, CAST(price AS CHAR) AS price, CAST(day AS CHAR) AS day, CAST(clock AS CHAR) AS clock, CAST(moment AS CHAR) AS moment',
  sqlite:
    'i8, i16, i32, CAST(i64 AS TEXT) AS i64, f32, f64, yes, word, lower(hex(raw)) AS raw, CAST(price AS TEXT) AS price, day, clock, moment',
}
const HEX = Buffer.from(HIGH.raw).toString('hex')

const LOW_TEXTS = {
  postgres: [
    ...[
      '-128',
      '-32768',
      '-2147483648',
      '-9223372036854775808',
      '-3.4028235e+38',
      '-1.7976931348623157e+308',
    ],
    ...[
      'false',
      '',
      '',
      '-12345678901234567890123456.789',
      '1970-01-01',
      '00:00:00',
      '1970-01-01 00:00:00.001',
    ],
  ],
  mariadb: [
    ...[
      '-128',
      '-32768',
      '-2147483648',
      '-9223372036854775808',
      '-3.4028234663852886e+38',
      '-1.7976931348623157e+308',
    ],
    ...[
      '0',
      '',
      '',
      '-12345678901234567890123456.789',
      '1970-01-01',
      '00:00:00.000',
      '1970-01-01 00:00:00.001',
    ],
  ],
  // A column of type NUMERIC makes a float of a decimal with that many digits, as it does with the JVM connector.
  sqlite: [
    ...[
      '-128',
      '-32768',
      '-2147483648',
      '-9223372036854775808',
      '-3.4028234663852886e+38',
      '-1.7976931348623157e+308',
    ],
    ...['0', '', '', '-1.2345678901234568e+25', '0', '0', '1'],
  ],
}
const HIGH_TEXTS = {
  postgres: [
    ...['127', '32767', '2147483647', '9223372036854775807', '1e-45', '5e-324'],
    ...['true', HIGH.word, HEX, '0.001', '9999-12-31', '23:59:59.999', '9999-12-31 23:59:59.999'],
  ],
  mariadb: [
    ...['127', '32767', '2147483647', '9223372036854775807', '1.401298464324817e-45', '5e-324'],
    ...['1', HIGH.word, HEX, '0.001', '9999-12-31', '23:59:59.999', '9999-12-31 23:59:59.999'],
  ],
  sqlite: [
    ...['127', '32767', '2147483647', '9223372036854775807', '1.401298464324817e-45', '5e-324'],
    ...['1', HIGH.word, HEX, '0.001', '253402214400000', '86399999', '253402300799999'],
  ],
}

describe.each(targetNames)('%s', name => {
  const target = targetOf(name)

  const texts = async (sql: string): Promise<string[][]> =>
    (await target.query(sql)).map(row => Object.values(row).map(String))

  // One row goes by values, several by arrays where there are such.
  test.each([1, 3])('the ends of every type, %d times', async times => {
    const rows = Array.from({ length: times }, (_, i) => [
      record(`ends${times}`, [INT64_SCHEMA, i * 2], all, LOW),
      record(`ends${times}`, [INT64_SCHEMA, i * 2 + 1], all, HIGH),
    ])
    await put(target, KEY, ...(times === 1 ? rows[0]!.map(row => [row]) : [rows.flat()]))
    const found = await texts(`SELECT ${COLUMNS[name]} FROM ends${times} ORDER BY id`)
    for (let i = 0; i < times; i++) {
      expect(found[i * 2]).toEqual(LOW_TEXTS[name])
      expect(found[i * 2 + 1]).toEqual(HIGH_TEXTS[name])
    }
  })

  test('floats without an end, or none where there are none', async () => {
    const schema = struct({ f: SchemaBuilder.float64() })
    const given = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    const rows = given.map((f, i) => record('endless', [INT64_SCHEMA, i], schema, { f }))
    if (name === 'postgres') {
      await put(target, KEY, rows)
      expect(await texts('SELECT f::text FROM endless ORDER BY id')).toEqual([
        ['NaN'],
        ['Infinity'],
        ['-Infinity'],
      ])
      return
    }
    const told = await refusal(put(target, KEY, rows))
    expect(told).toMatch(
      /Cannot write to table .endless., column f, the record of topic endless, partition 0, offset \d+:/,
    )
    expect(told).toContain('The database cannot hold NaN')
    if (name === 'sqlite') {
      await put(target, KEY, rows.slice(1))
      expect(await texts('SELECT f > 1e308, f < -1e308 FROM endless ORDER BY id')).toEqual([
        ['1', '0'],
        ['0', '1'],
      ])
    }
  })

  test('days and times in the time zone of the database', async () => {
    const schema = struct({ day: dateBuilder(), moment: timestampBuilder() })
    const row = (topic: string) =>
      record(topic, [INT64_SCHEMA, 1], schema, {
        day: new Date('2024-03-01T00:00:00Z'),
        moment: new Date('2024-03-01T03:00:00.250Z'),
      })
    const config = { ...KEY, 'db.timezone': 'America/New_York' }
    await put(target, config, [row('zoned')])
    await put(target, { ...config, 'date.timezone': 'utc' }, [row('zoned_utc')])
    if (name === 'sqlite') {
      expect(await texts('SELECT day, moment FROM zoned')).toEqual([['1709251200000', '1709262000250']])
      return
    }
    const [cast, fraction] = name === 'postgres' ? ['TEXT', '.25'] : ['CHAR', '.250']
    const sql = (table: string) => `SELECT CAST(day AS ${cast}), CAST(moment AS ${cast}) FROM ${table}`
    // Of two columns of one name a client may give one.
    const found = async (table: string) =>
      texts(sql(table).replace('),', ') AS d,').replace(') FROM', ') AS m FROM'))
    expect(await found('zoned')).toEqual([['2024-02-29', `2024-02-29 22:00:00${fraction}`]])
    expect(await found('zoned_utc')).toEqual([['2024-03-01', `2024-02-29 22:00:00${fraction}`]])
  })

  test('timestamp.fields.list keeps microseconds', async () => {
    const schema = struct({ a: SchemaBuilder.int64(), b: SchemaBuilder.string() })
    const values = { a: 1709208000123456, b: '2024-02-29T12:00:00.654321Z' }
    const row = record('stamped', [INT64_SCHEMA, 1], schema, values)
    await put(target, { ...KEY, 'timestamp.fields.list': 'a,b' }, [row])
    const [cast, expected] = {
      postgres: ['TEXT', ['2024-02-29 12:00:00.123456', '2024-02-29 12:00:00.654321']],
      mariadb: ['CHAR', ['2024-02-29 12:00:00.123456', '2024-02-29 12:00:00.654321']],
      sqlite: ['TEXT', ['1709208000123', '1709208000654']],
    }[name] as [string, string[]]
    expect(await texts(`SELECT CAST(a AS ${cast}) AS a, CAST(b AS ${cast}) AS b FROM stamped`)).toEqual([
      expected,
    ])
  })

  test('values of many megabytes', async () => {
    const schema = struct({ word: SchemaBuilder.string(), raw: SchemaBuilder.bytes() })
    if (name === 'mariadb')
      await target.query('CREATE TABLE large (id BIGINT PRIMARY KEY, word LONGTEXT, raw LONGBLOB)')
    const rows = Array.from({ length: 12 }, (_, id) =>
      record('large', [INT64_SCHEMA, id], schema, {
        word: String.fromCharCode(97 + id).repeat(1_500_000),
        raw: new Uint8Array(700_000).fill(id),
      }),
    )
    await put(target, KEY, rows)
    const [sum] = await target.query(
      'SELECT sum(length(word)) AS w, sum(length(raw)) AS r, count(*) AS n FROM large',
    )
    expect(Object.values(sum!).map(Number)).toEqual([18_000_000, 8_400_000, 12])
  })
})

describe('what Postgres has more', () => {
  const target = targetOf('postgres')

  test('text becomes json, uuid, enum, inet and zoned time', async () => {
    await target.query("CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE DOMAIN short AS varchar(3)")
    await target.query(
      'CREATE TABLE typed (id BIGINT PRIMARY KEY, j json, jb jsonb, u uuid, ip inet, tz timestamptz, s short, n numeric(6,2))',
    )
    await target.query('CREATE TABLE moody (id BIGINT PRIMARY KEY, m mood, n numeric(6,2))')
    const schema = struct({
      j: SchemaBuilder.string(),
      jb: SchemaBuilder.string(),
      u: SchemaBuilder.string(),
      ip: SchemaBuilder.string(),
      tz: timestampBuilder(),
      s: SchemaBuilder.string(),
      n: SchemaBuilder.string(),
    })
    const values = {
      j: '{"b": 1.50, "a": [1]}',
      jb: '{"b": 1.50, "a": "x"}',
      u: 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11',
      ip: '10.0.0.1',
      tz: new Date('2024-07-01T12:00:00.5Z'),
      s: 'abc',
      n: '1234.50',
    }
    const config = {
      'pk.mode': 'record_key',
      'pk.fields': 'id',
      'insert.mode': 'upsert',
      'db.timezone': 'Europe/Berlin',
    }
    const rows = [1, 2, 3].map(id => record('typed', [INT64_SCHEMA, id], schema, values))
    await put(target, config, rows, [rows[0]!])
    const found = await target.query(
      "SELECT DISTINCT j::text, jb::text, u::text, ip::text, (tz AT TIME ZONE 'UTC')::text AS tz, s, n::text FROM typed",
    )
    expect(found).toEqual([
      {
        j: '{"b": 1.50, "a": [1]}',
        jb: '{"a": "x", "b": 1.50}',
        u: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
        ip: '10.0.0.1/32',
        tz: '2024-07-01 12:00:00.5',
        s: 'abc',
        n: '1234.50',
      },
    ])
    const mood = struct({ m: SchemaBuilder.string(), n: SchemaBuilder.float64() })
    const moods = ['sad', 'happy'].map((m, id) => record('moody', [INT64_SCHEMA, id], mood, { m, n: 0.125 }))
    await put(target, config, moods)
    expect(await target.query('SELECT m::text, n::text FROM moody ORDER BY id')).toEqual([
      { m: 'sad', n: '0.13' },
      { m: 'happy', n: '0.13' },
    ])
    const bad = moods.concat(record('moody', [INT64_SCHEMA, 5], mood, { m: 'angry', n: 1 }))
    expect(await refusal(put(target, config, bad))).toContain('angry')
  })

  test('arrays', async () => {
    const of = (schema: typeof INT64_SCHEMA) => new SchemaBuilder('ARRAY', null, schema)
    const schema = struct({
      numbers: of(INT64_SCHEMA),
      words: of(STRING_SCHEMA),
      grid: of(of(INT32_SCHEMA).build()),
      prices: of(decimalBuilder(2).build()),
      none: of(INT32_SCHEMA).optional(),
    })
    const values = {
      numbers: [1, 9223372036854775807n],
      words: ['a,b', '"q"', '\\', '', 'NULL', '{}'],
      grid: [
        [1, 2],
        [3, 4],
      ],
      prices: [new BigDecimal(150n, 2)],
      none: null,
    }
    const rows = [1, 2, 3].map(id => record('arrays', [INT64_SCHEMA, id], schema, values))
    await put(target, { ...KEY, 'insert.mode': 'upsert' }, rows, [rows[0]!])
    expect(
      await target.query(
        'SELECT DISTINCT numbers::text, words[1] AS w1, words[2] AS w2, words[3] AS w3, words[4] AS w4, words[5] AS w5, words[6] AS w6, grid[2][1] AS g, prices::text, none FROM arrays',
      ),
    ).toEqual([
      {
        numbers: '{1,9223372036854775807}',
        w1: 'a,b',
        w2: '"q"',
        w3: '\\',
        w4: '',
        w5: 'NULL',
        w6: '{}',
        g: 3,
        prices: '{1.50}',
        none: null,
      },
    ])
  })

  test('bytes and text do not become each other', async () => {
    await target.query('CREATE TABLE mixed (id BIGINT PRIMARY KEY, a text, b bytea)')
    const config = { 'pk.mode': 'record_key', 'pk.fields': 'id' }
    const bytes = record('mixed', [INT64_SCHEMA, 1], struct({ a: SchemaBuilder.bytes() }), {
      a: Buffer.from('x'),
    })
    const text = record('mixed', [INT64_SCHEMA, 2], struct({ b: SchemaBuilder.string() }), { b: 'x' })
    expect(await refusal(put(target, config, [bytes]))).toContain(
      'Column a of table "mixed" is of type text, but the field a is BYTES',
    )
    expect(await refusal(put(target, config, [text]))).toContain(
      'is of type bytea, but the field b is STRING',
    )
    expect(await target.query('SELECT * FROM mixed')).toEqual([])
  })

  test('keys that are equal without being the same text end as the last', async () => {
    await target.query('CREATE TABLE ids (id uuid PRIMARY KEY, item text)')
    const line = struct({ item: SchemaBuilder.string() })
    const id = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'
    const rows = [id, id.toUpperCase()].map((key, i) =>
      record('ids', [STRING_SCHEMA, key], line, { item: `v${i}` }),
    )
    const config = { 'pk.mode': 'record_key', 'pk.fields': 'id', 'insert.mode': 'upsert' }
    await put(target, config, rows)
    expect(await target.query('SELECT item FROM ids')).toEqual([{ item: 'v1' }])
    const updates = [id.toUpperCase(), id].map((key, i) =>
      record('ids', [STRING_SCHEMA, key], line, { item: `u${i}` }),
    )
    await put(target, { ...config, 'insert.mode': 'update' }, updates)
    expect(await target.query('SELECT item FROM ids')).toEqual([{ item: 'u1' }])
  })

  test('a table in a schema, partitioned, of a long name', async () => {
    await target.query('CREATE SCHEMA shop')
    await target.query('CREATE TABLE shop.parts (id BIGINT PRIMARY KEY, item TEXT) PARTITION BY HASH (id)')
    await target.query(
      'CREATE TABLE shop.parts_0 PARTITION OF shop.parts FOR VALUES WITH (MODULUS 1, REMAINDER 0)',
    )
    const line = struct({ item: SchemaBuilder.string() })
    const rows = (topic: string) => [1, 2].map(id => record(topic, [INT64_SCHEMA, id], line, { item: 'a' }))
    const config = { ...KEY, 'table.name.format': 'shop.${topic}', 'insert.mode': 'upsert' }
    expect(await refusal(put(target, config, rows('parts')))).toContain('is a PARTITIONED TABLE')
    await put(target, { ...config, 'table.types': 'TABLE,PARTITIONED TABLE' }, rows('parts'), rows('parts'))
    expect(await target.query('SELECT count(*)::int AS n FROM shop.parts')).toEqual([{ n: 2 }])

    const topic = 'a-topic-whose-name-is-longer-than-the-sixty-three-bytes-of-postgres-names'
    await put(target, config, rows(topic))
    await put(target, config, rows(topic))
    expect(await target.query(`SELECT count(*)::int AS n FROM shop."${topic.slice(0, 63)}"`)).toEqual([
      { n: 2 },
    ])
  })
})
