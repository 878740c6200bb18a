import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { Door } from './door.ts'

let door: Door
beforeEach(() => {
  door = new Door()
})
afterEach(() => door.close())

describe('Protobuf', () => {
  const proto = (schema: string, references: object[] = []) => ({
    schemaType: 'PROTOBUF',
    schema: `syntax = "proto3";\n${schema}`,
    references,
  })
  const ORDER = 'package shop; message Order { int64 id = 1; string note = 2; }'

  test('a file and its descriptor are one schema; either form can be had', async () => {
    const first = await door.ask('POST /subjects/s/versions', proto(ORDER))
    expect(first.body).toEqual({
      id: 1,
      version: 1,
      schemaType: 'PROTOBUF',
      schema:
        'syntax = "proto3";\npackage shop;\n\nmessage Order {\n  int64 id = 1;\n  string note = 2;\n}\n',
    })
    const compiled = (await door.ask('GET /subjects/s/versions/1?format=serialized')).body.schema
    expect(Buffer.from(compiled, 'base64').includes('Order')).toBe(true)
    const body = { schemaType: 'PROTOBUF', schema: compiled }
    await door.expectEach([
      ['POST /subjects/s/versions', body, 200, expect.objectContaining({ id: 1, version: 1 })],
      ['POST /subjects/s', body, 200, expect.objectContaining({ id: 1 })],
      ['GET /schemas/ids/1?format=serialized', null, 200, { schemaType: 'PROTOBUF', schema: compiled }],
      [
        'GET /schemas/ids/1?format=unheard-of',
        null,
        200,
        expect.objectContaining({ schema: first.body.schema }),
      ],
    ])
  })

  test('what changes the type of a field does not follow, a new field does', async () => {
    await door.ask('POST /subjects/s/versions', proto(ORDER))
    const changed = proto('package shop; message Order { string id = 1; string note = 2; }')
    const more = proto('package shop; message Order { int64 id = 1; string note = 2; bool paid = 3; }')
    await door.expectEach([
      ['POST /compatibility/subjects/s/versions/latest', more, 200, { is_compatible: true }],
      [
        'POST /subjects/s/versions',
        changed,
        409,
        { error_code: 409, message: expect.stringContaining("at path '#/Order/1' in the new schema") },
      ],
      ['POST /subjects/s/versions', more, 200, expect.objectContaining({ id: 2 })],
    ])
  })

  test('an import is a reference', async () => {
    const importing = 'import "address.proto"; message Customer { Address address = 1; }'
    const references = [{ name: 'address.proto', subject: 'address', version: 1 }]
    await door.expectEach([
      ['POST /subjects/s/versions', proto(importing), 422, 42201],
      [
        'POST /subjects/address/versions',
        proto('message Address { string street = 1; }'),
        200,
        expect.anything(),
      ],
      [
        'POST /subjects/s/versions',
        proto(importing, references),
        200,
        expect.objectContaining({ id: 2, references }),
      ],
      ['DELETE /subjects/address', null, 422, 42206],
    ])
  })
})

describe('JSON Schema', () => {
  const json = (schema: object, references: object[] = []) => ({
    schemaType: 'JSON',
    schema: JSON.stringify(schema),
    references,
  })
  const order = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more })
  const ORDER = order({ id: { type: 'integer' } }, { additionalProperties: false })

  test('a type that is narrower does not follow, one that is wider does', async () => {
    const narrower = order({ id: { type: 'string' } }, { additionalProperties: false })
    const wider = order({ id: { type: 'number' } }, { additionalProperties: false })
    await door.expectEach([
      [
        'POST /subjects/s/versions',
        json(ORDER),
        200,
        { id: 1, version: 1, schemaType: 'JSON', schema: JSON.stringify(ORDER) },
      ],
      [
        'POST /subjects/s/versions',
        json(narrower),
        409,
        { error_code: 409, message: expect.stringContaining('TYPE_CHANGED') },
      ],
      ['POST /subjects/s/versions', json(wider), 200, expect.objectContaining({ id: 2 })],
    ])
  })

  test('a $ref is a reference', async () => {
    const references = [{ name: 'address.json', subject: 'address', version: 1 }]
    const customer = order({ address: { $ref: 'address.json' } })
    await door.expectEach([
      [
        'POST /subjects/address/versions',
        json(order({ street: { type: 'string' } })),
        200,
        expect.anything(),
      ],
      [
        'POST /subjects/s/versions',
        json(customer, references),
        200,
        expect.objectContaining({ id: 2, references }),
      ],
      ['GET /subjects/address/versions/1/referencedby', null, 200, [2]],
    ])
  })
})

test('one text in two languages is two schemas', async () => {
  const schema = '{"type":"string"}'
  await door.expectEach([
    ['POST /subjects/a/versions', { schema }, 200, expect.objectContaining({ id: 1, schema: '"string"' })],
    [
      'POST /subjects/j/versions',
      { schema, schemaType: 'JSON' },
      200,
      expect.objectContaining({ id: 2, schema }),
    ],
    ['GET /schemas/ids/2', null, 200, { schemaType: 'JSON', schema }],
  ])
})

test('an Avro schema whose references the client put in itself is found as the one that has them', async () => {
  const address = { type: 'record', name: 'shop.Address', fields: [{ name: 'street', type: 'string' }] }
  const customer = (type: unknown) => ({
    schema: JSON.stringify({ type: 'record', name: 'shop.Customer', fields: [{ name: 'address', type }] }),
  })
  const references = [{ name: 'shop.Address', subject: 'address', version: 1 }]
  await door.register('address', address)
  await door.expectEach([
    [
      'POST /subjects/s/versions',
      { ...customer('shop.Address'), references },
      200,
      expect.objectContaining({ id: 2 }),
    ],
    [
      'POST /subjects/s/versions',
      customer(address),
      200,
      expect.objectContaining({ id: 2, version: 1, references }),
    ],
    ['POST /subjects/s', customer(address), 200, expect.objectContaining({ id: 2, version: 1 })],
    [
      'GET /subjects/s/versions/1?format=resolved',
      null,
      200,
      expect.objectContaining({ schema: expect.stringContaining('street') }),
    ],
  ])
})

test('no body and no path makes the server fail', async () => {
  const values = [
    null,
    true,
    7,
    -1,
    1e99,
    '',
    'x',
    '{',
    '[]',
    '"int"',
    [],
    {},
    [null],
    { name: null },
    ['\u0000'],
  ]
  const fields = [
    'schema',
    'schemaType',
    'references',
    'metadata',
    'ruleSet',
    'version',
    'id',
    'compatibility',
    'mode',
  ]
  const paths = [
    'POST /subjects/s/versions',
    'POST /subjects/s',
    'POST /compatibility/subjects/s/versions',
    'PUT /config/s',
    'PUT /mode/s',
  ]
  for (const path of paths)
    for (const field of fields)
      for (const value of values)
        for (const schemaType of ['AVRO', 'PROTOBUF', 'JSON']) {
          const { status } = await door.ask(path, { schema: '"int"', schemaType, [field]: value })
          expect([path, field, value, schemaType, status < 500]).toEqual([
            path,
            field,
            value,
            schemaType,
            true,
          ])
        }
  for (const path of ['%', '%zz', '%2F', '..', '%00', ':.', ':.:', ':*:', ':.x', '%F0%9F%98%80'])
    for (const request of [
      `GET /subjects/${path}/versions`,
      `GET /config/${path}`,
      `DELETE /subjects/${path}`,
      `GET /contexts/${path}/subjects`,
      `PUT /contexts/.x/mode/${path}`,
    ])
      expect([request, (await door.ask(request)).status < 500]).toEqual([request, true])
})
