/** JSON with a schema as a registry's converter knows it. Java: JsonSchemaConverter, JsonSchemaData */
import { DataException, SerializationException } from '../../data/errors.ts'
import { parseJson } from '../../data/json/jackson-parser.ts'
import { type JsonDocument, MISSING } from '../../data/json/node.ts'
import type { Schema } from '../../data/schema.ts'
import { described } from '../../formats/json-schema/describe.ts'
import { type JsonSchema, jsonSchemaFormat } from '../../formats/json-schema/json-schema.ts'
import { violationOf } from '../../formats/json-schema/validation/violation.ts'
import type { SchemaFormat } from '../../formats/schema-format.ts'
import { documentReader } from '../json/compiled-reader.ts'
import type { JsonOptions } from '../json/config.ts'
import { numberMode } from '../json/envelope.ts'
import { type NumberMode, readJson } from '../json/read.ts'
import { ShapeReader } from '../json/shape-reader.ts'
import { toConnect } from '../json/to-connect.ts'
import { jsonWriter } from '../json/write.ts'
import type { ConnectFormat, PayloadReader, PayloadWriter } from '../registry/connect-format.ts'
import type { JsonSchemaOptions } from './config.ts'
import { modelOf } from './schema-from-connect.ts'
import { connectSchemaOf } from './schema-to-connect.ts'

export class JsonSchemaConnectFormat implements ConnectFormat<JsonSchema> {
  readonly label = 'JSON'
  readonly format: SchemaFormat<JsonSchema>
  private readonly written: JsonOptions
  private readonly read: JsonOptions
  private readonly write: (schema: Schema | null, value: unknown) => string

  constructor(private readonly options: JsonSchemaOptions) {
    this.format = jsonSchemaFormat({ ignoreModernDialects: options.ignoreModern })
    const { numericDecimals, keepAdditional: additional } = options
    this.written = {
      numericDecimals,
      replaceNullWithDefault: !options.ignoreDefault,
      jsonSchema: true,
      additional,
    }
    // Defaults are for what is missing in a message, whatever is written for null.
    this.read = { numericDecimals, replaceNullWithDefault: true, jsonSchema: true, additional }
    this.write = jsonWriter(this.written)
  }

  schemaOf(schema: Schema | null): JsonSchema {
    if (schema === null) throw withoutSchema()
    return this.format.parse(described(modelOf(schema, this.options, this.written)), [])
  }

  writer(schema: Schema | null, target: JsonSchema): PayloadWriter {
    if (schema === null) throw withoutSchema()
    const { write } = this
    if (!this.options.validates) return (value, out) => out.putUtf8(write(schema, value))
    return (value, out) => {
      const text = write(schema, value)
      checked(Buffer.from(text), target)
      out.putUtf8(text)
    }
  }

  /** Whether there is a JSON text for it; a null that is required but missing is no message. */
  writesNull(schema: Schema): boolean {
    return schema.optional || (schema.defaultValue !== null && this.written.replaceNullWithDefault)
  }

  reader(writer: JsonSchema, version: number | null, target?: JsonSchema): PayloadReader {
    const jsonSchema = target ?? writer
    const schema = connectSchemaOf(jsonSchema.model, version, this.options, this.read)
    const read = documentReader(schema, this.read)
    // What is kept as text is kept digit by digit.
    const mode = this.options.keepAdditional ? 'digits' : numberMode(schema)
    const shapes = new ShapeReader(mode)
    const { validates } = this.options
    return (data, start, end, into) => {
      if (validates) checked(data.subarray(start, end), jsonSchema)
      const node = document(data, start, end, mode, shapes)
      if (node === MISSING) throw new SerializationException('No content to map due to end-of-input')
      into.schema = schema
      try {
        into.value = read(node)
      } catch (error) {
        if (!(error instanceof DataException)) throw error
        // Once more, the slow way, which knows where it is.
        into.value = toConnect(schema, node, this.read)
      }
    }
  }
}

/** As Confluent's clients read it, which take NaN and the infinities for numbers. @throws SerializationException */
function document(
  data: Buffer,
  start: number,
  end: number,
  mode: NumberMode,
  shapes?: ShapeReader,
): JsonDocument {
  try {
    return readJson(data, start, end, mode, shapes)
  } catch (error) {
    if (!/NaN|Infinity/.test(data.toString('latin1', start, end))) throw error
    try {
      return parseJson(data, start, end, true)
    } catch {
      throw error // something else is wrong with it
    }
  }
}

/** @throws SerializationException when the bytes are no JSON, or not what the schema allows */
function checked(data: Buffer, { model }: JsonSchema): void {
  const node = document(data, 0, data.length, 'digits')
  const violation = node === MISSING ? '#: no content' : violationOf(model, node)
  if (violation === null) return
  throw new SerializationException(`Validation error in JSON, Error report:\n${violation}`, {
    hint: 'The value breaks its JSON Schema; json.fail.invalid.schema=false lets it pass.',
  })
}

function withoutSchema(): DataException {
  return new DataException('A value without a Connect schema has no JSON Schema', {
    hint: 'Give records a schema, or use org.apache.kafka.connect.json.JsonConverter with schemas.enable=false.',
  })
}
