import type { Cell } from './connection.ts'
import type { FieldPacket } from './mysql-columns.ts'

/** What is used of a connection of `mysql2`: its types know less of it than there is. */
export interface MysqlClient {
  query(options: { sql: string; rowsAsArray?: boolean; typeCast?: TypeCast }): MysqlQuery
  pause(): void
  resume(): void
  destroy(): void
  end(done: () => void): void
  on(event: 'error' | 'end', listener: (error?: Error) => void): void
  once(event: 'connect' | 'error', listener: (error?: Error) => void): void
}
export interface MysqlQuery {
  on(event: 'fields', listener: (fields: FieldPacket[] | undefined) => void): void
  on(event: 'result', listener: (result: Cell[] | { affectedRows: number }) => void): void
  on(event: 'error', listener: (error: Error) => void): void
  on(event: 'end', listener: () => void): void
}
/** Reads one cell of a row; called for every column, in their order, null or not. */
export type TypeCast = (cell: { string(encoding?: string): string | null; buffer(): Buffer | null }) => Cell
