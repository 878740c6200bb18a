import type { Schema, SinkRecord } from '#bunnect'
import type { Dialect, TableId } from '../dialects/dialect.ts'
import type { SqlValue } from '../drivers/connection.ts'
import { recordCheck } from './record-check.ts'
import { RowShape } from './row-shape.ts'
import type { SinkSettings } from './settings.ts'
import { sqlNameOf, tableIdOf } from './target-table.ts'

/** How many shapes of a table are kept: schemas take turns where records of several versions are mixed. */
const MOST_SHAPES = 50

/** Rows to write, then keys to delete, in one table: nothing that follows on a delete is among the rows. */
export interface Chunk {
  readonly destination: Destination
  /** Null while there are only deletes. */
  shape: RowShape | null
  /** Row after row. */
  readonly rows: SqlValue[]
  deleteShape: RowShape | null
  readonly keys: SqlValue[]
  records: number
}

/** A table that records go to, and the shapes that they had. */
class Destination {
  readonly id: TableId
  readonly sqlName: string
  readonly #shapes: RowShape[] = []

  constructor(
    readonly name: string,
    private readonly dialect: Dialect,
    private readonly settings: SinkSettings,
  ) {
    this.id = tableIdOf(dialect, name, settings.quotes)
    this.sqlName = sqlNameOf(dialect, this.id, settings.quotes)
  }

  /** @throws ConnectException */
  shape(keySchema: Schema | null, valueSchema: Schema | null): RowShape {
    for (const shape of this.#shapes)
      if (shape.keySchema === keySchema && shape.valueSchema === valueSchema) return shape
    const known = this.#shapes.find(
      shape => same(shape.keySchema, keySchema) && same(shape.valueSchema, valueSchema),
    )
    if (known !== undefined) return known
    const shape = new RowShape(this.sqlName, keySchema, valueSchema, this.settings, this.dialect.writing)
    if (this.#shapes.length >= MOST_SHAPES) this.#shapes.shift()
    this.#shapes.push(shape)
    return shape
  }
}

function same(a: Schema | null, b: Schema | null): boolean {
  return a === b || (a?.equals(b) ?? false)
}

/** Divides records into what statements can carry. Java: BufferedRecords.add, of all tables */
export class WritePlanner {
  readonly #destinations = new Map<string, Destination>()
  readonly #check: (record: SinkRecord) => void

  constructor(
    private readonly dialect: Dialect,
    private readonly settings: SinkSettings,
  ) {
    this.#check = recordCheck(settings)
  }

  /** In an order in which they may be written. @throws ConnectException for a record that has no row */
  plan(records: readonly SinkRecord[]): Chunk[] {
    const chunks: Chunk[] = []
    const open = new Map<Destination, Chunk>()
    for (const record of records) {
      const isTombstone = record.value === null || record.value === undefined
      if (isTombstone && this.settings.skipsTombstones) continue
      this.#check(record)
      const destination = this.destination(record.topic!)
      const isDelete = isTombstone && this.settings.deletes
      const shape = destination.shape(
        keySchemaOf(record, this.settings),
        isTombstone ? null : record.valueSchema,
      )
      let chunk = open.get(destination)
      if (chunk === undefined || !this.#takes(chunk, shape, isDelete)) {
        chunk = { destination, shape: null, rows: [], deleteShape: null, keys: [], records: 0 }
        chunks.push(chunk)
        open.set(destination, chunk)
      }
      if (isDelete) {
        chunk.deleteShape = shape
        shape.append(record, chunk.keys, shape.keyWidth)
      } else {
        chunk.shape = shape
        shape.append(record, chunk.rows)
      }
      chunk.records++
    }
    return chunks
  }

  #takes(chunk: Chunk, shape: RowShape, isDelete: boolean): boolean {
    if (chunk.records >= this.settings.batchSize) return false
    if (isDelete) return chunk.deleteShape === null || chunk.deleteShape === shape
    return chunk.keys.length === 0 && (chunk.shape === null || chunk.shape === shape)
  }

  /** @throws ConnectException for a topic that has no table */
  destination(topic: string): Destination {
    const known = this.#destinations.get(topic)
    if (known !== undefined) return known
    const name = this.settings.tableOf(topic)
    let destination = [...this.#destinations.values()].find(({ name: other }) => other === name)
    destination ??= new Destination(name, this.dialect, this.settings)
    this.#destinations.set(topic, destination)
    return destination
  }
}

/** The key's schema matters only where the key is written. */
function keySchemaOf(record: SinkRecord, { keyMode }: SinkSettings): Schema | null {
  return keyMode === 'record_key' ? record.keySchema : null
}
