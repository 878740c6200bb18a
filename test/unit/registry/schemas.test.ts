import { afterEach, beforeEach, expect, spyOn, test } from 'bun:test'
import { RegistryStore } from '../../../src/registry/store.ts'
import { avro, Door, record } from './door.ts'

let door: Door
beforeEach(() => {
  door = new Door()
})
afterEach(() => door.close())

const ONE = record('One', { a: 'int' })
const TWO = record('One', { a: 'int', b: ['int', 0] })
const text = (schema: unknown) => JSON.stringify(schema)

test('ids count over all subjects, versions in each; the same schema has one id wherever it is registered', async () => {
  await door.expectEach([
    ['GET /subjects', null, 200, []],
    ['POST /subjects/s/versions', avro(ONE), 200, { id: 1, version: 1, schema: text(ONE) }],
    ['POST /subjects/s/versions', avro(TWO), 200, { id: 2, version: 2, schema: text(TWO) }],
    ['POST /subjects/s/versions', avro(ONE), 200, { id: 1, version: 1, schema: text(ONE) }],
    ['POST /subjects/t/versions', avro(TWO), 200, { id: 2, version: 1, schema: text(TWO) }],
    ['POST /subjects/t/versions', avro('"long"'), 409, 409],
    ['POST /subjects/u/versions', avro('"long"'), 200, { id: 3, version: 1, schema: '"long"' }],
    ['GET /subjects', null, 200, ['s', 't', 'u']],
    ['GET /subjects/s/versions', null, 200, [1, 2]],
    ['GET /subjects/t/versions/1', null, 200, { subject: 't', version: 1, id: 2, schema: text(TWO) }],
    ['GET /subjects/s/versions/latest', null, 200, { subject: 's', version: 2, id: 2, schema: text(TWO) }],
    ['GET /subjects/s/versions/-1', null, 200, { subject: 's', version: 2, id: 2, schema: text(TWO) }],
    ['GET /subjects/s/versions/1/schema', null, 200, ONE],
    ['GET /schemas/ids/2', null, 200, { schema: text(TWO) }],
    ['GET /schemas/ids/2/schema', null, 200, TWO],
    ['GET /schemas/ids/2/subjects', null, 200, ['s', 't']],
    [
      'GET /schemas/ids/2/versions',
      null,
      200,
      [
        { subject: 's', version: 2 },
        { subject: 't', version: 1 },
      ],
    ],
    ['GET /schemas/ids/2?subject=t', null, 200, { schema: text(TWO) }],
    ['GET /schemas/ids/1?fetchMaxId=true', null, 200, { schema: text(ONE), maxId: 3 }],
    ['GET /schemas/types', null, 200, ['JSON', 'PROTOBUF', 'AVRO']],
  ])
})

test('blanks and order of keys make no other schema, only the canonical text counts', async () => {
  const id = await door.register('s', ONE)
  const spaced = '{ "fields" : [ {"type":"int", "name":"a"} ],\n "name":"One", "type":"record" }'
  expect(await door.register('s', spaced)).toBe(id)
  expect((await door.ask('GET /schemas/ids/1/schema')).text).toBe(text(ONE))
})

test('a schema is looked up under its subject alone', async () => {
  await door.register('s', ONE)
  await door.register('t', TWO)
  await door.expectEach([
    ['POST /subjects/s', avro(ONE), 200, { subject: 's', version: 1, id: 1, schema: text(ONE) }],
    ['POST /subjects/s', avro(TWO), 404, { error_code: 40403, message: 'Schema not found' }],
    ['POST /subjects/x', avro(ONE), 404, { error_code: 40401, message: "Subject 'x' not found." }],
    ['POST /subjects/s', avro('{'), 422, 42201],
    ['POST /subjects/s', avro(''), 404, 40403],
  ])
})

test('what is not there is told with the code of what is missing', async () => {
  await door.register('s', ONE)
  await door.expectEach([
    ['GET /subjects/x/versions', null, 404, { error_code: 40401, message: "Subject 'x' not found." }],
    ['GET /subjects/x/versions/1', null, 404, { error_code: 40401, message: "Subject 'x' not found." }],
    ['GET /subjects/s/versions/7', null, 404, { error_code: 40402, message: 'Version 7 not found.' }],
    ['GET /subjects/s/versions/7/schema', null, 404, 40402],
    ['GET /subjects/s/versions/7/referencedby', null, 404, 40402],
    ['GET /schemas/ids/9', null, 404, { error_code: 40403, message: 'Schema 9 not found' }],
    ['GET /schemas/ids/9/schema', null, 404, { error_code: 40403, message: 'Schema 9 not found' }],
    ['GET /schemas/ids/9/subjects', null, 404, { error_code: 40403, message: 'Schema not found' }],
    ['GET /schemas/ids/9/versions', null, 404, { error_code: 40403, message: 'Schema not found' }],
    ['GET /schemas/guids/none', null, 404, { error_code: 40403, message: 'Schema none not found' }],
    ['GET /schemas/guids/none/ids', null, 200, []],
  ])
})

test('who says so gets the fields that older clients would refuse', async () => {
  await door.register('s', ONE)
  const headers = { 'Confluent-Accept-Unknown-Properties': 'true' }
  const { body } = await door.ask('GET /subjects/s/versions/1', null, headers)
  expect(body).toEqual({
    subject: 's',
    version: 1,
    id: 1,
    guid: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    schemaType: 'AVRO',
    schema: text(ONE),
    ts: expect.any(Number),
    deleted: false,
  })
  expect((await door.ask('GET /schemas/ids/1', null, headers)).body).toEqual(
    (({ id: _, ...rest }) => rest)(body),
  )
  await door.expectEach([
    [`GET /schemas/guids/${body.guid}`, null, 200, { schema: text(ONE) }],
    [`GET /schemas/guids/${body.guid}/ids`, null, 200, [{ context: '.', id: 1 }]],
  ])
})

test('a guid is the MD5 of the text, as a UUID', async () => {
  await door.register('s', '"long"')
  const { body } = await door.ask('GET /schemas/ids/1', null, {
    'Confluent-Accept-Unknown-Properties': 'true',
  })
  const md5 = new Bun.CryptoHasher('md5').update('"long"').digest('hex')
  expect(body.guid.replaceAll('-', '')).toBe(md5)
})

test('schemas are listed by subject and version, by prefix, the latest alone, page by page', async () => {
  await door.register('a-1', ONE)
  await door.register('a-1', TWO)
  await door.register('b-1', ONE)
  const shown = async (query: string) =>
    (await door.ask(`GET /schemas${query}`)).body.map(
      ({ subject, version }: { subject: string; version: number }) => `${subject}/${version}`,
    )
  expect(await shown('')).toEqual(['a-1/1', 'a-1/2', 'b-1/1'])
  expect(await shown('?subjectPrefix=a')).toEqual(['a-1/1', 'a-1/2'])
  expect(await shown('?latestOnly=true')).toEqual(['a-1/2', 'b-1/1'])
  expect(await shown('?offset=1&limit=1')).toEqual(['a-1/2'])
  expect(await shown('?ruleType=ENCRYPT')).toEqual([])
  await door.expectEach([
    ['GET /subjects?subjectPrefix=b', null, 200, ['b-1']],
    ['GET /subjects?subjectPrefix=zz', null, 200, []],
    ['GET /subjects?limit=1', null, 200, ['a-1']],
    ['GET /subjects?offset=1', null, 200, ['b-1']],
    ['GET /subjects/a-1/versions?offset=1&limit=5', null, 200, [2]],
  ])
})

test('names of subjects may hold slashes, blanks, percent signs and letters of any alphabet', async () => {
  const names = ['a/b', 'a b', '100%', 'größe', '主题-value', 'a:b', "it's", 'a+b', '..x']
  for (const name of names) await door.register(encodeURIComponent(name), ONE)
  expect((await door.ask('GET /subjects')).body).toEqual(names.toSorted())
  for (const name of names) {
    const { body } = await door.ask(`GET /subjects/${encodeURIComponent(name)}/versions/latest`)
    expect(body.subject).toBe(name)
  }
})

test('metadata and rules are kept, inherited by the next version, and found by their properties', async () => {
  const metadata = { properties: { owner: 'shop' }, tags: { 'One.a': ['PII'] }, sensitive: ['key'] }
  const ruleSet = {
    domainRules: [{ name: 'encrypt', kind: 'TRANSFORM', type: 'ENCRYPT', mode: 'WRITEREAD' }],
  }
  await door.expectEach([
    ['POST /subjects/s/versions', avro(ONE), 200, { id: 1, version: 1, schema: text(ONE) }],
    [
      'POST /subjects/s/versions',
      avro(ONE, { metadata, ruleSet }),
      200,
      { id: 2, version: 2, metadata, ruleSet, schema: text(ONE) },
    ],
    [
      'POST /subjects/s/versions',
      avro(TWO),
      200,
      { id: 3, version: 3, metadata, ruleSet, schema: text(TWO) },
    ],
    [
      'POST /subjects/s/versions',
      avro(TWO),
      200,
      { id: 3, version: 3, metadata, ruleSet, schema: text(TWO) },
    ],
    [
      'POST /subjects/s',
      avro(TWO),
      200,
      { subject: 's', version: 3, id: 3, metadata, ruleSet, schema: text(TWO) },
    ],
    [
      'POST /subjects/s/versions',
      { metadata: { properties: { owner: 'bank' } } },
      200,
      expect.objectContaining({ version: 4, schema: text(TWO) }),
    ],
    ['POST /subjects/none/versions', { metadata }, 422, { error_code: 42201, message: 'Empty schema' }],
    ['GET /subjects/s/metadata?key=owner&value=shop', null, 200, expect.objectContaining({ version: 3 })],
    ['GET /subjects/s/metadata?key=owner&value=bank', null, 200, expect.objectContaining({ version: 4 })],
    ['GET /subjects/s/metadata?key=owner&value=nobody', null, 404, 40403],
    ['GET /subjects/none/metadata?key=owner&value=bank', null, 404, 40401],
    ['GET /schemas?ruleType=ENCRYPT&latestOnly=true', null, 200, [expect.objectContaining({ version: 4 })]],
  ])
})

test('metadata are kept sorted and without what is empty', async () => {
  const metadata = { tags: {}, properties: { b: '2', a: '1' }, sensitive: ['b', 'a', 'b'] }
  const { text: sent } = await door.ask('POST /subjects/s/versions', avro(ONE, { metadata }))
  expect(sent).toContain('"metadata":{"properties":{"a":"1","b":"2"},"sensitive":["a","b"]}')
  const again = { properties: { a: '1', b: '2' }, sensitive: ['a', 'b'] }
  expect(await door.register('s', ONE, { metadata: again })).toBe(1)
})

test('a version that is asked for stands in the metadata and has to be the next', async () => {
  await door.register('s', ONE)
  await door.expectEach([
    [
      'POST /subjects/s/versions',
      avro(TWO, { version: 5 }),
      422,
      { error_code: 42201, message: 'Version is not one more than previous version' },
    ],
    [
      'POST /subjects/s/versions',
      avro(TWO, { version: 2 }),
      200,
      { id: 2, version: 2, metadata: { properties: { 'confluent:version': '2' } }, schema: text(TWO) },
    ],
    ['POST /subjects/s', avro(TWO), 200, expect.objectContaining({ version: 2 })],
  ])
})

test('what was registered is there after the process has ended', async () => {
  await door.register('s', ONE)
  await door.register('s', TWO)
  await door.ask('PUT /config/s', { compatibility: 'FULL' })
  const before = await Promise.all(['GET /schemas', 'GET /v1/metadata/id'].map(path => door.ask(path)))
  door.reopen()
  const after = await Promise.all(['GET /schemas', 'GET /v1/metadata/id'].map(path => door.ask(path)))
  expect(after).toEqual(before)
  await door.expectEach([
    ['GET /config/s', null, 200, { compatibilityLevel: 'FULL' }],
    ['POST /subjects/s/versions', avro(ONE), 200, expect.objectContaining({ id: 1, version: 1 })],
    ['POST /subjects/u/versions', avro('"int"'), 200, expect.objectContaining({ id: 3, version: 1 })],
  ])
})

test('of many that register at once each schema gets one id and one version, and none is lost', async () => {
  await door.ask('PUT /config', { compatibility: 'NONE' })
  const schemas = Array.from({ length: 20 }, (_, i) => record('One', { [`f${i}`]: 'int' }))
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, i) => door.ask('POST /subjects/s/versions', avro(schemas[i % 20]))),
  )
  const byText = Map.groupBy(answers, answer => answer.body.schema)
  expect(byText.size).toBe(20)
  for (const group of byText.values()) expect(new Set(group.map(one => one.text)).size).toBe(1)
  const numbers = Array.from({ length: 20 }, (_, i) => i + 1)
  expect((await door.ask('GET /subjects/s/versions')).body).toEqual(numbers)
  expect(
    answers
      .map(({ body }) => body.id)
      .sort((a, b) => a - b)
      .filter((id, i, all) => id !== all[i - 1]),
  ).toEqual(numbers)
})

test('of a list in pages only the schemas of the page are read', async () => {
  const encrypt = { name: 'encrypt', kind: 'TRANSFORM', type: 'ENCRYPT', mode: 'WRITEREAD' }
  for (let i = 0; i < 12; i++) {
    const rules = i % 2 === 0 ? { ruleSet: { domainRules: [encrypt] } } : {}
    await door.register(`s${String(i).padStart(2, '0')}`, record(`R${i}`, { a: 'int' }), rules)
  }
  const reads = spyOn(RegistryStore.prototype, 'schema')
  const asked = async (query: string) => {
    reads.mockClear()
    const { body } = await door.ask(`GET /schemas?${query}`)
    return [body.map((one: { id: number }) => one.id), reads.mock.calls.length]
  }
  try {
    expect(await asked('offset=3&limit=2')).toEqual([[4, 5], 2])
    expect(await asked('offset=11&limit=5')).toEqual([[12], 1])
    expect(await asked('offset=12')).toEqual([[], 0])
    // Whose rules count has to be read to be counted: up to the end of the page.
    expect(await asked('ruleType=ENCRYPT&offset=1&limit=2')).toEqual([[3, 5], 5])
  } finally {
    reads.mockRestore()
  }
})
