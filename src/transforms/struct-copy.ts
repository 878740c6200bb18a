import { DataException } from '../data/errors.ts'
import { Float32, Float64, Int8, Int16, Int32 } from '../data/numbers.ts'
import type { Field, Schema } from '../data/schema.ts'
import type { Struct } from '../data/struct.ts'
import { validateValue } from '../data/validate.ts'

/** Gives another value; null stays null unless it says otherwise. */
export type Convert = (value: unknown) => unknown

/**
 * Moves the values of one schema's structs to where another schema has them: what Java does by name and with a
 * check of every value is a loop over indices here, because a value that was put under a schema suits an equal
 * one. What has to be checked for every record is only that no required field is null.
 */
export class StructCopy {
  private readonly from: number[] = []
  private readonly fallbacks: unknown[] = []
  private readonly converts: (Convert | null)[] = []
  private readonly required: (Field | null)[] = []
  private readonly foreign: (Foreign | null)[] = []
  private readonly size: number

  /**
   * @param sources by index of `target`'s first fields the source field; null, and the fields behind them, stay
   * unset
   * @param defaults puts the source field's default in place of a null
   * @param convert for a field that does not keep its value; what it gives must suit the target field
   */
  constructor(
    target: Schema,
    sources: readonly (Field | null)[],
    defaults: boolean,
    convert: (source: Field) => Convert | null = () => null,
  ) {
    this.size = target.fields.length
    for (const [i, source] of sources.entries()) {
      const field = target.fields[i]!
      const converting = source && convert(source)
      this.from.push(source?.index ?? -1)
      this.fallbacks.push(source !== null && defaults ? source.schema.defaultValue : null)
      this.converts.push(converting)
      this.required.push(source === null || field.schema.optional ? null : field)
      const same = source === null || field.schema === source.schema || field.schema.equals(source.schema)
      this.foreign.push(converting !== null || same ? null : { field, source: source.schema })
    }
  }

  /** @throws DataException when a value is missing, or does not suit a field of another schema */
  values(source: Struct): unknown[] {
    const { from, fallbacks, converts, required, foreign, size } = this
    const raw = source.rawValues
    const out: unknown[] = new Array(size)
    for (let i = 0; i < from.length; i++) {
      let value = raw[from[i]!] ?? fallbacks[i]
      const convert = converts[i]!
      if (convert !== null) value = convert(value)
      if (value === null) {
        const field = required[i]!
        if (field !== null) validateValue(field.name, field.schema, null)
      } else if (foreign[i] !== null) {
        checkForeign(foreign[i]!, value)
      }
      out[i] = value
    }
    for (let i = from.length; i < size; i++) out[i] = null
    return out
  }
}

/** A target field whose schema is another one than its source's. */
interface Foreign {
  field: Field
  source: Schema
}

function checkForeign({ field, source }: Foreign, value: unknown): void {
  const distinct = field.schema.type !== source.type && typeof value === 'number'
  validateValue(field.name, field.schema, distinct ? withClass(value, source) : value)
}

/** A plain number that suits several types as what it is by its own schema. */
function withClass(value: number, schema: Schema): unknown {
  switch (schema.type) {
    case 'INT8':
      return new Int8(value)
    case 'INT16':
      return new Int16(value)
    case 'INT32':
      return new Int32(value)
    case 'INT64':
      return BigInt(value)
    case 'FLOAT32':
      return new Float32(value)
    default:
      return new Float64(value)
  }
}

/** The source field of that name. @throws DataException with the text of `Struct.get` */
export function sourceField(schema: Schema, name: string): Field {
  const field = schema.field(name)
  if (field === null) throw new DataException(`${name} is not a valid field name`)
  return field
}
