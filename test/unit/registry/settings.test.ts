import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { avro, Door, record } from './door.ts'

let door: Door
beforeEach(() => {
  door = new Door()
})
afterEach(() => door.close())

const ONE = record('One', { a: 'int' })
const TWO = record('One', { a: 'int', b: ['int', 0] })
const NEEDS_B = record('One', { b: 'int' })
const notIn = (subject: string, what: string) => ({
  error_code: 42205,
  message: `Subject ${subject} in context  is not in ${what} mode`,
})
const readOnly = (subject: string) => ({
  error_code: 42205,
  message: `Subject ${subject} in context  is in read-only mode`,
})

describe('config', () => {
  test('what a subject does not say is said for all', () =>
    door.expectEach([
      ['GET /config', null, 200, { compatibilityLevel: 'BACKWARD' }],
      [
        'GET /config/s',
        null,
        404,
        { error_code: 40408, message: "Subject 's' does not have subject-level compatibility configured" },
      ],
      ['GET /config/s?defaultToGlobal=true', null, 200, { compatibilityLevel: 'BACKWARD' }],
      ['PUT /config', { compatibility: 'full' }, 200, { compatibility: 'FULL' }],
      ['GET /config/s?defaultToGlobal=true', null, 200, { compatibilityLevel: 'FULL' }],
      [
        'PUT /config/s',
        { compatibility: 'FORWARD_TRANSITIVE' },
        200,
        { compatibility: 'FORWARD_TRANSITIVE' },
      ],
      ['GET /config/s', null, 200, { compatibilityLevel: 'FORWARD_TRANSITIVE' }],
      ['GET /config', null, 200, { compatibilityLevel: 'FULL' }],
      ['DELETE /config/s', null, 200, { compatibilityLevel: 'FORWARD_TRANSITIVE' }],
      ['DELETE /config/s', null, 404, { error_code: 40401, message: "Subject 's' not found." }],
      ['GET /config/s?defaultToGlobal=true', null, 200, { compatibilityLevel: 'FULL' }],
      ['DELETE /config', null, 200, { compatibilityLevel: 'FULL' }],
      ['GET /config', null, 200, { compatibilityLevel: 'BACKWARD' }],
    ]))

  test('settings are changed one by one; null takes one back', () =>
    door.expectEach([
      [
        'PUT /config/s',
        { compatibility: 'NONE', normalize: true },
        200,
        { compatibility: 'NONE', normalize: true },
      ],
      [
        'PUT /config/s',
        { validateFields: true },
        200,
        { compatibility: 'NONE', normalize: true, validateFields: true },
      ],
      ['PUT /config/s', { compatibility: null }, 200, { normalize: true, validateFields: true }],
      ['GET /config/s', null, 200, { normalize: true, validateFields: true }],
      [
        'GET /config/s?defaultToGlobal=true',
        null,
        200,
        { normalize: true, validateFields: true, compatibilityLevel: 'BACKWARD' },
      ],
    ]))

  test('a level that is none is refused', async () => {
    const message =
      'Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive'
    await door.expectEach([
      ['PUT /config', { compatibility: 'SIDEWAYS' }, 422, { error_code: 42203, message }],
      ['PUT /config/s', { compatibility: 'SIDEWAYS' }, 422, { error_code: 42203, message }],
      ['GET /config', null, 200, { compatibilityLevel: 'BACKWARD' }],
    ])
  })

  test('the default level is that of the server', async () => {
    const strict = new Door({ compatibilityLevel: 'FULL_TRANSITIVE' })
    await strict.expectEach([['GET /config', null, 200, { compatibilityLevel: 'FULL_TRANSITIVE' }]])
    strict.close()
  })

  test('default and override metadata become those of what is registered', async () => {
    const of = (owner: string) => ({ properties: { owner } })
    await door.ask('PUT /config/s', { defaultMetadata: of('shop') })
    const shown = (metadata: object) => expect.objectContaining({ metadata })
    await door.expectEach([
      ['POST /subjects/s/versions', avro(ONE), 200, shown(of('shop'))],
      ['POST /subjects/s/versions', avro(TWO, { metadata: of('bank') }), 200, shown(of('bank'))],
      [
        'PUT /config/s',
        { overrideMetadata: of('all') },
        200,
        { defaultMetadata: of('shop'), overrideMetadata: of('all') },
      ],
      ['POST /subjects/s/versions', avro(ONE, { metadata: of('bank') }), 200, shown(of('all'))],
    ])
  })

  test('an alias is another name of a subject', async () => {
    await door.register('s', ONE)
    await door.expectEach([
      ['PUT /config/other', { alias: 's' }, 200, { alias: 's' }],
      ['GET /subjects/other/versions', null, 200, [1]],
      ['GET /subjects/other/versions/1', null, 200, expect.objectContaining({ subject: 's' })],
      ['GET /schemas/ids/1?subject=other', null, 200, expect.anything()],
    ])
  })
})

describe('mode', () => {
  test('what a subject does not say is said for all', () =>
    door.expectEach([
      ['GET /mode', null, 200, { mode: 'READWRITE' }],
      [
        'GET /mode/s',
        null,
        404,
        { error_code: 40409, message: "Subject 's' does not have subject-level mode configured" },
      ],
      ['GET /mode/s?defaultToGlobal=true', null, 200, { mode: 'READWRITE' }],
      ['PUT /mode', { mode: 'readonly' }, 200, { mode: 'READONLY' }],
      ['GET /mode/s?defaultToGlobal=true', null, 200, { mode: 'READONLY' }],
      ['PUT /mode/s', { mode: 'READWRITE' }, 200, { mode: 'READWRITE' }],
      ['GET /mode/s', null, 200, { mode: 'READWRITE' }],
      ['DELETE /mode/s', null, 200, { mode: 'READWRITE' }],
      ['DELETE /mode/s', null, 404, { error_code: 40401, message: "Subject 's' not found." }],
      [
        'PUT /mode',
        { mode: 'WRITEONLY' },
        422,
        { error_code: 42204, message: 'Invalid mode. Valid values are READWRITE, READONLY, and IMPORT.' },
      ],
      ['PUT /mode', {}, 422, 42204],
    ]))

  test('nothing of what is read-only can be changed, but all of it can be read', async () => {
    await door.register('s', ONE)
    await door.expectEach([
      ['PUT /mode', { mode: 'READONLY' }, 200, { mode: 'READONLY' }],
      ['POST /subjects/s/versions', avro(TWO), 422, readOnly('s')],
      ['POST /subjects/s/versions', avro(ONE), 200, expect.objectContaining({ id: 1 })],
      ['DELETE /subjects/s', null, 422, readOnly('s')],
      ['DELETE /subjects/s/versions/1', null, 422, readOnly('s')],
      ['PUT /config/s', { compatibility: 'NONE' }, 422, readOnly('s')],
      ['PUT /config', { compatibility: 'NONE' }, 422, readOnly('null')],
      ['DELETE /config', null, 422, readOnly('null')],
      ['GET /subjects/s/versions/1', null, 200, expect.anything()],
      ['PUT /mode/s', { mode: 'READWRITE' }, 200, { mode: 'READWRITE' }],
      ['POST /subjects/s/versions', avro(TWO), 200, expect.objectContaining({ id: 2 })],
      ['PUT /mode', { mode: 'READONLY_OVERRIDE' }, 200, { mode: 'READONLY_OVERRIDE' }],
      ['GET /mode/s', null, 200, { mode: 'READONLY_OVERRIDE' }],
      ['DELETE /subjects/s', null, 422, readOnly('s')],
    ])
  })

  test('an import brings its ids and versions, in any order, and is held against nothing', async () => {
    await door.expectEach([
      ['POST /subjects/s/versions', avro(ONE, { id: 100 }), 422, notIn('s', 'import')],
      ['PUT /mode/s', { mode: 'IMPORT' }, 200, { mode: 'IMPORT' }],
      ['POST /subjects/s/versions', avro(ONE), 422, notIn('s', 'read-write')],
      [
        'POST /subjects/s/versions',
        avro(ONE, { id: 100, version: 7 }),
        200,
        { id: 100, version: 7, schema: JSON.stringify(ONE) },
      ],
      [
        'POST /subjects/s/versions',
        avro(ONE, { id: 100, version: 7 }),
        200,
        expect.objectContaining({ id: 100, version: 7 }),
      ],
      [
        'POST /subjects/s/versions',
        avro(NEEDS_B, { id: 90, version: 3 }),
        200,
        expect.objectContaining({ id: 90, version: 3 }),
      ],
      [
        'POST /subjects/s/versions',
        avro(TWO, { id: 100, version: 8 }),
        422,
        { error_code: 42205, message: 'Overwrite new schema with id 100 in context  is not permitted.' },
      ],
      ['GET /subjects/s/versions', null, 200, [3, 7]],
      ['GET /schemas/ids/90', null, 200, expect.anything()],
      ['PUT /mode/s', { mode: 'READWRITE' }, 200, { mode: 'READWRITE' }],
      ['POST /subjects/t/versions', avro('"int"'), 200, expect.objectContaining({ id: 101, version: 1 })],
    ])
  })

  test('an import needs a subject without schemas, or force; what was softly deleted goes', async () => {
    await door.register('s', ONE)
    await door.expectEach([
      [
        'PUT /mode/s',
        { mode: 'IMPORT' },
        422,
        { error_code: 42205, message: 'Cannot import since found existing subjects' },
      ],
      ['PUT /mode', { mode: 'IMPORT' }, 422, 42205],
      ['PUT /mode/s?force=true', { mode: 'IMPORT' }, 200, { mode: 'IMPORT' }],
      ['PUT /mode/s', { mode: 'READWRITE' }, 200, { mode: 'READWRITE' }],
      ['DELETE /subjects/s', null, 200, [1]],
      ['PUT /mode', { mode: 'IMPORT' }, 200, { mode: 'IMPORT' }],
      ['GET /subjects?deleted=true', null, 200, []],
      ['GET /schemas/ids/1', null, 404, 40403],
    ])
  })

  test('mode.mutability=false keeps every mode', async () => {
    const fixed = new Door({ modeMutability: false })
    const refused = { error_code: 42205, message: 'Mode changes are not allowed' }
    await fixed.expectEach([
      ['PUT /mode', { mode: 'READONLY' }, 422, refused],
      ['PUT /mode/s', { mode: 'READONLY' }, 422, refused],
      ['GET /mode', null, 200, { mode: 'READWRITE' }],
    ])
    fixed.close()
  })
})
