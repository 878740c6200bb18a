import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jsonSchemaConverterPlugin } from '../../../src/converters/json-schema/json-schema-converter.ts'
import { BigDecimal } from '../../../src/data/big-decimal.ts'
import { decimalBuilder } from '../../../src/data/decimal.ts'
import { TIMESTAMP_SCHEMA } from '../../../src/data/logical.ts'
import * as S from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { openRegistry } from '../../../src/registry/open.ts'
import { run } from '../../servers/run.ts'
import { read, write } from '../../unit/registry-client/conversions.ts'
import { pythonClient } from '../registry/clients.ts'

const INSTALL_MS = 600_000

const inner = SchemaBuilder.struct().name('shop.Address').field('street', S.STRING_SCHEMA).optional().build()
const schema = SchemaBuilder.struct()
  .name('shop.Order')
  .field('id', S.INT64_SCHEMA)
  .field('price', decimalBuilder(2).optional().build())
  .field('ratio', S.FLOAT64_SCHEMA)
  .field('note', S.OPTIONAL_STRING_SCHEMA)
  .field('at', TIMESTAMP_SCHEMA)
  .field('tags', SchemaBuilder.array(S.STRING_SCHEMA).build())
  .field('counts', SchemaBuilder.map(S.STRING_SCHEMA, S.OPTIONAL_INT32_SCHEMA).build())
  .field('pairs', SchemaBuilder.map(S.INT32_SCHEMA, S.STRING_SCHEMA).build())
  .field('address', inner)
  .build()

const theirs = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Payment',
  type: 'object',
  properties: {
    id: { type: 'integer' },
    amount: { type: 'number' },
    by: { oneOf: [{ type: 'null' }, { type: 'object', properties: { name: { type: 'string' } } }] },
  },
  required: ['id'],
}

test(
  'Python’s client takes our messages for valid, and we read its',
  async () => {
    const python = await pythonClient()
    const folder = mkdtempSync(join(tmpdir(), 'json-schema-'))
    const registry = openRegistry({ file: join(folder, 'schemas.db') })
    const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: request => registry.fetch(request) })
    try {
      const url = `http://127.0.0.1:${server.port}`
      const keys = { 'schema.registry.url': url, 'decimal.format': 'NUMERIC' }
      const converter = jsonSchemaConverterPlugin.converter!(keys, false)
      const order = new Struct(schema)
        .put('id', 9007199254740993n)
        .put('price', new BigDecimal(1050n, 2))
        .put('ratio', 1)
        .put('at', new Date(1_700_000_000_123))
        .put('tags', ['ß', '😀'])
        .put(
          'counts',
          new Map([
            ['a', 1],
            ['b', null],
          ]),
        )
        .put('pairs', new Map([[7, 'seven']]))
        .put('address', new Struct(inner).put('street', 'Hauptstraße 1'))
      const message = (await write(converter, 'orders', schema, order))!
      const script = join(import.meta.dir, 'python-json.py')
      const payment = '{"id": 9007199254740995, "amount": 1e2, "by": {"name": "Jo"}}'
      const text = await run([
        python,
        script,
        url,
        'orders',
        message.toString('base64'),
        JSON.stringify(theirs),
        payment,
      ])
      expect(text).toContain('"id": 9007199254740993')
      const outcome = JSON.parse(text)
      expect(outcome.read).toMatchObject({
        price: 10.5,
        ratio: 1,
        note: null,
        at: 1_700_000_000_123,
        tags: ['ß', '😀'],
        counts: { a: 1, b: null },
        pairs: [{ key: 7, value: 'seven' }],
        address: { street: 'Hauptstraße 1' },
      })
      const back = await read(converter, 'orders-python', Buffer.from(outcome.written, 'base64'))
      expect(back.schema!.name).toBe('Payment')
      const value = back.value as Struct
      expect(value.get('id')).toBe(9007199254740995n)
      expect(value.get('amount')).toBe(100)
      expect(value.getStruct('by')!.get('name')).toBe('Jo')
    } finally {
      await server.stop(true)
      registry.close()
      rmSync(folder, { recursive: true })
    }
  },
  INSTALL_MS,
)
