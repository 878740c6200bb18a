import { DataException } from '../data/errors.ts'
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
  private readonly foreign: (Field | null)[] = []
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
      this.foreign.push(converting !== null || same ? null : field)
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
      const field = value === null ? required[i]! : foreign[i]!
      if (field !== null) validateValue(field.name, field.schema, value)
      out[i] = value
    }
    for (let i = from.length; i < size; i++) out[i] = null
    return out
  }
}

/** The source field of that name. @throws DataException with the text of `Struct.get` */
export function sourceField(schema: Schema, name: string): Field {
  const field = schema.field(name)
  if (field === null) throw new DataException(`${name} is not a valid field name`)
  return field
}
