import { afterEach, beforeEach, expect, test } from 'bun:test'
import { avro, Door, record } from './door.ts'

let door: Door
beforeEach(() => {
  door = new Door()
})
afterEach(() => door.close())

const ADDRESS = record('shop.Address', { street: 'string' })
const CUSTOMER = record('shop.Customer', { address: 'shop.Address' })
const references = [{ name: 'shop.Address', subject: 'address', version: 1 }]
const refused = (what: string) => ({
  error_code: 42206,
  message: `One or more references exist to the schema {magic=1,keytype=SCHEMA,${what}}.`,
})

test('a schema may build on registered ones; what it builds on cannot be deleted while it is there', async () => {
  await door.register('address', ADDRESS)
  const text = (await door.ask('POST /subjects/customer/versions', avro(CUSTOMER, { references }))).body
    .schema
  await door.expectEach([
    [
      'GET /subjects/customer/versions/1',
      null,
      200,
      { subject: 'customer', version: 1, id: 2, references, schema: text },
    ],
    ['GET /schemas/ids/2', null, 200, { references, schema: text }],
    ['GET /subjects/address/versions/1/referencedby', null, 200, [2]],
    ['GET /subjects/address/versions/latest/referencedby', null, 200, [2]],
    ['GET /subjects/customer/versions/1/referencedby', null, 200, []],
    ['DELETE /subjects/address/versions/1', null, 422, refused('subject=address,version=1')],
    ['DELETE /subjects/address', null, 422, refused('subject=address,version=1')],
    ['GET /subjects/address/versions', null, 200, [1]],
    ['DELETE /subjects/customer', null, 200, [1]],
    ['GET /subjects/address/versions/1/referencedby', null, 200, []],
    ['DELETE /subjects/address', null, 200, [1]],
  ])
})

test('the same text with other references is another schema', async () => {
  await door.register('address', ADDRESS)
  await door.register('address', record('shop.Address', { street: 'string', town: ['string', ''] }))
  const first = await door.register('customer', CUSTOMER, { references })
  const second = await door.register('customer', CUSTOMER, { references: [{ ...references[0], version: 2 }] })
  expect(second).not.toBe(first)
  await door.expectEach([
    ['POST /subjects/customer', avro(CUSTOMER, { references }), 200, expect.objectContaining({ version: 1 })],
    [
      'POST /subjects/customer',
      avro(CUSTOMER, { references: [{ ...references[0], version: 2 }] }),
      200,
      expect.objectContaining({ version: 2 }),
    ],
  ])
})

test('version -1 is the latest, and the number of it is what is kept', async () => {
  await door.register('address', ADDRESS)
  await door.register('customer', CUSTOMER, { references: [{ ...references[0], version: -1 }] })
  expect((await door.ask('GET /subjects/customer/versions/1')).body.references).toEqual(references)
})

test('compatibility is that of the schemas as they are put together', async () => {
  await door.register('address', ADDRESS)
  await door.register('address', record('shop.Address', { street: 'string', town: ['string', ''] }))
  await door.register('customer', CUSTOMER, { references })
  await door.ask('PUT /config/address', { compatibility: 'NONE' })
  await door.register('address', record('shop.Address', { zip: 'string' }))
  const at = (version: number) => avro(CUSTOMER, { references: [{ ...references[0], version }] })
  await door.expectEach([
    ['POST /compatibility/subjects/customer/versions/latest', at(2), 200, { is_compatible: true }],
    ['POST /compatibility/subjects/customer/versions/latest', at(3), 200, { is_compatible: false }],
    ['POST /subjects/customer/versions', at(3), 409, 409],
  ])
})

test('references of references are resolved, too, also after the process has ended', async () => {
  await door.register('address', ADDRESS)
  await door.register('customer', CUSTOMER, { references })
  door.reopen()
  const order = record('shop.Order', { by: 'shop.Customer' })
  const more = { references: [{ name: 'shop.Customer', subject: 'customer', version: 1 }] }
  const id = await door.register('order', order, more)
  await door.expectEach([
    ['GET /subjects/customer/versions/1/referencedby', null, 200, [id]],
    ['GET /subjects/address/versions/1/referencedby', null, 200, [2]],
    ['POST /compatibility/subjects/order/versions/1', avro(order, more), 200, { is_compatible: true }],
  ])
})

test('a reference to what is not there, is deleted, or lacks a part is refused', async () => {
  await door.register('address', ADDRESS)
  const invalid = (details: string) => ({
    error_code: 42201,
    message: `Invalid schema of type AVRO, details: ${details}`,
  })
  const with_ = (reference: object) => avro(CUSTOMER, { references: [reference] })
  await door.expectEach([
    [
      'POST /subjects/c/versions',
      with_({ ...references[0], version: 9 }),
      422,
      invalid('No schema reference found for subject "address" and version 9'),
    ],
    [
      'POST /subjects/c/versions',
      with_({ ...references[0], subject: 'x' }),
      422,
      invalid('No schema reference found for subject "x" and version 1'),
    ],
    [
      'POST /subjects/c/versions',
      with_({ name: 'shop.Address', version: 1 }),
      422,
      invalid("Invalid reference: {name='shop.Address', subject='null', version=1}"),
    ],
    ['POST /subjects/c/versions', avro(CUSTOMER), 422, 42201],
    ['DELETE /subjects/address', null, 200, [1]],
    [
      'POST /subjects/c/versions',
      with_(references[0]!),
      422,
      invalid('No schema reference found for subject "address" and version 1'),
    ],
    ['GET /subjects', null, 200, []],
  ])
})
