import { afterEach, beforeEach, expect, test } from 'bun:test'
import { avro, Door, record } from './door.ts'

let door: Door
beforeEach(async () => {
  door = new Door()
  await door.register('s', ONE)
  await door.register('s', TWO)
})
afterEach(() => door.close())

const ONE = record('One', { a: 'int' })
const TWO = record('One', { a: 'int', b: ['int', 0] })

test('a version is deleted softly first: hidden from its subject, still there for its id, and gone with permanent', async () => {
  await door.expectEach([
    [
      'DELETE /subjects/s/versions/1?permanent=true',
      null,
      404,
      {
        error_code: 40407,
        message: "Subject 's' Version 1 was not deleted first before being permanently deleted",
      },
    ],
    ['DELETE /subjects/s/versions/1', null, 200, 1],
    [
      'DELETE /subjects/s/versions/1',
      null,
      404,
      {
        error_code: 40406,
        message: "Subject 's' Version 1 was soft deleted.Set permanent=true to delete permanently",
      },
    ],
    ['GET /subjects/s/versions', null, 200, [2]],
    ['GET /subjects/s/versions?deleted=true', null, 200, [1, 2]],
    ['GET /subjects/s/versions?deletedOnly=true', null, 200, [1]],
    ['GET /subjects/s/versions?deletedAsNegative=true', null, 200, [-1, 2]],
    ['GET /subjects/s/versions/1', null, 404, 40402],
    ['GET /subjects/s/versions/1?deleted=true', null, 200, expect.objectContaining({ id: 1 })],
    ['POST /subjects/s', avro(ONE), 404, 40403],
    ['POST /subjects/s?deleted=true', avro(ONE), 200, expect.objectContaining({ id: 1, version: 1 })],
    ['GET /schemas/ids/1', null, 200, expect.objectContaining({ schema: JSON.stringify(ONE) })],
    ['GET /schemas/ids/1/subjects', null, 200, []],
    ['GET /schemas/ids/1/subjects?deleted=true', null, 200, ['s']],
    ['GET /schemas/ids/1/versions?deleted=true', null, 200, [{ subject: 's', version: 1 }]],
    [
      'GET /schemas?deleted=true',
      null,
      200,
      [expect.objectContaining({ version: 1 }), expect.objectContaining({ version: 2 })],
    ],
    ['DELETE /subjects/s/versions/1?permanent=true', null, 200, 1],
    ['GET /schemas/ids/1', null, 404, 40403],
    ['GET /subjects/s/versions?deleted=true', null, 200, [2]],
    ['DELETE /subjects/s/versions/1?permanent=true', null, 404, 40402],
    ['DELETE /subjects/none/versions/1', null, 404, 40401],
    ['DELETE /subjects/s/versions/x', null, 422, 42202],
  ])
})

test('a subject is deleted with all its versions, softly first', async () => {
  await door.expectEach([
    [
      'DELETE /subjects/s?permanent=true',
      null,
      404,
      { error_code: 40405, message: "Subject 's' was not deleted first before being permanently deleted" },
    ],
    ['DELETE /subjects/s', null, 200, [1, 2]],
    [
      'DELETE /subjects/s',
      null,
      404,
      { error_code: 40404, message: "Subject 's' was soft deleted.Set permanent=true to delete permanently" },
    ],
    ['GET /subjects', null, 200, []],
    ['GET /subjects?deleted=true', null, 200, ['s']],
    ['GET /subjects?deletedOnly=true', null, 200, ['s']],
    ['GET /subjects/s/versions', null, 404, 40401],
    ['GET /subjects/s/versions/latest', null, 404, 40401],
    ['GET /schemas/ids/2', null, 200, expect.anything()],
    ['DELETE /subjects/s?permanent=true', null, 200, [1, 2]],
    ['GET /subjects?deleted=true', null, 200, []],
    ['GET /schemas/ids/2', null, 404, 40403],
    ['DELETE /subjects/s', null, 404, 40401],
    ['DELETE /subjects/s?permanent=true', null, 404, 40401],
  ])
})

test('a subject of which some version is not deleted is not deleted for good, and keeps all', async () => {
  await door.expectEach([
    ['DELETE /subjects/s/versions/1', null, 200, 1],
    ['DELETE /subjects/s?permanent=true', null, 404, 40405],
    ['GET /subjects/s/versions?deleted=true', null, 200, [1, 2]],
  ])
})

test('what comes back has its id again and a new version; the deleted one of it goes', async () => {
  await door.expectEach([
    ['DELETE /subjects/s/versions/1', null, 200, 1],
    ['POST /subjects/s/versions', avro(ONE), 200, expect.objectContaining({ id: 1, version: 3 })],
    ['GET /subjects/s/versions?deleted=true', null, 200, [2, 3]],
  ])
})

test('ids of what was deleted for good are not given again, not even after the process has ended', async () => {
  await door.expectEach([
    ['DELETE /subjects/s/versions/2', null, 200, 2],
    ['DELETE /subjects/s/versions/2?permanent=true', null, 200, 2],
    ['POST /subjects/t/versions', avro('"int"'), 200, expect.objectContaining({ id: 3, version: 1 })],
    ['DELETE /subjects/t', null, 200, [1]],
    ['DELETE /subjects/t?permanent=true', null, 200, [1]],
  ])
  door.reopen()
  expect(await door.register('t', '"int"')).toBe(4)
})

test('an id is there as long as one subject has it', async () => {
  await door.register('t', ONE)
  await door.expectEach([
    ['DELETE /subjects/s', null, 200, [1, 2]],
    ['DELETE /subjects/s?permanent=true', null, 200, [1, 2]],
    ['GET /schemas/ids/1', null, 200, expect.anything()],
    ['GET /schemas/ids/2', null, 404, 40403],
    ['GET /schemas/ids/1/subjects', null, 200, ['t']],
  ])
})

test('deleted versions are held against nothing that is registered', async () => {
  await door.expectEach([
    ['POST /subjects/s/versions', avro(record('One', { c: 'int' })), 409, 409],
    ['DELETE /subjects/s', null, 200, [1, 2]],
    [
      'POST /subjects/s/versions',
      avro(record('One', { c: 'int' })),
      200,
      expect.objectContaining({ id: 3, version: 3 }),
    ],
  ])
})

test('settings of a subject end with its last version, not with a soft delete', async () => {
  await door.expectEach([
    ['PUT /config/s', { compatibility: 'NONE' }, 200, { compatibility: 'NONE' }],
    ['PUT /mode/s', { mode: 'READWRITE' }, 200, { mode: 'READWRITE' }],
    ['DELETE /subjects/s', null, 200, [1, 2]],
    ['GET /config/s', null, 200, { compatibilityLevel: 'NONE' }],
    ['DELETE /subjects/s?permanent=true', null, 200, [1, 2]],
    ['GET /config/s', null, 404, 40408],
    ['GET /mode/s', null, 404, 40409],
  ])
})
