import type { ParsedSchema } from '../../formats/schema-format.ts'
import type { ConnectFormat } from './connect-format.ts'
import type { RegisteredSchema } from './registry-answers.ts'
import type { RegistryClient } from './registry-client.ts'
import { UnusableAnswer } from './registry-errors.ts'

const CONVERTERS: Readonly<Record<string, string>> = {
  AVRO: 'io.confluent.connect.avro.AvroConverter',
  PROTOBUF: 'io.confluent.connect.protobuf.ProtobufConverter',
  JSON: 'io.confluent.connect.json.JsonSchemaConverter',
}

/** A registered schema in its language, with all that it refers to. Rejects for one of another language. */
export async function parsedSchema<P extends ParsedSchema>(
  { format }: ConnectFormat<P>,
  client: RegistryClient,
  schema: RegisteredSchema,
): Promise<P> {
  const { id, type, text, references } = schema
  if (type !== format.type) {
    const fitting = CONVERTERS[type]
    throw new UnusableAnswer(`Invalid schema ${text} with refs [] of type ${type}`, {
      hint: `Schema id ${id} is of type ${type}, not ${format.type}${fitting ? `: its converter is ${fitting}` : ''}.`,
    })
  }
  return format.parse(text, references.length === 0 ? [] : await client.resolve(references))
}
