import type { Cell, Connection, SqlValue } from '../drivers/connection.ts'

/** All rows of a result that is small, as those of a catalogue are. */
export async function allRows(
  connection: Connection,
  sql: string,
  values: readonly SqlValue[] = [],
): Promise<Cell[][]> {
  const cursor = await connection.query(sql, values)
  try {
    const rows: Cell[][] = []
    for (;;) {
      const more = await cursor.next(1000)
      if (more.length === 0) return rows
      rows.push(...more)
    }
  } finally {
    await cursor.close()
  }
}

/** `?,?,?` */
export function placeholders(count: number): string {
  return new Array(count).fill('?').join(',')
}

export function textOrNull(cell: Cell | undefined): string | null {
  return cell === null || cell === undefined ? null : String(cell)
}

export function numberOrNull(cell: Cell | undefined): number | null {
  return cell === null || cell === undefined ? null : Number(cell)
}
