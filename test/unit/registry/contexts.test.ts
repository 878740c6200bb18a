import { afterEach, beforeEach, expect, test } from 'bun:test'
import { avro, Door, record } from './door.ts'

let door: Door
beforeEach(() => {
  door = new Door()
})
afterEach(() => door.close())

const ONE = record('One', { a: 'int' })
const TWO = record('Two', { b: 'int' })
const at = encodeURIComponent(':.eu:s')

test('ids count in each context for itself', async () => {
  expect(await door.register('s', ONE)).toBe(1)
  expect(await door.register(at, TWO)).toBe(1)
  expect(await door.register(at, record('Two', { b: 'int', c: ['int', 0] }))).toBe(2)
  await door.expectEach([
    ['GET /contexts', null, 200, ['.', '.eu']],
    ['GET /subjects', null, 200, [':.eu:s', 's']],
    ['GET /subjects?subjectPrefix=:.eu:', null, 200, [':.eu:s']],
    ['GET /subjects?subjectPrefix=:*:s', null, 200, [':.eu:s', 's']],
    ['GET /subjects?subjectPrefix=', null, 200, [':.eu:s', 's']],
    ['GET /schemas/ids/1', null, 200, { schema: JSON.stringify(ONE) }],
    ['GET /schemas/ids/1?subject=:.eu:', null, 200, { schema: JSON.stringify(TWO) }],
    ['GET /schemas/ids/1?subject=:.eu:s', null, 200, { schema: JSON.stringify(TWO) }],
    ['GET /schemas/ids/1?subject=:.eu:t', null, 404, 40403],
    ['GET /schemas/ids/2?subject=s', null, 200, expect.anything()],
    ['GET /schemas/ids/1?subject=:.us:', null, 404, 40403],
  ])
})

test('a subject without a context is found in whatever context it is', async () => {
  await door.register(at, ONE)
  await door.expectEach([
    [
      'GET /subjects/s/versions/1',
      null,
      200,
      { subject: ':.eu:s', version: 1, id: 1, schema: JSON.stringify(ONE) },
    ],
    [
      'POST /subjects/s',
      avro(ONE),
      200,
      { subject: ':.eu:s', version: 1, id: 1, schema: JSON.stringify(ONE) },
    ],
    [`POST /subjects/${encodeURIComponent(':.us:s')}`, avro(ONE), 404, 40401],
    [`GET /subjects/${encodeURIComponent(':.us:s')}/versions/1`, null, 404, 40401],
    ['GET /subjects/s/versions', null, 404, 40401],
  ])
})

test('a path of a context says for which subjects the rest is', async () => {
  const base = '/contexts/.eu'
  await door.register('s', TWO)
  await door.expectEach([
    [`POST ${base}/subjects/s/versions`, avro(ONE), 200, { id: 1, version: 1, schema: JSON.stringify(ONE) }],
    [`GET ${base}/subjects`, null, 200, [':.eu:s']],
    [`GET ${base}/subjects/s/versions/latest`, null, 200, expect.objectContaining({ subject: ':.eu:s' })],
    [`GET ${base}/schemas/ids/1`, null, 200, { schema: JSON.stringify(ONE) }],
    [`GET ${base}/schemas/ids/1?subject=s`, null, 200, { schema: JSON.stringify(ONE) }],
    [
      `POST ${base}/compatibility/subjects/s/versions/latest`,
      avro(record('One', { c: 'int' })),
      200,
      { is_compatible: false },
    ],
    [`PUT ${base}/config`, { compatibility: 'NONE' }, 200, { compatibility: 'NONE' }],
    [
      `POST ${base}/compatibility/subjects/s/versions/latest`,
      avro(record('One', { c: 'int' })),
      200,
      { is_compatible: true },
    ],
    ['GET /config', null, 200, { compatibilityLevel: 'BACKWARD' }],
    [`PUT ${base}/mode`, { mode: 'READONLY' }, 200, { mode: 'READONLY' }],
    [
      `DELETE ${base}/subjects/s`,
      null,
      422,
      { error_code: 42205, message: 'Subject :.eu:s in context :.eu: is in read-only mode' },
    ],
    ['DELETE /subjects/s', null, 200, [1]],
  ])
})

test('settings of all contexts are those of the global one; the default context’s are its own', async () => {
  await door.register(at, ONE)
  const global = encodeURIComponent(':.__GLOBAL:')
  await door.expectEach([
    ['PUT /config', { compatibility: 'NONE' }, 200, { compatibility: 'NONE' }],
    [`GET /config/${at}?defaultToGlobal=true`, null, 200, { compatibilityLevel: 'BACKWARD' }],
    [`PUT /config/${global}`, { compatibility: 'FULL' }, 200, { compatibility: 'FULL' }],
    [`GET /config/${at}?defaultToGlobal=true`, null, 200, { compatibilityLevel: 'FULL' }],
    [
      `PUT /config/${encodeURIComponent(':.:')}`,
      { compatibility: 'FORWARD' },
      200,
      { compatibility: 'FORWARD' },
    ],
    ['GET /config', null, 200, { compatibilityLevel: 'FORWARD' }],
  ])
})

test('references lie in the context of who refers', async () => {
  await door.register(at, ONE)
  const references = [{ name: 'One', subject: 's', version: 1 }]
  const id = await door.register(encodeURIComponent(':.eu:t'), record('Three', { one: 'One' }), {
    references,
  })
  await door.expectEach([
    [`GET /subjects/${at}/versions/1/referencedby`, null, 200, [id]],
    [`DELETE /subjects/${at}`, null, 422, 42206],
    ['POST /subjects/t/versions', avro(record('Three', { one: 'One' }), { references }), 422, 42201],
  ])
})

test('every context is one to ask for, none to register in or to set', async () => {
  const every = ':*:s'
  const path = encodeURIComponent(every)
  const refused = { error_code: 42208, message: `The specified subject '${every}' is not a valid.` }
  await door.ask('PUT /config/alias', { alias: every })
  await door.expectEach([
    [`POST /subjects/${path}/versions`, avro(ONE), 422, refused],
    [`POST /contexts/.eu/subjects/${path}/versions`, avro(ONE), 422, refused],
    ['POST /subjects/alias/versions', avro(ONE), 422, refused],
    [`PUT /config/${path}`, { compatibility: 'NONE' }, 422, refused],
    [`PUT /mode/${path}`, { mode: 'READONLY' }, 422, refused],
    ['GET /subjects?subjectPrefix=:*:', null, 200, []],
  ])
})
