import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { ConnectHeaders } from '../../../src/data/headers.ts'
import { Float64 } from '../../../src/data/numbers.ts'
import { type ConnectRecord, SinkRecord } from '../../../src/data/records.ts'
import * as schemas from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { scriptPlugins } from '../../../src/transforms/script/script-plugins.ts'

const folder = mkdtempSync(join(tmpdir(), 'bunnect-script-'))
const path = join(folder, 'plugins')
mkdirSync(path)
afterAll(() => rmSync(folder, { recursive: true }))

const [transformation, predicate] = scriptPlugins({ pluginPath: [path], inline: true })
const make = (code: string) => transformation.create({ code, file: null }, {})
const apply = (code: string, record: ConnectRecord) => make(code).apply(record)

const record = (
  value: unknown,
  schema: schemas.Schema | null = null,
  headers: ConnectHeaders | null = null,
) => new SinkRecord('orders', 3, null, 'k', schema, value, 17, 1000, 'CreateTime', headers)

const address = SchemaBuilder.struct().field('zip', schemas.INT32_SCHEMA).optional().build()
const order = SchemaBuilder.struct()
  .name('Order')
  .field('id', schemas.INT64_SCHEMA)
  .field('note', schemas.OPTIONAL_STRING_SCHEMA)
  .field('rate', SchemaBuilder.int32().defaultValue(7).build())
  .field('address', address)
  .field('tags', SchemaBuilder.array(schemas.STRING_SCHEMA).optional().build())
  .build()
const orderStruct = () =>
  new Struct(order)
    .put('id', 1)
    .put('note', 'n')
    .put('address', new Struct(address).put('zip', 8000))
    .put('tags', ['a'])

describe('a date', () => {
  const timestamp = () => SchemaBuilder.int64().name('org.apache.kafka.connect.data.Timestamp').version(1)
  const schema = SchemaBuilder.struct()
    .field('at', timestamp().build())
    .field('since', timestamp().defaultValue(new Date(5)).build())
    .build()
  const source = () => record(new Struct(schema).put('at', new Date(1)), schema)
  const millis = (value: unknown, name: string) => ((value as Struct).get(name) as Date).getTime()

  test('that is changed in place changes neither the record before nor the default', () => {
    const before = source()
    const code = 'record.value.at.setTime(2); record.value.since.setTime(6); return record'
    const { value } = apply(code, before) as SinkRecord
    expect([millis(value, 'at'), millis(value, 'since')]).toEqual([2, 6])
    expect([millis(before.value, 'at'), millis(before.value, 'since')]).toEqual([1, 5])
    expect(schema.field('since')!.schema.defaultValue).toEqual(new Date(5))
  })

  test('that is only looked at leaves the value as it is', () => {
    const before = source()
    const { value } = apply('({ ...record, topic: String(record.value.at.getTime()) })', before) as SinkRecord
    expect(value).toBe(before.value)
  })
})

describe('forms of a script', () => {
  test.each([
    ['an expression', '({ ...record, topic: record.topic.toUpperCase() })'],
    ['an expression with a semicolon and a comment', '({ ...record, topic: "ORDERS" }); // so'],
    ['an object without parentheses', '{ topic: "ORDERS" }'],
    ['a function without a name', 'function (record) { return { topic: "ORDERS" } }'],
    ['a function', 'record => ({ ...record, topic: "ORDERS" })'],
    ['a function that takes its record apart', '({ topic }) => ({ topic: topic.toUpperCase() })'],
    ['a body', 'record.topic = "ORDERS"\nreturn record'],
    [
      'a module',
      'const up = (t: string) => t.toUpperCase()\nexport default (record) => ({ topic: up(record.topic) })',
    ],
    [
      'a module with a function declaration',
      'export default function (record) { return { topic: "ORDERS" } }',
    ],
    [
      'a module with types',
      `import type { ScriptRecord } from 'bunnect'\nexport default function f(record: ScriptRecord) { record.topic = 'ORDERS'; return record }`,
    ],
  ])('%s', (_, code) => {
    const result = apply(code, record({ a: 1 })) as SinkRecord
    expect(result.topic).toBe('ORDERS')
    expect(result.value).toEqual({ a: 1 })
    expect(result.originalTopic).toBe('orders')
  })
})

describe('what a script may return', () => {
  test('the record itself, unchanged, is that very record', () => {
    const given = record(orderStruct(), order, new ConnectHeaders().addString('h', 'x'))
    expect(apply('record', given)).toBe(given)
  })
  test.each(['null', 'undefined', '[]'])('%s drops it', code => {
    expect(apply(`return ${code}`, record(1))).toBeNull()
  })
  test('several, each keeping what it does not say', () => {
    const result = apply('record.value.items.map(item => ({ value: item }))', record({ items: [1, 2] }))
    const records = result as SinkRecord[]
    expect(records.map(({ value }) => value)).toEqual([1, 2])
    expect(
      records.map(({ topic, kafkaPartition, timestamp, key }) => [topic, kafkaPartition, timestamp, key]),
    ).toEqual([
      ['orders', 3, 1000, 'k'],
      ['orders', 3, 1000, 'k'],
    ])
  })
  test('a tombstone loses a schema that takes no null', () => {
    const result = apply('({ value: null })', record(orderStruct(), order)) as SinkRecord
    expect([result.value, result.valueSchema]).toEqual([null, null])
  })
  test.each([
    [
      'record.value',
      { x: 1 },
      'The script returned a record with "x"; a record has topic, partition, key, value, headers, timestamp. Content goes into its value: { ...record, value: { … } }.',
    ],
    ['record.value', 5, 'The script must return a record, several in an array, or null, not a number.'],
    [
      'record.value',
      Promise.resolve(),
      'The script returned a Promise; it must answer at once, without async and await.',
    ],
    [
      '({ timestamp: record.value })',
      1.5,
      'The script gave the record the timestamp a number; it must be a whole number or null.',
    ],
    ['({ topic: record.value })', null, 'The script gave the record the topic null; it must be a text.'],
  ])('%s of %p is refused', (code, value, message) => {
    expect(() => apply(code, record(value))).toThrow(message)
  })
})

describe('values without a schema', () => {
  test('are changed where they are', () => {
    const result = apply('record.value.b = record.value.a * 2; return record', record({ a: 4 })) as SinkRecord
    expect(result.value).toEqual({ a: 4, b: 8 })
  })
  test('wrapped numbers calculate like numbers', () => {
    const result = apply(
      '({ value: record.value.price * 2 })',
      record({ price: new Float64(1) }),
    ) as SinkRecord
    expect(result.value).toBe(2)
  })
})

describe('Structs are plain objects', () => {
  test('with defaults, nested ones and lists', () => {
    const result = apply(
      '({ value: JSON.stringify(record.value) })',
      record(orderStruct(), null),
    ) as SinkRecord
    expect(result.value).toContain('{')
    const seen = make(
      'record => { record.headers.push({ key: "seen", value: JSON.stringify(record.value) }); return record }',
    )
    const { headers } = seen.apply(record(orderStruct(), order)) as SinkRecord
    expect(headers.lastWithName('seen')?.value).toBe(
      '{"id":1,"note":"n","rate":7,"address":{"zip":8000},"tags":["a"]}',
    )
  })
  test('changes become a Struct of the same schema, what is unchanged stays as it was', () => {
    const before = orderStruct()
    const result = apply(
      'const { value } = record; value.id += 1; value.address.zip = 1; value.tags.push("b"); value.note = null; return record',
      record(before, order),
    ) as SinkRecord
    const after = result.value as Struct
    expect(result.valueSchema).toBe(order)
    expect(after.get('id')).toBe(2)
    expect((after.get('address') as Struct).get('zip')).toBe(1)
    expect(after.get('tags')).toEqual(['a', 'b'])
    expect(after.get('note')).toBeNull()
    expect(after.getWithoutDefault('rate')).toBeNull()
    expect(before.equals(orderStruct())).toBeTrue()
  })
  test('a spread is as good', () => {
    const result = apply(
      '({ ...record, value: { ...record.value, note: "x" } })',
      record(orderStruct(), order),
    )
    expect(((result as SinkRecord).value as Struct).get('note')).toBe('x')
  })
  test.each([
    [
      'record.value.extra = 1',
      'The script gave value the field "extra", which its schema has not (it has id, note, rate, address, tags).',
    ],
    [
      'record.value.address.zip = "x"',
      'The script gave value.address.zip what its schema does not take. Invalid Java object for schema with type INT32: class java.lang.String for value',
    ],
    [
      'delete record.value.id',
      'The script left value.id out, but its schema (INT64) is neither optional nor has it a default.',
    ],
    [
      'record.value.id = null',
      'The script left value.id null, but its schema (INT64) is neither optional nor has it a default.',
    ],
    ['record.value.tags = ["a", 5]', 'The script gave value.tags[1] what its schema does not take.'],
    ['record.value = "text"', 'The script gave value what its schema does not take.'],
  ])('%s is refused', (change, message) => {
    expect(() => apply(`${change}; return record`, record(orderStruct(), order))).toThrow(message)
  })
})

describe('headers', () => {
  const given = () => record(1, null, new ConnectHeaders().addInt('n', 5).addString('s', 'x'))
  test('keep their schema when they are changed, and have none when they are new', () => {
    const result = apply(
      'record.headers[0].value++; record.headers.push({ key: "t", value: true }); return record',
      given(),
    )
    expect(
      [...(result as SinkRecord).headers].map(({ key, value, schema }) => [key, value, schema?.type ?? null]),
    ).toEqual([
      ['n', 6, 'INT32'],
      ['s', 'x', 'STRING'],
      ['t', true, null],
    ])
  })
  test('can be dropped', () => {
    const result = apply(
      '({ headers: record.headers.filter(({ key }) => key !== "n") })',
      given(),
    ) as SinkRecord
    expect([...result.headers].map(({ key }) => key)).toEqual(['s'])
  })
  test('must be an array', () => {
    expect(() => apply('({ headers: record.value })', record({}))).toThrow(
      'it must be an array of { key, value }',
    )
  })
})

test('a predicate answers true or false and nothing else', () => {
  expect(predicate.create({ code: 'record.value > 1', file: null }, {}).test(record(2))).toBeTrue()
  expect(predicate.create({ code: 'record => record.value > 1', file: null }, {}).test(record(1))).toBeFalse()
  expect(() => predicate.create({ code: 'record.value', file: null }, {}).test(record(1))).toThrow(
    "A predicate's script must return true or false, not number.",
  )
})

test('an error in a script tells file and line, whatever the compiler has left out', () => {
  const file = join(path, 'fails.ts')
  writeFileSync(
    file,
    'interface Gone {\n  a: string\n}\n// a comment\n\nexport default (record) => {\n\n  return record.value.a.b\n}\n',
  )
  const made = transformation.create({ code: null, file }, {})
  expect(() => made.apply(record({}))).toThrow(
    `Script ${file}, line 8: TypeError: undefined is not an object`,
  )
})

describe('what is wrong is told before it runs', () => {
  const problems = async (raw: Record<string, string>, policy = { pluginPath: [path], inline: true }) =>
    await scriptPlugins(policy)[0].validate!(raw)

  beforeAll(() => {
    writeFileSync(join(path, 'good.ts'), 'record')
    writeFileSync(join(path, 'bad.ts'), 'export default record => {\n  record.tpic = 1\n  return record\n}')
    writeFileSync(join(folder, 'outside.ts'), 'record')
    symlinkSync(join(folder, 'outside.ts'), join(path, 'link.ts'))
    symlinkSync(path, join(folder, 'alias'))
    writeFileSync(join(path, 'java.jar'), 'record')
    writeFileSync(join(path, 'large.ts'), `record // ${'x'.repeat(1_048_576)}`)
    mkdirSync(join(path, 'folder.ts'))
    mkdirSync(join(folder, 'plugins-beside'))
    writeFileSync(join(folder, 'plugins-beside', 'x.ts'), 'record')
  })

  test.each([
    [
      'a type error',
      'record => ({ topic: record.timestamp })',
      "line 1, column 14: Type 'number | null' is not assignable to type 'string | undefined'.",
    ],
    [
      'a slip',
      'record.topc === "x" ? record : null',
      "line 1, column 8: Property 'topc' does not exist on type 'ScriptRecord'. Did you mean 'topic'?",
    ],
    ['half a script', 'record => {', "line 1, column 12: '}' expected."],
    ['a syntax error', 'const a = ;\nreturn record', 'line 1, column 11: Expression expected.'],
    [
      'an unknown member',
      'return { ...record,\n  tpic: 1 }',
      'line 2, column 3: Object literal may only specify known properties',
    ],
    ['no return', 'record.topic = "x";\nrecord.key = 1', 'line 1, column 1: the script returns nothing'],
    ['async', 'async record => record', 'line 1, column 1: a script answers at once'],
    [
      'async in a module',
      'export default async function (record) { return record }',
      'line 1, column 1: a script answers at once',
    ],
    [
      'an import',
      'import fs from "node:fs"\nexport default record => record',
      'line 1, column 1: a script cannot import',
    ],
    [
      'no default export',
      'export const f = record => record',
      'line 1, column 1: a module must export its function',
    ],
  ])('%s', async (_, code, message) => {
    const [first] = await problems({ code })
    expect(first?.key).toBe('code')
    expect(first?.message).toContain(`The script is not usable: ${message}`)
  })
  test('a file that is right, absolute or from plugin.path', async () => {
    expect(await problems({ file: join(path, 'good.ts') })).toEqual([])
    expect(await problems({ file: 'good.ts' })).toEqual([])
  })
  test('a file with its place', async () => {
    const file = join(path, 'bad.ts')
    expect(await problems({ file })).toEqual([
      {
        key: 'file',
        message: `The script is not usable: ${file}:2:10: Property 'tpic' does not exist on type 'ScriptRecord'. Did you mean 'topic'?`,
      },
    ])
    expect(() => transformation.create({ file, code: null }, {})).toThrow(`${file}:2:10`)
  })
  test.each([
    ['neither', {}, 'file', 'Give the script'],
    ['both', { file: 'good.ts', code: 'record' }, 'code', 'Give either file or code, not both.'],
    ['a file elsewhere', { file: join(folder, 'outside.ts') }, 'file', 'does not lie below plugin.path'],
    [
      'a link that leads out',
      { file: join(path, 'link.ts') },
      'file',
      `(${join(folder, 'outside.ts')}) does not lie below plugin.path`,
    ],
    ['no file', { file: 'none.ts' }, 'file', `There is no file ${join(path, 'none.ts')}.`],
    ['plugin.path itself', { file: '.' }, 'file', 'does not lie below plugin.path'],
    ['a way up', { file: '../outside.ts' }, 'file', 'does not lie below plugin.path'],
    ['a way up and down', { file: join(path, '../outside.ts') }, 'file', 'does not lie below plugin.path'],
    [
      'a folder that begins like it',
      { file: join(folder, 'plugins-beside/x.ts') },
      'file',
      'does not lie below plugin.path',
    ],
    ['a file that is no script', { file: 'java.jar' }, 'file', 'is not named like a script'],
    ['a folder', { file: 'folder.ts' }, 'file', 'is no file'],
    ['a file of a megabyte', { file: 'large.ts' }, 'file', 'has 1048586 bytes'],
  ])('%s', async (_, raw, key, message) => {
    const found = await problems(raw as Record<string, string>)
    expect(found.map(problem => problem.key)).toEqual([key])
    expect(found[0]!.message).toContain(message)
  })
  test('whether something lies elsewhere is not told', async () => {
    const [there] = await problems({ file: join(folder, 'outside.ts') })
    const [nowhere] = await problems({ file: join(folder, 'nothing.ts') })
    expect(nowhere!.message).toBe(there!.message.replace('outside', 'nothing'))
  })
  test.each([
    ['a plugin.path that is a link', join(folder, 'alias'), join(path, 'good.ts')],
    ['a file by way of that link', path, join(folder, 'alias', 'good.ts')],
    ['a plugin.path from the working directory', relative(process.cwd(), path), join(path, 'good.ts')],
  ])('%s', async (_, pluginPath, file) => {
    expect(await problems({ file }, { pluginPath: [pluginPath], inline: false })).toEqual([])
  })
  test('no file is one below a plugin.path that is not set', async () => {
    const [problem] = await problems({ file: join(path, 'good.ts') }, { pluginPath: [], inline: true })
    expect(problem).toMatchObject({ key: 'file', message: expect.stringContaining('has not set') })
  })
  test('code on a worker that takes none, at validation and at the start', async () => {
    const policy = { pluginPath: [path], inline: false }
    expect((await problems({ code: 'record' }, policy))[0]!.message).toContain('bunnect.script.inline=true')
    expect(() => scriptPlugins(policy)[0].create({ code: 'record', file: null }, {})).toThrow(
      'This worker takes no code from configurations',
    )
  })
})
