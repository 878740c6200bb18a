/**
 * The informal expressions of the group model, said with our classes: `SchemaBuilder.int32().version(1)`,
 * `Struct(a).toString() with x=1`, `ConnectHeaders[h1,h2,h1].remove('h1')`, `Time.toLogical -1`.
 */
import { BigDecimal } from '../../../src/data/big-decimal.ts'
import { ConnectHeader, ConnectHeaders } from '../../../src/data/headers.ts'
import * as logical from '../../../src/data/logical.ts'
import { Float64, Int32 } from '../../../src/data/numbers.ts'
import * as schemas from '../../../src/data/schema.ts'
import { ConnectSchema, type Schema } from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { inferSchema } from '../../../src/data/values/infer.ts'
import { fromSchema, fromValue } from './values.ts'

const a = SchemaBuilder.struct().field('x', schemas.INT32_SCHEMA).field('gone', schemas.STRING_SCHEMA).build()
const b = SchemaBuilder.struct()
  .field('x', schemas.INT64_SCHEMA)
  .field('n', SchemaBuilder.string().defaultValue('dd').build())
  .field('o', schemas.OPTIONAL_STRING_SCHEMA)
  .field('od', SchemaBuilder.string().optional().defaultValue('od').build())
  .build()

const SCHEMAS: Readonly<Record<string, Schema>> = {
  a,
  b,
  ...Object.fromEntries(
    Object.entries(schemas).flatMap(([name, value]) =>
      value instanceof ConnectSchema ? [[name.replace(/_SCHEMA$/, ''), value] as const] : [],
    ),
  ),
}

// biome-ignore lint/suspicious/noExplicitAny: what an expression calls is found by name
type Target = any

/** What the expression gives, in the vectors' form. */
export function evaluate(expression: string): unknown {
  const [, text, fields = ''] = /^(.*?)(?: unset| with (.*))?$/s.exec(expression)!
  return new Reader(text!, fields).run()
}

class Reader {
  #at = 0

  /** `fields`: `x=1, n=…`, put into the struct first. */
  constructor(
    readonly text: string,
    readonly fields: string,
  ) {}

  run(): unknown {
    const codec = /^(Date|Time|Timestamp)\.(toLogical|fromLogical) (-?\d+)$/.exec(this.text)
    if (codec) return converted(codec[1]!, codec[2]!, Number(codec[3]))
    let target: Target = this.#start()
    let result: unknown = 'ok'
    while (this.#at < this.text.length) {
      this.#expect('.')
      const method = this.#word()
      const args = this.#arguments()
      result = call(target, method, args)
      if (result !== undefined) target = result
    }
    return shown(result === undefined ? 'ok' : target)
  }

  #start(): Target {
    if (this.#skip('new Struct(')) {
      const schema = this.#value() as Schema
      this.#expect(')')
      return new Struct(schema)
    }
    const word = this.#word()
    if (word === 'SchemaBuilder') return SchemaBuilder
    if (word === 'Values') return { inferSchema: (value: unknown) => inferSchema(boxed(value)) }
    if (word === 'ConnectHeaders') return this.#skip('[h1,h2,h1]') ? threeHeaders() : new ConnectHeaders()
    if (word === 'Struct' && this.#skip('(')) {
      const struct = new Struct(this.#value() as Schema)
      this.#expect(')')
      const fields = new Reader(this.fields, '')
      while (fields.#at < fields.text.length) {
        const name = fields.#word()
        fields.#expect('=')
        struct.put(name, fields.#value())
        fields.#skip(',')
      }
      return struct
    }
    if (SCHEMAS[word]) return SCHEMAS[word]
    return this.#unknown()
  }

  #arguments(): unknown[] {
    this.#expect('(')
    return this.#list(')')
  }

  #list(end: string): unknown[] {
    const values: unknown[] = []
    while (!this.#skip(end)) {
      values.push(this.#value())
      this.#skip(',')
    }
    return values
  }

  #value(): unknown {
    this.#skip(' ')
    if (this.#skip('[')) return this.#list(']')
    const quoted = this.#match(/'([^']*)'/y)
    if (quoted) return quoted[1]
    const number = this.#match(/-?\d+(?:\.\d+)?/y)
    if (number) return number[0].includes('.') ? BigDecimal.parse(number[0]) : Number(number[0])
    const word = this.#word()
    if (word === 'null') return null
    if (word === 'true' || word === 'false') return word === 'true'
    return SCHEMAS[word] ?? this.#unknown()
  }

  #word(): string {
    this.#skip(' ')
    return this.#match(/\w+/y)?.[0] ?? this.#unknown()
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.text)
    if (match) this.#at += match[0].length
    return match
  }

  #skip(text: string): boolean {
    const found = this.text.startsWith(text, this.#at)
    if (found) this.#at += text.length
    return found
  }

  #expect(text: string): void {
    if (!this.#skip(text)) this.#unknown()
  }

  #unknown(): never {
    throw new Error(`an expression that the runner does not know: ${this.text}`)
  }
}

function call(target: Target, method: string, args: readonly unknown[]): unknown {
  const name = target === SchemaBuilder && method === 'boolean' ? 'bool' : method
  const member = target[name]
  if (member === undefined) throw new Error(`no method that the runner knows: ${method}`)
  if (typeof member !== 'function') return member
  const result = member.apply(target, args)
  // The field's schema tells the class of a number that comes out of a struct.
  return target instanceof Struct && name.startsWith('get')
    ? new Content(result, target.schema.field(args[0] as string)!.schema)
    : result
}

class Content {
  constructor(
    readonly value: unknown,
    readonly schema: Schema,
  ) {}
}

function shown(result: Target): unknown {
  if (result instanceof Content) return fromValue(result.value, result.schema)
  if (result instanceof SchemaBuilder) return fromSchema(result.build())
  if (result instanceof ConnectSchema) return fromSchema(result)
  if (result instanceof ConnectHeaders) return [...result].map(shown)
  if (result instanceof ConnectHeader) {
    const { key, schema, value } = result
    return { key, schema: fromSchema(schema), value: fromValue(value, schema) }
  }
  if (Array.isArray(result)) return result.map(shown)
  return result instanceof Struct ? fromValue(result, result.schema) : result
}

function threeHeaders(): ConnectHeaders {
  return new ConnectHeaders().addString('h1', 'v1').addInt('h2', 2).addString('h1', 'again')
}

/** Literals as Java has them where no schema says so. */
function boxed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(boxed)
  if (value instanceof BigDecimal) return new Float64(value.toNumber())
  return typeof value === 'number' ? new Int32(value) : value
}

function converted(type: string, way: string, number: number): unknown {
  const { DATE_SCHEMA, TIME_SCHEMA, TIMESTAMP_SCHEMA } = logical
  const toLogical: Readonly<Record<string, () => Date>> = {
    Date: () => logical.dateFromInt(DATE_SCHEMA, number),
    Time: () => logical.timeFromInt(TIME_SCHEMA, number),
    Timestamp: () => logical.timestampFromLong(TIMESTAMP_SCHEMA, number),
  }
  if (way === 'toLogical') return fromValue(toLogical[type]!(), null)
  const date = new Date(number)
  if (type === 'Timestamp') return { int64: String(logical.timestampToLong(TIMESTAMP_SCHEMA, date)) }
  return {
    int32: type === 'Date' ? logical.dateToInt(DATE_SCHEMA, date) : logical.timeToInt(TIME_SCHEMA, date),
  }
}
