import { ConnectException } from '#bunnect'
import type { WriteTarget, WritingDialect } from '../dialects/writing.ts'
import type { Connection, SqlValue } from '../drivers/connection.ts'
import { ImpossibleWrite } from './failures.ts'
import type { RowShape } from './row-shape.ts'
import type { SinkSettings } from './settings.ts'

/** What one statement carries at most, so that a batch of large values is no statement beyond the server's limit. */
const MOST_BYTES = 2 << 20
const MOST_TEXTS = 64

type Kind = 'write' | 'delete'

/** Rows of one shape into one table, in as few statements as can be. */
export class TableWriter {
  readonly #texts = new Map<string, string>()

  /** @throws ConnectException where `insert.mode` needs what the fields do not have */
  constructor(
    private readonly target: WriteTarget,
    private readonly shape: RowShape,
    private readonly settings: SinkSettings,
    private readonly dialect: WritingDialect,
  ) {
    const { insertMode } = settings
    if (insertMode !== 'insert' && target.keys.length === 0) {
      throw new ImpossibleWrite(
        `Write to table '${target.table}' in ${insertMode.toUpperCase()} mode requires key field names to be known, check the primary key configuration`,
        { hint: 'Set pk.mode, and pk.fields where not all fields are the key.' },
      )
    }
    if (insertMode === 'update' && target.columns.length === 0) {
      throw new ConnectException(
        `Write to table '${target.table}' in UPDATE mode has nothing to update: every field is part of the primary key`,
        {
          hint: 'Name the fields of the key in pk.fields; a record without a value deletes a row with delete.enabled=true.',
        },
      )
    }
  }

  /** `values` are those of rows, row after row. `alone`: each row in a statement of its own. */
  async write(connection: Connection, values: readonly SqlValue[], alone: boolean): Promise<void> {
    const { insertMode } = this.settings
    const { width, keyWidth } = this.shape
    const isInsert = insertMode === 'insert'
    const rows = isInsert || this.dialect.repeatsKeys ? values : lastOfEachKey(values, width, keyWidth)
    const changed = await this.#send(connection, 'write', rows, width, alone)
    const expected = rows.length / width
    if (isInsert && changed !== expected) {
      throw new ImpossibleWrite(
        `Update count (${changed}) did not sum up to total number of records inserted (${expected}) in table ${this.target.table}`,
        { hint: 'Does a rule or a trigger of the table take rows elsewhere?' },
      )
    }
  }

  /** `values` are keys, row after row. */
  async delete(connection: Connection, values: readonly SqlValue[], alone: boolean): Promise<void> {
    const { keyWidth } = this.shape
    await this.#send(connection, 'delete', values, keyWidth, alone)
  }

  /** True where rows go in with one statement, which is done whole or not at all, and nothing is left to look at. */
  writesAtOnce(values: readonly SqlValue[]): boolean {
    return this.settings.insertMode !== 'insert' && this.#fitsOne('write', values, this.shape.width)
  }

  /** As `writesAtOnce`, of keys. */
  deletesAtOnce(values: readonly SqlValue[]): boolean {
    return this.#fitsOne('delete', values, this.shape.keyWidth)
  }

  #fitsOne(kind: Kind, values: readonly SqlValue[], width: number): boolean {
    return endOfStatement(values, 0, width, this.#most(kind, width, false)) === values.length
  }

  async #send(
    connection: Connection,
    kind: Kind,
    values: readonly SqlValue[],
    width: number,
    alone: boolean,
  ): Promise<number> {
    const arrays = alone ? null : this.#arrayStatement(kind)
    const most = this.#most(kind, width, alone)
    let changed = 0
    for (let start = 0; start < values.length; ) {
      const end = endOfStatement(values, start, width, most)
      const part = start === 0 && end === values.length ? values : values.slice(start, end)
      changed += await (arrays === null || part.length === width
        ? connection.execute(this.#statement(kind, part.length / width), this.#ordered(kind, part))
        : connection.execute(arrays, this.#columns(part, width)))
      start = end
    }
    return changed
  }

  /** An update names its keys last. */
  #ordered(kind: Kind, row: readonly SqlValue[]): readonly SqlValue[] {
    if (kind === 'delete' || this.settings.insertMode !== 'update') return row
    const { keyWidth } = this.shape
    return [...row.slice(keyWidth), ...row.slice(0, keyWidth)]
  }

  #columns(values: readonly SqlValue[], width: number): SqlValue[] {
    return Array.from({ length: width }, (_, column) => this.dialect.arrays!.parameter(values, column, width))
  }

  #most(kind: Kind, width: number, alone: boolean): number {
    if (alone) return 1
    return this.#arrayStatement(kind) === null ? this.#mostRows(kind, width) : Number.POSITIVE_INFINITY
  }

  #mostRows(kind: Kind, width: number): number {
    if (kind === 'write' && this.settings.insertMode === 'update') return 1
    return Math.max(1, Math.min(this.dialect.maxRows, Math.floor(this.dialect.maxParameters / width)))
  }

  #arrayStatement(kind: Kind): string | null {
    const { arrays } = this.dialect
    if (arrays === undefined) return null
    const text = this.#text(`${kind} arrays`, () => {
      const build = kind === 'delete' ? arrays.delete : arrays[this.settings.insertMode]
      return build(this.target) ?? ''
    })
    return text === '' ? null : text
  }

  #statement(kind: Kind, rows: number): string {
    return this.#text(`${kind} ${rows}`, () => {
      if (kind === 'delete') return this.dialect.delete(this.target, rows)
      switch (this.settings.insertMode) {
        case 'insert':
          return this.dialect.insert(this.target, rows)
        case 'upsert':
          return this.dialect.upsert(this.target, rows, this.settings.writing)
        case 'update':
          return this.dialect.update(this.target)
      }
    })
  }

  #text(name: string, build: () => string): string {
    const known = this.#texts.get(name)
    if (known !== undefined) return known
    if (this.#texts.size >= MOST_TEXTS) this.#texts.clear()
    const text = build()
    this.#texts.set(name, text)
    return text
  }
}

/** Where the rows end that one statement takes; at least one row. */
function endOfStatement(values: readonly SqlValue[], start: number, width: number, most: number): number {
  const last = Math.min(values.length, start + most * width)
  let bytes = 0
  for (let row = start; row < last; row += width) {
    for (let i = row; i < row + width; i++) {
      const value = values[i]!
      bytes += typeof value === 'string' || value instanceof Uint8Array ? value.length * 2 : 12
    }
    if (bytes > MOST_BYTES && row > start) return row
  }
  return last
}

/**
 * The rows of which none comes after it with the same key, in their order. A key that holds a null is none other's: to
 * ON CONFLICT, too, nulls are distinct.
 */
function lastOfEachKey(values: readonly SqlValue[], width: number, keyWidth: number): readonly SqlValue[] {
  const last = new Map<SqlValue, number>()
  let ofNulls = 0
  for (let row = 0; row < values.length; row += width) {
    const key = keyOf(values, row, keyWidth)
    if (key === null) ofNulls++
    else last.set(key, row)
  }
  if ((last.size + ofNulls) * width === values.length) return values
  const kept: SqlValue[] = []
  for (let row = 0; row < values.length; row += width) {
    const key = keyOf(values, row, keyWidth)
    if (key !== null && last.get(key) !== row) continue
    for (let i = row; i < row + width; i++) kept.push(values[i]!)
  }
  return kept
}

/** Null where a part of the key is. */
function keyOf(values: readonly SqlValue[], row: number, keyWidth: number): SqlValue {
  if (keyWidth === 1) {
    const value = values[row]!
    // An int64 comes as a number or a bigint.
    if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : text(value)
    return value instanceof Uint8Array ? text(value) : value
  }
  let key = ''
  for (let i = row; i < row + keyWidth; i++) {
    const value = values[i]!
    if (value === null) return null
    const part = text(value)
    key += `${part.length}:${part}`
  }
  return key
}

function text(value: Exclude<SqlValue, null>): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)
}
