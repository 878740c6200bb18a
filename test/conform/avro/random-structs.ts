import { formatWith } from '../../unit/avro/harness.ts'
import { RandomData } from '../../unit/avro/random-data.ts'
import { CollectingSink } from '../data/sink.ts'
import { Random } from './random.ts'

/** Schemas and payloads of random structs, always the same. */
export function randomStructs(): { text: string; hex: string }[] {
  const data = new RandomData(new Random(731))
  const format = formatWith()
  return Array.from({ length: 120 }, () => {
    const schema = data.struct()
    const avro = format.schemaOf(schema)
    const sink = new CollectingSink()
    format.writer(schema, avro)(data.value(schema), sink)
    return { text: avro.text, hex: sink.bytes()!.toString('hex') }
  })
}
