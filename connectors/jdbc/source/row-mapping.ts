import { ConnectException, DataException, type Schema, SchemaBuilder, Struct } from '#bunnect'
import type { ReadColumn, ReadingDialect, ReadingOptions } from '../dialects/reading.ts'
import type { Cell, ResultColumn } from '../drivers/connection.ts'

interface Field {
  readonly column: ResultColumn
  /** In the row. */
  readonly index: number
  readonly read: ReadColumn['read']
  readonly optional: boolean
}

/** Makes Structs of the rows of a result. Java: io.confluent.connect.jdbc.source.SchemaMapping */
export class RowMapping {
  readonly schema: Schema
  readonly columns: readonly ResultColumn[]
  /** That no field can hold. */
  readonly leftOut: readonly ResultColumn[]
  readonly #fields: Field[] = []
  readonly #what: string

  /** `name` is that of the schema, `what` says to people whose rows these are. */
  constructor(
    name: string | null,
    what: string,
    columns: readonly ResultColumn[],
    dialect: ReadingDialect,
    options: ReadingOptions,
  ) {
    this.columns = columns
    this.#what = what
    const builder = SchemaBuilder.struct()
    if (name !== null) builder.name(name)
    const leftOut: ResultColumn[] = []
    columns.forEach((column, index) => {
      const field = dialect.column(column, options)
      if (field === null) {
        leftOut.push(column)
        return
      }
      builder.field(column.name, field.schema)
      this.#fields.push({ column, index, read: field.read, optional: field.schema.optional })
    })
    this.leftOut = leftOut
    this.schema = builder.build()
  }

  struct(row: readonly Cell[]): Struct {
    const fields = this.#fields
    const values = new Array<unknown>(fields.length)
    for (let i = 0; i < fields.length; i++) {
      const { index, read, optional, column } = fields[i]!
      const cell = row[index]!
      if (cell !== null) {
        try {
          values[i] = read(cell)
        } catch (error) {
          throw this.named(error)
        }
      } else if (optional) {
        values[i] = null
      } else {
        throw new DataException(
          `${this.#what}: column ${column.name} is null, which its definition forbids`,
          {
            hint: 'A column that an outer join leaves empty may be wrapped: COALESCE(column, NULL).',
          },
        )
      }
    }
    return new Struct(this.schema, values)
  }

  /** Of a column by its name, whose case only counts where there are several. @throws ConnectException */
  index(name: string): number {
    const exact = this.columns.findIndex(column => column.name === name)
    if (exact >= 0) return exact
    const lower = name.toLowerCase()
    const found = this.columns.flatMap((column, i) => (column.name.toLowerCase() === lower ? [i] : []))
    if (found.length === 1) return found[0]!
    const columns = this.columns.map(column => column.name).join(', ')
    throw new ConnectException(
      `${this.#what}: there is ${found.length === 0 ? 'no' : 'more than one'} column ${name} among ${columns}`,
    )
  }

  /** Says whose column it is. */
  named(error: unknown): unknown {
    if (!(error instanceof DataException)) return error
    return new DataException(`${this.#what}: ${error.message}`, { cause: error, hint: error.hint })
  }

  fits(columns: readonly ResultColumn[]): boolean {
    return (
      columns.length === this.columns.length &&
      columns.every((column, i) => {
        const own = this.columns[i]!
        return (
          column.name === own.name &&
          column.type === own.type &&
          column.nullable === own.nullable &&
          column.precision === own.precision &&
          column.scale === own.scale &&
          column.unsigned === own.unsigned
        )
      })
    )
  }
}
