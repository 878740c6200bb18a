import type { Dialect, TableId } from '../dialects/dialect.ts'
import { wholeName } from './column-mapping.ts'

export interface TableLists {
  readonly whitelist: readonly string[]
  readonly blacklist: readonly string[]
  readonly include: readonly string[]
  readonly exclude: readonly string[]
}

/** Of the tables that there are, those to read. */
export type TableSelection = (tables: readonly TableId[], dialect: Dialect) => TableId[]

/** Java: io.confluent.connect.jdbc.source.TableMonitorThread, TableCollectionUtils */
export function tableSelection(lists: TableLists): TableSelection {
  const whitelist = new Set(lists.whitelist)
  const blacklist = new Set(lists.blacklist)
  const include = lists.include.map(wholeName)
  const exclude = lists.exclude.map(wholeName)
  return (tables, dialect) =>
    tables.filter(table => {
      const name = fullName(table, dialect)
      const names = [name, quotedName(table, dialect), table.name]
      if (include.length > 0) {
        return include.some(each => each.test(name)) && !exclude.some(each => each.test(name))
      }
      if (whitelist.size > 0) return names.some(each => whitelist.has(each))
      return !names.some(each => blacklist.has(each))
    })
}

/** `schema.table`, as offsets have it. */
export function fullName(table: TableId, dialect: Dialect): string {
  return dialect.nameParts(table).join('.')
}

export function quotedName(table: TableId, dialect: Dialect): string {
  return dialect.nameParts(table).map(dialect.quoted).join('.')
}
