/** Values of fields as parameters. Java: GenericDatabaseDialect.maybeBindLogical and maybeBindPrimitive */
import {
  type BigDecimal,
  ConnectException,
  DATE_NAME,
  DataException,
  DECIMAL_NAME,
  type Schema,
  TIME_NAME,
  TIMESTAMP_NAME,
} from '#bunnect'
import { mod } from '../../calendar.ts'
import type { SqlValue } from '../../drivers/connection.ts'
import { timeZone } from '../../time-zone.ts'
import { type DayText, type Instant, pad3, WallClock } from '../../wall-clock.ts'
import type { Encode, SinkField, WritingOptions } from '../writing.ts'
import { instantOfCount, instantOfText } from './timestamp-field.ts'

/** What differs from database to database. */
export interface ValueForms {
  flag(value: boolean): SqlValue
  /** Null refuses what is no number or has no end. */
  unbounded(value: number): SqlValue | null
  /** Where a number travels as text, which a column may keep: a float would show the digits of a double. */
  float32?(value: number, field: SinkField): number
  /** Of milliseconds since 1970. */
  date(millis: number, clock: WallClock): SqlValue
  time(millis: number, clock: WallClock): SqlValue
  timestamp(instant: Instant, clock: WallClock): SqlValue
  readonly days?: DayText
  text?(value: string): string
  /** Where a column may hold an array; `nested` ones have arrays for elements. */
  array?(element: Encode, nested: boolean): Encode
}

/** @throws ConnectException for maps, structs and, in most databases, arrays */
export function encoderOf(field: SinkField, options: WritingOptions, forms: ValueForms): Encode {
  return encode(field, field.schema, options, forms)
}

function encode(field: SinkField, schema: Schema, options: WritingOptions, forms: ValueForms): Encode {
  const clock = (zone: string) => new WallClock(timeZone(zone), options.calendar, forms.days)
  switch (schema.name) {
    case DECIMAL_NAME:
      return value => (value as BigDecimal).toPlainString()
    case DATE_NAME: {
      const zone = clock(options.dateTimeZone)
      return value => forms.date((value as Date).getTime(), zone)
    }
    case TIME_NAME: {
      const zone = clock(options.timeZone)
      return value => forms.time((value as Date).getTime(), zone)
    }
    case TIMESTAMP_NAME: {
      const zone = clock(options.timeZone)
      return value => forms.timestamp(instantOfMillis((value as Date).getTime()), zone)
    }
  }
  const precision = options.timestampPrecision
  switch (schema.type) {
    case 'INT8':
    case 'INT16':
    case 'INT32':
      return integer
    case 'INT64': {
      if (!field.timestamp) return integer
      const zone = clock(options.timeZone)
      return value => forms.timestamp(instantOfCount(integer(value), precision), zone)
    }
    case 'FLOAT32':
    case 'FLOAT64': {
      const { float32 } = forms
      const isSingle = schema.type === 'FLOAT32' && float32 !== undefined
      return value => {
        const number = Number(value)
        if (!Number.isFinite(number)) return forms.unbounded(number) ?? refuse(number)
        return isSingle ? float32(number, field) : number
      }
    }
    case 'BOOLEAN':
      return value => forms.flag(value as boolean)
    case 'STRING': {
      if (field.timestamp) {
        const zone = clock(options.timeZone)
        return value => forms.timestamp(instantOfText(value as string, precision, zone), zone)
      }
      return forms.text === undefined ? text : value => forms.text!(value as string)
    }
    case 'BYTES':
      return value => value as Uint8Array
    case 'ARRAY': {
      const { valueSchema } = schema
      if (forms.array === undefined || valueSchema === null) throw noColumnFor(field, schema)
      const element = encode({ ...field, timestamp: false }, valueSchema, options, forms)
      return forms.array(element, valueSchema.type === 'ARRAY')
    }
    default:
      throw noColumnFor(field, schema)
  }
}

const LARGEST_FLOAT = 3.4028234663852886e38

/** The number of the fewest digits, six to nine, that is the same float; whole ones stay. Java: Float.toString */
export function shortestFloat(value: number): number {
  const single = Math.fround(value)
  // The largest has short digits that lie beyond it, which MySQL finds out of range.
  if (Number.isSafeInteger(single) || Math.abs(single) === LARGEST_FLOAT) return single
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits))
    if (Math.fround(short) === single) return short
  }
  return Number(single.toPrecision(9))
}

const text: Encode = value => value as string

function integer(value: unknown): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  return Number(value)
}

/** Java: GenericDatabaseDialect.getSqlType */
export function noColumnFor(field: SinkField, schema: Schema = field.schema): ConnectException {
  return new ConnectException(
    `${field.name}: ${schema.name} (${schema.type}) type doesn't have a mapping to the SQL database column type`,
    {
      hint: 'Leave the field out (fields.whitelist, ReplaceField), take it apart (Flatten), or make text of it before it comes here.',
    },
  )
}

function refuse(value: number): never {
  throw new DataException(`The database cannot hold ${value}`, {
    hint: 'Replace such values before they come here, or make the field text.',
  })
}

function instantOfMillis(millis: number): Instant {
  return { millis, fraction: pad3(mod(millis, 1000)) }
}
