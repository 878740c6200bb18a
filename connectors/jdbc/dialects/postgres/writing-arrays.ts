/** Many rows with one parameter a column: a statement that is parsed fast, whatever the number of rows. */
import type { SqlValue } from '../../drivers/connection.ts'
import { hex, namesOf } from '../writing/statements.ts'
import type { ArrayWriting, WriteTarget } from '../writing.ts'

/** Types whose arrays `unnest` takes apart without losing anything; length and scale are the column's to check. */
const SCALARS: ReadonlySet<string> = new Set([
  'int2',
  'int4',
  'int8',
  'float4',
  'float8',
  'numeric',
  'bool',
  'text',
  'varchar',
  'bpchar',
  'bytea',
  'date',
  'time',
  'timetz',
  'timestamp',
  'timestamptz',
  'interval',
  'json',
  'jsonb',
  'uuid',
  'xml',
  'inet',
  'cidr',
  'macaddr',
  'money',
])

/** Of these, values that are equal have one text. */
const EXACT: ReadonlySet<string> = new Set([
  'int2',
  'int4',
  'int8',
  'bool',
  'text',
  'varchar',
  'bytea',
  'date',
])

interface Column {
  /** The parameter: `?::int8[]`. */
  readonly array: string
  /** What of it goes into the row: `u.c1`, or a cast of it. */
  readonly value: string
}

/** `unnest` would take nested arrays apart down to their elements: they travel as texts. */
function columnOf(type: string, i: number): Column | null {
  if (SCALARS.has(type)) return { array: `?::${type}[]`, value: `u.c${i}` }
  const element = /^_(\w+)$/.exec(type)?.[1] ?? /^(\w+)(?:\[\])+$/.exec(type)?.[1]
  if (element === undefined || !SCALARS.has(element)) return null
  return { array: '?::text[]', value: `u.c${i}::${element}[]` }
}

function columnsOf(types: readonly string[]): Column[] | null {
  const columns: Column[] = []
  for (const [i, type] of types.entries()) {
    const column = columnOf(type, i + 1)
    if (column === null) return null
    columns.push(column)
  }
  return columns
}

/** `unnest(?::int8[],?::text[]) AS u(c1,c2)` */
function source(columns: readonly Column[]): string {
  return `unnest(${columns.map(({ array }) => array).join(',')}) AS u(${columns.map((_, i) => `c${i + 1}`).join(',')})`
}

function same(keys: readonly string[], columns: readonly Column[]): string {
  return keys.map((key, i) => `t.${key} = ${columns[i]!.value}`).join(' AND ')
}

export function arrayWriting(onConflict: (target: WriteTarget) => string): ArrayWriting {
  const insert = (target: WriteTarget): string | null => {
    const columns = columnsOf(target.types)
    if (columns === null) return null
    const values = columns.map(({ value }) => value).join(',')
    return `INSERT INTO ${target.table} (${namesOf(target).join(',')}) SELECT ${values} FROM ${source(columns)}`
  }
  return {
    insert,
    upsert: target => {
      const statement = insert(target)
      return statement === null ? null : statement + onConflict(target)
    },
    update: target => {
      const columns = columnsOf(target.types)
      // Of several rows with one key any might win: the caller has left one of each text.
      const isExact = target.types.slice(0, target.keys.length).every(type => EXACT.has(type))
      if (columns === null || !isExact) return null
      const assigned = target.columns.map((name, i) => `${name} = ${columns[target.keys.length + i]!.value}`)
      return `UPDATE ${target.table} AS t SET ${assigned.join(', ')} FROM ${source(columns)} WHERE ${same(target.keys, columns)}`
    },
    delete: target => {
      const columns = columnsOf(target.types.slice(0, target.keys.length))
      if (columns === null) return null
      return `DELETE FROM ${target.table} AS t USING ${source(columns)} WHERE ${same(target.keys, columns)}`
    },
    parameter: (values, column, width) => {
      let text = '{'
      for (let i = column; i < values.length; i += width) {
        if (i > column) text += ','
        text += elementText(values[i]!)
      }
      return `${text}}`
    },
  }
}

/** `{1,NULL,"a \"b\""}` */
export function arrayText(elements: readonly SqlValue[]): string {
  return `{${elements.map(elementText).join(',')}}`
}

/** Of texts of arrays, which stand as they are: `{{1,2},{3,4}}` */
export function nestedText(arrays: readonly SqlValue[]): string {
  return `{${arrays.map(array => array ?? 'NULL').join(',')}}`
}

function elementText(value: SqlValue): string {
  if (typeof value === 'string') return quotedElement(value)
  if (value === null) return 'NULL'
  if (value instanceof Uint8Array) return `"\\\\x${hex(value)}"`
  return String(value)
}

const ESCAPED = /["\\]/g

function quotedElement(text: string): string {
  const plain = !text.includes('"') && !text.includes('\\')
  return plain ? `"${text}"` : `"${text.replace(ESCAPED, '\\$&')}"`
}
