import { describe, expect, test } from 'bun:test'
import { INT64_SCHEMA, SchemaBuilder, STRING_SCHEMA } from '../../../src/sdk/index.ts'
import { numbers, put, record, struct, structOf, targetNames, targetOf } from './sink-ground.ts'

const order = struct({
  id: SchemaBuilder.int64(),
  item: SchemaBuilder.string(),
  amount: SchemaBuilder.int32(),
})
const line = struct({ item: SchemaBuilder.string(), amount: SchemaBuilder.int32() })
/** MySQL has no key of type TEXT. */
const key = struct({ shop: SchemaBuilder.int32(), id: SchemaBuilder.int64() })
const AUTO = { 'auto.create': 'true' }
const BY_KEY = { ...AUTO, 'pk.mode': 'record_key', 'pk.fields': 'id' }

const keyed = (topic: string, id: number, item: string | null, amount = 1) =>
  record(topic, [INT64_SCHEMA, id], line, item === null ? null : { item, amount })

describe.each(targetNames)('%s', name => {
  const target = targetOf(name)

  const items = async (table: string) =>
    (await target.query(`SELECT item FROM ${table} ORDER BY id`)).map(row => row['item'])
  const isKey = async (table: string, values: string) => {
    await expect(target.query(`INSERT INTO ${table} ${values}`)).rejects.toThrow()
  }

  test('inserts, each record a row', async () => {
    const rows = Array.from({ length: 5000 }, (_, id) =>
      record('inserted', null, order, { id, item: 'a', amount: id }),
    )
    await put(target, { ...AUTO, 'batch.size': '1200' }, rows, [])
    const [count] = await target.query(
      'SELECT count(*) AS n, sum(amount) AS s, count(DISTINCT id) AS d FROM inserted',
    )
    expect([count!['n'], count!['s'], count!['d']].map(Number)).toEqual([5000, 12497500, 5000])
  })

  test('an insert that comes again is refused by the key', async () => {
    const rows = [keyed('twice', 1, 'a')]
    await put(target, BY_KEY, rows)
    await expect(put(target, BY_KEY, rows)).rejects.toThrow('Cannot write to table')
    expect(await items('twice')).toEqual(['a'])
  })

  test('upserts end as the last of each key, within a batch and across', async () => {
    const config = { ...BY_KEY, 'insert.mode': 'upsert' }
    const rows = Array.from({ length: 1000 }, (_, i) => keyed('upserted', i % 10, `v${i}`))
    await put(target, config, rows, [keyed('upserted', 3, 'later'), keyed('upserted', 11, 'new')])
    expect(await items('upserted')).toEqual([
      ...[990, 991, 992].map(i => `v${i}`),
      'later',
      ...[994, 995, 996, 997, 998, 999].map(i => `v${i}`),
      'new',
    ])
  })

  test('upserts of keys alone leave one row each', async () => {
    const config = { ...AUTO, 'insert.mode': 'upsert', 'pk.mode': 'record_value' }
    const only = struct({ id: SchemaBuilder.int64() })
    const rows = [1, 2, 1].map(id => record('keys_alone', null, only, { id }))
    await put(target, config, rows, rows)
    expect(numbers(await target.query('SELECT id FROM keys_alone ORDER BY id'), 'id')).toEqual([1, 2])
  })

  test('updates change rows that are there and make none', async () => {
    await put(target, BY_KEY, [keyed('updated', 1, 'a'), keyed('updated', 2, 'b')])
    await put(target, { ...BY_KEY, 'insert.mode': 'update' }, [
      keyed('updated', 2, 'c'),
      keyed('updated', 3, 'd'),
      keyed('updated', 2, 'e', 7),
    ])
    expect(await items('updated')).toEqual(['a', 'e'])
    expect(numbers(await target.query('SELECT amount FROM updated ORDER BY id'), 'amount')).toEqual([1, 7])
  })

  test('tombstones delete, in the order of the records', async () => {
    const config = { ...BY_KEY, 'insert.mode': 'upsert', 'delete.enabled': 'true' }
    await put(
      target,
      config,
      [1, 2, 3, 4, 5].map(id => keyed('deleted', id, `v${id}`)),
      [
        keyed('deleted', 1, null),
        keyed('deleted', 2, 'again'),
        keyed('deleted', 2, null),
        keyed('deleted', 3, null),
        keyed('deleted', 3, 'back'),
        keyed('deleted', 9, null),
        keyed('deleted', 5, null),
      ],
    )
    expect(await items('deleted')).toEqual(['back', 'v4'])
  })

  test('tombstones delete by several keys', async () => {
    const config = { ...AUTO, 'pk.mode': 'record_key', 'delete.enabled': 'true', 'insert.mode': 'upsert' }
    const at = (shop: number, id: number, item: string | null) =>
      record(
        'deleted_two',
        [key, structOf(key, { shop, id })],
        line,
        item === null ? null : { item, amount: 1 },
      )
    const all = [1, 2, 3].flatMap(shop => [1, 2, 3].map(id => at(shop, id, `${shop}/${id}`)))
    await put(target, config, all, [at(1, 1, null), at(2, 3, null), at(3, 2, null)])
    expect(
      (await target.query('SELECT item FROM deleted_two ORDER BY shop, id')).map(row => row['item']),
    ).toEqual(['1/2', '1/3', '2/1', '2/2', '3/1', '3/3'])
  })

  test('a tombstone for a table that is not there yet makes none', async () => {
    const config = { ...BY_KEY, 'delete.enabled': 'true' }
    await put(target, config, [keyed('later', 1, null)])
    await expect(target.query('SELECT * FROM later')).rejects.toThrow()
    await put(target, config, [keyed('later', 1, null), keyed('later', 1, 'a')])
    expect(await items('later')).toEqual(['a'])
  })

  test('a tombstone that deletes nothing leaves a row of its key, and is none to update with', async () => {
    await put(target, { ...BY_KEY, 'insert.mode': 'upsert', 'fields.whitelist': 'item' }, [
      keyed('kept', 1, 'a'),
    ])
    const nullable = name === 'postgres' ? 'ALTER COLUMN item DROP NOT NULL' : 'MODIFY item TEXT NULL'
    if (name === 'sqlite') return
    await target.query(`ALTER TABLE kept ${nullable}`)
    await put(target, { ...BY_KEY, 'insert.mode': 'upsert' }, [
      keyed('kept', 1, null),
      keyed('kept', 2, null),
    ])
    expect(await items('kept')).toEqual(['a', null])
    await expect(
      put(target, { ...BY_KEY, 'insert.mode': 'update' }, [keyed('kept', 1, null)]),
    ).rejects.toThrow('in UPDATE mode has nothing to update')
  })

  test('the key of a new table is that of pk.mode', async () => {
    const row = { id: 7, item: 'a', amount: 1 }
    const string = name === 'mariadb' ? 'VARCHAR(99)' : 'TEXT'
    await target.query(
      `CREATE TABLE by_place (__connect_topic ${string}, __connect_partition INT, __connect_offset BIGINT, id BIGINT, item TEXT, amount INT, PRIMARY KEY (__connect_topic, __connect_partition, __connect_offset))`,
    )
    const placed = record('by_place', null, order, row)
    await put(target, { 'pk.mode': 'kafka', 'insert.mode': 'upsert' }, [placed], [placed])
    const [found] = await target.query('SELECT * FROM by_place')
    expect([found!['__connect_topic'], Number(found!['__connect_offset']), Number(found!['id'])]).toEqual([
      'by_place',
      placed.kafkaOffset,
      7,
    ])

    await put(target, { ...AUTO, 'pk.mode': 'record_value', 'pk.fields': 'id,amount' }, [
      record('by_value', null, order, row),
    ])
    await isKey('by_value', "(id, amount, item) VALUES (7, 1, 'b')")

    const structKey = record('by_key', [key, structOf(key, { shop: 1, id: 2 })], line, {
      item: 'a',
      amount: 1,
    })
    await put(target, { ...AUTO, 'pk.mode': 'record_key' }, [structKey])
    await isKey('by_key', "(shop, id, item, amount) VALUES (1, 2, 'b', 1)")
    await put(
      target,
      { ...AUTO, 'pk.mode': 'record_key', 'pk.fields': 'id', 'table.name.format': 'k_${topic}' },
      [structKey],
    )
    await isKey('k_by_key', "(id, item, amount) VALUES (2, 'b', 1)")
  })

  test('fields.whitelist leaves the others out', async () => {
    await put(target, { ...BY_KEY, 'fields.whitelist': 'item' }, [keyed('chosen', 1, 'a')])
    expect(Object.keys((await target.query('SELECT * FROM chosen'))[0]!).sort()).toEqual(['id', 'item'])
  })

  test('strings go into their column', async () => {
    const text = (topic: string, id: number, value: string) =>
      record(topic, [INT64_SCHEMA, id], STRING_SCHEMA, value)
    await put(target, { ...AUTO }, [text('texts', 1, 'first'), text('texts', 2, 'second')])
    expect((await target.query('SELECT record_value FROM texts')).length).toBe(2)
    await put(target, { ...BY_KEY, 'string.output.value.column.name': 'item' }, [
      text('named_texts', 1, 'first'),
    ])
    expect(await items('named_texts')).toEqual(['first'])
  })

  test('all tables of a put change together', async () => {
    await target.query(
      'CREATE TABLE second (id BIGINT PRIMARY KEY, item VARCHAR(3) CHECK (length(item) < 4), amount INT)',
    )
    const both = [keyed('first', 1, 'good'), keyed('second', 1, 'much too long')]
    await expect(put(target, BY_KEY, both)).rejects.toThrow('record of topic second')
    expect(await items('first')).toEqual([])
  })

  test('nulls become the default, or stay', async () => {
    const schema = struct({
      id: SchemaBuilder.int64(),
      item: SchemaBuilder.string().optional().defaultValue('none'),
    })
    const config = { ...AUTO, 'pk.mode': 'record_value', 'pk.fields': 'id' }
    await put(target, config, [record('nulls', null, schema, { id: 1, item: null })])
    await put(target, { ...config, 'replace.null.with.default': 'false' }, [
      record('nulls', null, schema, { id: 2, item: null }),
    ])
    expect(await items('nulls')).toEqual(['none', null])
  })

  test('names that need quotes, and such that are not quoted', async () => {
    const schema = struct({
      id: SchemaBuilder.int64(),
      'order by "x"?': SchemaBuilder.string(),
      Größe: SchemaBuilder.int32(),
    })
    const config = { ...AUTO, 'pk.mode': 'record_value', 'pk.fields': 'id', 'insert.mode': 'upsert' }
    const row = record('odd-topic', null, schema, { id: 1, 'order by "x"?': 'a', Größe: 2 })
    await put(target, config, [row], [row])
    const quote = name === 'mariadb' ? '`' : '"'
    const [found] = await target.query(`SELECT * FROM ${quote}odd-topic${quote}`)
    expect([found!['order by "x"?'], Number(found!['Größe'])]).toEqual(['a', 2])

    const plain = { ...BY_KEY, 'quote.sql.identifiers': 'never', 'table.name.format': 'plain_${topic}' }
    await put(target, plain, [keyed('rows', 1, 'a')], [keyed('rows', 2, 'b')])
    expect(await items('plain_rows')).toEqual(['a', 'b'])
    await put(
      target,
      { ...plain, 'table.name.format': 'Plain_${topic}' },
      [keyed('Upper', 1, 'a')],
      [keyed('Upper', 2, 'b')],
    )
    expect(await items('Plain_Upper')).toEqual(['a', 'b'])
  })

  test('columns are found in another case', async () => {
    await target.query('CREATE TABLE cased (ID BIGINT PRIMARY KEY, ITEM VARCHAR(20), AMOUNT INT)')
    await put(target, { ...BY_KEY, 'insert.mode': 'upsert' }, [keyed('cased', 1, 'a')])
    const [found] = await target.query('SELECT * FROM cased')
    expect(Object.values(found!).map(String)).toEqual(['1', 'a', '1'])
  })
})
