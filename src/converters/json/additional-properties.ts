/** Members of an object that its JSON Schema allows without naming them, kept in one field beside the others. */
import { DataException } from '../../data/errors.ts'
import { type JsonNode, type JsonObject, member, memberNames } from '../../data/json/node.ts'
import { type Field, type Schema, STRING_SCHEMA } from '../../data/schema.ts'
import { SchemaBuilder } from '../../data/schema-builder.ts'
import type { JsonOptions } from './config.ts'

const FIELD = '__connect_additional_properties__'
/** Names a STRING that holds any JSON as text. */
const JSON_TEXT = 'io.confluent.connect.json.Json'
const ANY_JSON: Schema = SchemaBuilder.string().name(JSON_TEXT).build()

/**
 * Adds the field to a struct that is being made. `values` is the schema that those members have; null when they may
 * be anything, which is kept as text. @throws DataException for a schema with a property of that name
 */
export function addAdditionalField(builder: SchemaBuilder, values: Schema | null): void {
  if (builder.draft.field(FIELD) !== null)
    throw new DataException(`A property must not be called ${FIELD} where additional properties are kept`, {
      hint: 'preserve.additional.properties=false keeps that name free.',
    })
  builder.field(
    FIELD,
    SchemaBuilder.map(STRING_SCHEMA, values ?? ANY_JSON)
      .optional()
      .build(),
  )
}

export function isAdditionalField(field: Field, options: JsonOptions): boolean {
  return options.additional === true && field.name === FIELD && field.schema.type === 'MAP'
}

/** Whether structs of this schema have the field. */
export function keepsAdditional(schema: Schema, options: JsonOptions): boolean {
  const field = options.additional ? schema.field(FIELD) : null
  return field !== null && isAdditionalField(field, options)
}

/** Whether the values of the field are texts of any JSON. */
export function isAnyJson({ schema }: Field): boolean {
  return schema.valueSchema?.name === JSON_TEXT
}

/** The members of an object that no field of the schema stands for. */
export function additionalMembers(schema: Schema, object: JsonObject): [string, JsonNode][] {
  const names = memberNames(object).filter(name => schema.field(name) === null)
  return names.map(name => [name, member(object, name)!])
}

/** @throws DataException for a text that is no JSON: it would break the whole message */
export function checkedJson(name: string, text: unknown): string {
  try {
    JSON.parse(text as string)
    return text as string
  } catch (cause) {
    throw new DataException(`The additional property ${name} holds a text that is no JSON: ${text}`, {
      cause,
    })
  }
}
