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
      const full = [fullName(table, dialect), ...withCatalogue(table)]
      const names = [...full, quotedName(table, dialect), table.name]
      if (include.length > 0) {
        const isIn = (list: readonly RegExp[]) => list.some(each => full.some(name => each.test(name)))
        return isIn(include) && !isIn(exclude)
      }
      if (whitelist.size > 0) return names.some(each => whitelist.has(each))
      return !names.some(each => blacklist.has(each))
    })
}

/** Releases of the JVM's driver differ in whether a name has all three parts. */
function withCatalogue({ catalog, schema, name }: TableId): string[] {
  return catalog === null || schema === null ? [] : [`${catalog}.${schema}.${name}`]
}

/** `schema.table`, as offsets have it. */
export function fullName(table: TableId, dialect: Dialect): string {
  return dialect.nameParts(table).join('.')
}

export function quotedName(table: TableId, dialect: Dialect): string {
  return dialect.nameParts(table).map(dialect.quoted).join('.')
}
