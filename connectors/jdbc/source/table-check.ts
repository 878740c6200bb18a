/** What a task asks of its tables before it reads them. Java: JdbcSourceTask.validateColumnsExist, validateNonNullable */
import { ConfigException, ConnectException } from '#bunnect'
import type { ColumnDefinition, TableId } from '../dialects/dialect.ts'
import type { Connection } from '../drivers/connection.ts'
import type { SourceSettings } from './settings.ts'
import type { Criteria } from './statements.ts'
import { fullName } from './table-selection.ts'

/**
 * The columns of the mode, as the table has them.
 * @throws ConnectException for columns that there are not, or that may be null where that would lose rows
 */
export async function checkedTable(
  connection: Connection,
  table: TableId,
  settings: SourceSettings,
): Promise<Criteria> {
  const name = fullName(table, settings.dialect)
  const columns = await settings.dialect.columns(connection, table)
  if (columns === null) throw new ConnectException(`There is no table ${name}`)
  const criteria: Criteria = {
    incrementing: settings.mode.endsWith('incrementing') ? incrementingColumn(name, columns, settings) : null,
    timestamps: settings.mode.startsWith('timestamp') ? timestampColumns(name, columns, settings) : [],
  }
  if (settings.validateNonNull) refuseNullable(name, criteria, columns)
  return criteria
}

/** What the mode asks of a query: its columns can only be told by its result. */
export function queryCriteria(settings: SourceSettings): Criteria {
  const [incrementing = ''] = settings.incrementing(null)
  const wanted = settings.mode.endsWith('incrementing')
  if (wanted && incrementing === '') {
    throw new ConfigException('With a query, incrementing.column.name must name the column')
  }
  const timestamps = settings.mode.startsWith('timestamp') ? settings.timestamps(null) : []
  return { incrementing: wanted ? incrementing : null, timestamps }
}

function incrementingColumn(
  table: string,
  columns: readonly ColumnDefinition[],
  settings: SourceSettings,
): string {
  const [wanted = ''] = settings.incrementing(table)
  if (wanted === '') {
    const counting = columns.find(column => column.autoIncrement)
    if (counting !== undefined) return counting.name
    throw new ConnectException(`Table ${table} has no column that counts by itself`, {
      hint: 'Name the column that only grows with incrementing.column.name.',
    })
  }
  const found = columnNamed(wanted, columns)
  if (found !== null) return found.name
  throw new ConfigException(`Incrementing column: ${wanted} does not exist.`, {
    hint: columnsOf(table, columns),
  })
}

function timestampColumns(
  table: string,
  columns: readonly ColumnDefinition[],
  settings: SourceSettings,
): string[] {
  const wanted = settings.timestamps(table).filter(name => name !== '')
  if (wanted.length === 0) {
    throw new ConfigException(`mode=${settings.mode} needs the columns of timestamp.column.name`)
  }
  const missing = wanted.filter(name => columnNamed(name, columns) === null)
  if (missing.length > 0) {
    throw new ConfigException(`Timestamp columns: ${missing.join(', ')} do not exist.`, {
      hint: columnsOf(table, columns),
    })
  }
  return wanted.map(name => columnNamed(name, columns)!.name)
}

function refuseNullable(
  table: string,
  { incrementing, timestamps }: Criteria,
  columns: readonly ColumnDefinition[],
): void {
  const nullable = (name: string) => columnNamed(name, columns)?.nullable === true
  // A primary key is never null, whatever SQLite says of it.
  if (incrementing !== null && nullable(incrementing) && !columnNamed(incrementing, columns)?.primaryKey) {
    throw new ConnectException(
      `Cannot make incremental queries using incrementing column ${incrementing} on ${table} because this column is nullable.`,
      { hint: NULLS },
    )
  }
  if (timestamps.length > 0 && timestamps.every(nullable)) {
    throw new ConnectException(
      `Cannot make incremental queries using timestamp columns ${timestamps.join(',')} on ${table} because all of these columns are nullable.`,
      { hint: NULLS },
    )
  }
}

const NULLS =
  'Rows without a value would never be read: declare the column NOT NULL, or set validate.non.null=false if there are none.'

function columnNamed(name: string, columns: readonly ColumnDefinition[]): ColumnDefinition | null {
  const exact = columns.find(column => column.name === name)
  if (exact !== undefined) return exact
  const alike = columns.filter(column => column.name.toLowerCase() === name.toLowerCase())
  return alike.length === 1 ? alike[0]! : null
}

function columnsOf(table: string, columns: readonly ColumnDefinition[]): string {
  return `Table ${table} has ${columns.map(column => column.name).join(', ')}.`
}
