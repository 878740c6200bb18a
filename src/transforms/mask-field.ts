import { key } from '../config/keys.ts'
import { noDuplicates, nonEmptyString } from '../config/validators.ts'
import { BigDecimal, NumberFormatException } from '../data/big-decimal.ts'
import { DataException } from '../data/errors.ts'
import { javaClassName } from '../data/java-class.ts'
import { hashMapOrder } from '../data/java-hash.ts'
import { Float32, Float64, Int8, Int16, Int32, int64 } from '../data/numbers.ts'
import type { Field, Schema } from '../data/schema.ts'
import { Struct } from '../data/struct.ts'
import { doubleOf, longOf } from '../data/values/convert.ts'
import { notANumber } from '../data/values/number.ts'
import { replaceNullWithDefault, twoForms } from './config.ts'
import { getEntry, HashMapCopier, putEntry } from './map-copy.ts'
import { keyAndValue, requireMap, requireStruct } from './operand.ts'
import { SchemaCache } from './schema-cache.ts'
import { type Convert, StructCopy } from './struct-copy.ts'

const PURPOSE = 'mask fields'

/** Hides the values of fields. Java: org.apache.kafka.connect.transforms.MaskField */
export const maskField = keyAndValue({
  name: 'MaskField',
  doc: twoForms(
    'Mask specified fields with a valid null value for the field type (i.e. 0, false, empty string, and so on).<p/>For numeric and string fields, an optional replacement value can be specified that is converted to the correct type.',
    'MaskField',
  ),
  config: {
    fields: key.list({
      importance: 'high',
      validator: noDuplicates({ empty: false, null: false }),
      doc: 'Names of fields to mask.',
    }),
    replacement: key.string({
      default: null,
      importance: 'low',
      validator: nonEmptyString,
      doc: "Custom value replacement, that will be applied to all 'fields' values (numeric or non-empty string values only).",
    }),
    ...replaceNullWithDefault,
  },
  create(config, operand) {
    const fields = hashMapOrder(config.fields)
    const names = new Set(fields)
    const mask = config.replacement === null ? emptied : new Replacement(config.replacement).convert
    const copier = new HashMapCopier()
    const copies = new SchemaCache(schema => {
      const convert = ({ name, schema: of }: Field): Convert | null =>
        names.has(name) ? value => mask(value, of) : null
      return new StructCopy(schema, schema.fields, config['replace.null.with.default'], convert)
    })
    return {
      apply(record) {
        const schema = operand.schema(record)
        const value = operand.value(record)
        if (schema === null) {
          const source = requireMap(value, PURPOSE)
          const map = copier.copy(source)
          for (const name of fields) putEntry(map, name, mask(getEntry(source, name), null))
          return operand.replace(record, null, map)
        }
        const struct = requireStruct(value, PURPOSE, schema)
        const masked = new Struct(struct.schema, copies.get(struct.schema).values(struct))
        return operand.replace(record, schema, masked)
      },
    }
  },
})

const ZERO = new BigDecimal(0n, 0)

/** The class's own "nothing"; a decimal has scale 0, whatever its schema says. */
function emptied(value: unknown, schema: Schema | null): unknown {
  switch (typeof value) {
    case 'string':
      return ''
    case 'boolean':
      return false
    case 'bigint':
      return 0
    case 'number':
      return schema === null && javaClassName(value) === 'java.lang.Double' ? new Float64(0) : 0
  }
  if (value === null || value === undefined) return null
  if (value instanceof Date) return new Date(0)
  if (value instanceof BigDecimal) return ZERO
  if (Array.isArray(value)) return []
  switch (javaClassName(value)) {
    case 'java.lang.Byte':
      return new Int8(0)
    case 'java.lang.Short':
      return new Int16(0)
    case 'java.lang.Integer':
      return new Int32(0)
    case 'java.lang.Float':
      return new Float32(0)
    case 'java.lang.Double':
      return new Float64(0)
    case 'java.util.HashMap':
    case 'java.util.LinkedHashMap':
      return {}
  }
  throw new DataException(`Cannot mask value of type: class ${javaClassName(value)}`)
}

/** One text as every class that can be had from it. */
class Replacement {
  /** By Java class, for values with a schema and without. */
  private readonly made = new Map<string, { natural: unknown; schemaless: unknown }>()

  constructor(private readonly text: string) {}

  readonly convert = (value: unknown, schema: Schema | null): unknown => {
    if (value === null || value === undefined) return null
    if (typeof value === 'string') return this.text
    const javaClass = javaClassName(value, schema)
    let made = this.made.get(javaClass)
    if (made === undefined) {
      made = this.as(javaClass)
      this.made.set(javaClass, made)
    }
    return schema === null ? made.schemaless : made.natural
  }

  private as(javaClass: string): { natural: unknown; schemaless: unknown } {
    const integer = (bits: number): number => Number(BigInt.asIntN(bits, longOf(this.text)))
    switch (javaClass) {
      case 'java.lang.Byte':
        return both(new Int8(integer(8)))
      case 'java.lang.Short':
        return both(new Int16(integer(16)))
      case 'java.lang.Integer':
        return both(new Int32(integer(32)))
      case 'java.lang.Long': {
        const long = int64(longOf(this.text))
        return { natural: long, schemaless: long }
      }
      case 'java.lang.Float':
        return both(new Float32(doubleOf(this.text)))
      case 'java.lang.Double':
        return both(new Float64(doubleOf(this.text)))
      case 'java.math.BigDecimal': {
        const decimal = BigDecimal.parse(this.text)
        if (decimal === null) throw this.noNumber(notANumber(this.text))
        return { natural: decimal, schemaless: decimal }
      }
      case 'java.math.BigInteger': {
        if (!/^[+-]?\p{Nd}+$/u.test(this.text))
          throw this.noNumber(new NumberFormatException(`For input string: "${this.text}"`))
        const integral = BigDecimal.parse(this.text)!.unscaled
        return { natural: integral, schemaless: integral }
      }
    }
    throw new DataException(`Cannot mask value of type class ${javaClass} with custom replacement.`)
  }

  private noNumber(cause: NumberFormatException): DataException {
    return new DataException(`Unable to convert ${this.text} (class java.lang.String) to number`, { cause })
  }
}

function both(number: Int8 | Int16 | Int32 | Float32 | Float64): { natural: number; schemaless: unknown } {
  return { natural: number.value, schemaless: number }
}
