import type { Client } from 'pg'
import type { ResultColumn } from './connection.ts'
import type { Field } from './postgres-portal.ts'

/** Of the types that need not be asked for. */
const KNOWN: Readonly<Record<number, string>> = {
  16: 'bool',
  17: 'bytea',
  18: 'char',
  19: 'name',
  20: 'int8',
  21: 'int2',
  23: 'int4',
  25: 'text',
  26: 'oid',
  114: 'json',
  142: 'xml',
  700: 'float4',
  701: 'float8',
  790: 'money',
  1042: 'bpchar',
  1043: 'varchar',
  1082: 'date',
  1083: 'time',
  1114: 'timestamp',
  1184: 'timestamptz',
  1186: 'interval',
  1266: 'timetz',
  1560: 'bit',
  1562: 'varbit',
  1700: 'numeric',
  2950: 'uuid',
  3802: 'jsonb',
}

/** What the columns of a result are: types by name, and whether their tables' columns may be null. */
export class PostgresCatalogue {
  readonly #client: Client
  readonly #types = new Map<number, string>(Object.entries(KNOWN).map(([oid, name]) => [Number(oid), name]))

  constructor(client: Client) {
    this.#client = client
  }

  async columns(fields: readonly Field[]): Promise<ResultColumn[]> {
    await this.#learnTypes(fields)
    const notNull = await this.#notNull(fields)
    return fields.map(field => {
      const type = this.#types.get(field.dataTypeID) ?? `oid ${field.dataTypeID}`
      return {
        name: field.name,
        type,
        nullable: field.tableID === 0 ? null : !notNull.has(`${field.tableID}.${field.columnID}`),
        ...sizeOf(type, field.dataTypeModifier),
        unsigned: false,
      }
    })
  }

  async #learnTypes(fields: readonly Field[]): Promise<void> {
    const unknown = fields.map(field => field.dataTypeID).filter(oid => !this.#types.has(oid))
    if (unknown.length === 0) return
    const { rows } = await this.#client.query<[string, string]>({
      text: "SELECT oid::text, CASE typtype WHEN 'e' THEN 'enum' ELSE typname END FROM pg_catalog.pg_type WHERE oid = ANY($1::oid[])",
      values: [`{${unknown.join(',')}}`],
      rowMode: 'array',
    })
    for (const [oid, name] of rows) this.#types.set(Number(oid), name)
  }

  /** Asked for each time: it changes with the table. */
  async #notNull(fields: readonly Field[]): Promise<Set<string>> {
    const tables = [...new Set(fields.map(field => field.tableID))].filter(oid => oid !== 0)
    if (tables.length === 0) return new Set()
    const { rows } = await this.#client.query<[string]>({
      text: "SELECT attrelid::oid::text || '.' || attnum FROM pg_catalog.pg_attribute WHERE attnotnull AND attnum > 0 AND attrelid = ANY($1::oid[])",
      values: [`{${tables.join(',')}}`],
      rowMode: 'array',
    })
    return new Set(rows.map(([column]) => column))
  }
}

/** From the type modifier, -1 = none. Java: org.postgresql.jdbc.TypeInfoCache.getPrecision, getScale */
export function sizeOf(type: string, modifier: number): { precision: number | null; scale: number | null } {
  if (modifier < 0) return { precision: null, scale: null }
  switch (type) {
    case 'numeric': {
      const packed = modifier - 4
      // Eleven bits with a sign; servers before 15 know no negative scale.
      return { precision: (packed >> 16) & 0xffff, scale: ((packed & 0x7ff) ^ 1024) - 1024 }
    }
    case 'varchar':
    case 'bpchar':
      return { precision: modifier - 4, scale: null }
    case 'bit':
    case 'varbit':
      return { precision: modifier, scale: null }
    case 'time':
    case 'timetz':
    case 'timestamp':
    case 'timestamptz':
      return { precision: null, scale: modifier }
    default:
      return { precision: null, scale: null }
  }
}
