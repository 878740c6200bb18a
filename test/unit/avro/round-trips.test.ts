import { expect, test } from 'bun:test'
import { valueEquals } from '../../../src/data/equality.ts'
import { SchemaAndValue } from '../../../src/data/schema.ts'
import { avroFormat } from '../../../src/formats/avro/avro-schema.ts'
import { Random } from '../../conform/avro/random.ts'
import { CollectingSink } from '../../conform/data/sink.ts'
import { ENHANCED, formatWith } from './harness.ts'
import { RandomData } from './random-data.ts'

test.each([1, 2, 3, 4, 5, 6])('random structs come back through the text of their schema, seed %d', seed => {
  const data = new RandomData(new Random(seed))
  const format = formatWith(ENHANCED)
  let compared = 0
  for (let i = 0; i < 40; i++) {
    const schema = data.struct()
    const avro = format.schemaOf(schema)
    const registered = avroFormat.parse(avro.text, [], true)
    expect(registered.text).toBe(avro.text)
    const write = format.writer(schema, avro)
    const read = format.reader(registered, null)
    for (let k = 0; k < 5; k++) {
      const value = data.value(schema)
      if (value === null) continue
      const sink = new CollectingSink()
      write(value, sink)
      const bytes = sink.bytes()!
      const into = new SchemaAndValue()
      read(bytes, 0, bytes.length, into)
      expect(format.schemaOf(into.schema).text).toBe(avro.text)
      // A default that came from Avro's field is marked, which makes the schema another one.
      compared += into.schema!.equals(schema) ? 1 : 0
      if (into.schema!.equals(schema)) expect([valueEquals(into.value, value), i]).toEqual([true, i])
      const again = new CollectingSink()
      format.writer(into.schema, registered)(into.value, again)
      expect(again.bytes()!.length).toBe(bytes.length)
    }
  }
  expect(compared).toBeGreaterThan(80)
})
