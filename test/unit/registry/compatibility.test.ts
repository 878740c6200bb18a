import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { avro, Door, record } from './door.ts'

let door: Door
beforeEach(() => {
  door = new Door()
})
afterEach(() => door.close())

/** What may follow ONE, then TWO, in a subject. */
const ONE = record('R', { a: 'int' })
const TWO = record('R', { a: 'int', b: ['int', 0] })
/** Reads TWO, not ONE. */
const NEEDS_B = record('R', { a: 'int', b: 'int' })
/** Is read by TWO and by ONE; reads ONE, not TWO's b alone. */
const WIDER = record('R', { a: 'int', b: ['int', 0], c: 'string' })
const WITHOUT_A = record('R', { b: ['int', 0] })
const OTHER_TYPE = record('R', { a: 'string', b: ['int', 0] })

const LEVELS = {
  NONE: [true, true, true, true],
  BACKWARD: [true, false, true, false],
  BACKWARD_TRANSITIVE: [false, false, true, false],
  FORWARD: [true, true, false, false],
  FORWARD_TRANSITIVE: [true, true, false, false],
  FULL: [true, false, false, false],
  FULL_TRANSITIVE: [false, false, false, false],
} as const

describe('each level asks for its direction, of the latest schema or of all', () => {
  test.each(Object.entries(LEVELS))('%s', async (level, expected) => {
    await door.register('s', ONE)
    await door.register('s', TWO)
    await door.ask('PUT /config/s', { compatibility: level })
    const candidates = [NEEDS_B, WIDER, WITHOUT_A, OTHER_TYPE]
    for (const [i, candidate] of candidates.entries()) {
      const { body } = await door.ask('POST /compatibility/subjects/s/versions', avro(candidate))
      expect([i, body]).toEqual([i, { is_compatible: expected[i]! }])
    }
    // What the check says is what a registration meets.
    for (const [i, candidate] of candidates.entries()) {
      if (expected[i]) continue
      const { status } = await door.ask('POST /subjects/s/versions', avro(candidate))
      expect([i, status]).toEqual([i, 409])
    }
  })
})

test('the reasons are told with the earlier schema, its version and the level', async () => {
  await door.register('s', ONE)
  const reasons = [
    "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'b' at path '/fields/1' in the new schema has no default value and is missing in the old schema', additionalInfo:'b'}",
    '{oldSchemaVersion: 1}',
    `{oldSchema: '${JSON.stringify(ONE)}'}`,
    "{validateFields: 'false', compatibility: 'BACKWARD'}",
  ]
  await door.expectEach([
    [
      'POST /compatibility/subjects/s/versions/latest?verbose=true',
      avro(NEEDS_B),
      200,
      { is_compatible: false, messages: reasons },
    ],
    [
      'POST /compatibility/subjects/s/versions?verbose=true',
      avro(NEEDS_B),
      200,
      { is_compatible: false, messages: reasons },
    ],
    [
      'POST /subjects/s/versions',
      avro(NEEDS_B),
      409,
      {
        error_code: 409,
        message: `Schema being registered is incompatible with an earlier schema for subject "s", details: [${reasons.join(', ')}]`,
      },
    ],
    ['PUT /config/s', { compatibility: 'FORWARD' }, 200, { compatibility: 'FORWARD' }],
    [
      'POST /compatibility/subjects/s/versions?verbose=true',
      avro(WITHOUT_A),
      200,
      {
        is_compatible: false,
        messages: [
          "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'a' at path '/fields/0' in the old schema has no default value and is missing in the new schema', additionalInfo:'a'}",
          ...reasons.slice(1, 3),
          "{validateFields: 'false', compatibility: 'FORWARD'}",
        ],
      },
    ],
    ['POST /compatibility/subjects/s/versions?verbose=true', avro(ONE), 200, { is_compatible: true }],
  ])
})

test('one version can be held against, an unknown one not; a subject without schemas has nothing against any', async () => {
  await door.register('s', ONE)
  await door.register('s', TWO)
  await door.expectEach([
    ['POST /compatibility/subjects/s/versions/1', avro(NEEDS_B), 200, { is_compatible: false }],
    ['POST /compatibility/subjects/s/versions/2', avro(NEEDS_B), 200, { is_compatible: true }],
    [
      'POST /compatibility/subjects/s/versions/3',
      avro(ONE),
      404,
      { error_code: 40402, message: 'Version 3 not found.' },
    ],
    ['POST /compatibility/subjects/s/versions/0', avro(ONE), 422, 42202],
    ['POST /compatibility/subjects/none/versions/latest', avro(ONE), 200, { is_compatible: true }],
    ['POST /compatibility/subjects/none/versions', avro(ONE), 200, { is_compatible: true }],
    ['POST /compatibility/subjects/s/versions/latest', avro('{'), 422, 42201],
    [
      'POST /compatibility/subjects/s/versions/latest',
      avro(''),
      422,
      { error_code: 42201, message: 'Empty schema' },
    ],
    [
      'POST /compatibility/subjects/s/versions/latest?verbose=true',
      avro(''),
      200,
      { is_compatible: false, messages: ['Empty schema'] },
    ],
    ['GET /subjects/s/versions', null, 200, [1, 2]],
  ])
})

test('a schema of another language does not follow', async () => {
  await door.register('s', ONE)
  const json = { schemaType: 'JSON', schema: '{"type":"object"}' }
  const reasons = [
    'Incompatible because of different schema type',
    "{validateFields: 'false', compatibility: 'BACKWARD'}",
  ]
  await door.expectEach([
    [
      'POST /compatibility/subjects/s/versions?verbose=true',
      json,
      200,
      { is_compatible: false, messages: reasons },
    ],
    ['PUT /config/s', { compatibility: 'NONE' }, 200, { compatibility: 'NONE' }],
    [
      'POST /subjects/s/versions',
      json,
      200,
      { id: 2, version: 2, schemaType: 'JSON', schema: '{"type":"object"}' },
    ],
    [
      'GET /subjects/s/versions/2',
      null,
      200,
      { subject: 's', version: 2, id: 2, schemaType: 'JSON', schema: '{"type":"object"}' },
    ],
  ])
})

test('with a compatibility group only schemas of the same value of that property are compared', async () => {
  const major = (version: string) => ({ metadata: { properties: { major: version } } })
  await door.register('s', ONE, major('1'))
  await door.expectEach([
    ['POST /subjects/s/versions', avro(NEEDS_B, major('2')), 409, 409],
    ['PUT /config/s', { compatibilityGroup: 'major' }, 200, { compatibilityGroup: 'major' }],
    ['POST /subjects/s/versions', avro(NEEDS_B, major('2')), 200, expect.objectContaining({ version: 2 })],
    ['POST /subjects/s/versions', avro(WIDER, major('1')), 409, 409],
    ['POST /compatibility/subjects/s/versions', avro(TWO, major('1')), 200, { is_compatible: true }],
  ])
})

test('normalize makes equal what differs in nothing that counts, by the request or by the settings', async () => {
  const once = '{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"int"},"default":1}]}'
  const again =
    '{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"int","arg.properties":{"x":1,"b":2}}}]}'
  const other =
    '{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"int","arg.properties":{"b":2,"x":1}}}]}'
  await door.register('s', once)
  await door.ask('PUT /config', { compatibility: 'NONE', normalize: true })
  const id = await door.register('s', again)
  expect(await door.register('s', other)).toBe(id)
  await door.ask('PUT /config', { normalize: null })
  await door.expectEach([
    ['POST /subjects/s', avro(other), 200, expect.objectContaining({ id })],
    ['POST /subjects/s?normalize=true', avro(again), 200, expect.objectContaining({ id })],
  ])
})
