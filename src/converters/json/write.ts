import { DataException } from '../../data/errors.ts'
import type { Schema } from '../../data/schema.ts'
import type { JsonOptions } from './config.ts'
import { toJson } from './from-connect.ts'
import { type Imager, imagerOf, NO_IMAGE, schemaless } from './image.ts'

/** Jackson writes other hexadecimal digits than JavaScript, and escapes every surrogate. */
const WRITTEN_OTHERWISE = /\\u|[\ud800-\udfff]/

/**
 * Connect values to JSON text: natively by way of an image where that cannot differ from Jackson, else value by
 * value. @throws DataException when the value does not suit the schema, or is of no class that Connect knows
 */
export function jsonWriter(options: JsonOptions): (schema: Schema | null, value: unknown) => string {
  const imagers = imagersBySchema(options)
  const plain = (schema: Schema | null, value: unknown): unknown =>
    schema === null ? schemaless(value) : imagers(schema)(value)
  const imageOf = options.jsonSchema ? withoutErrors(plain) : plain
  return (schema, value) => {
    const image = imageOf(schema, value)
    if (image !== NO_IMAGE) {
      const text = JSON.stringify(image)
      if (!WRITTEN_OTHERWISE.test(text)) return text
    }
    return toJson(schema, value, options)
  }
}

/** Value by value an error tells the field. */
function withoutErrors(
  image: (schema: Schema | null, value: unknown) => unknown,
): (schema: Schema | null, value: unknown) => unknown {
  return (schema, value) => {
    try {
      return image(schema, value)
    } catch (error) {
      if (error instanceof DataException) return NO_IMAGE
      throw error
    }
  }
}

function imagersBySchema(options: JsonOptions): (schema: Schema) => Imager {
  const known = new WeakMap<Schema, Imager>()
  let lastSchema: Schema | null = null
  let last: Imager = schemaless
  return schema => {
    if (schema === lastSchema) return last
    let imager = known.get(schema)
    if (imager === undefined) {
      imager = imagerOf(schema, options)
      known.set(schema, imager)
    }
    lastSchema = schema
    last = imager
    return imager
  }
}
