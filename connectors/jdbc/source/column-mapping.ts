import { ConfigException } from '#bunnect'

/** The columns of a table by its whole name; null stands for a query. */
export type ColumnsByTable = (table: string | null) => readonly string[]

/**
 * `<regex>:<column>` or `<regex>:[<column>|<column>]`, each table by exactly one entry; without any the same for all.
 * @throws ConfigException for an entry of another form
 */
export function columnMapping(entries: readonly string[], forAll: readonly string[]): ColumnsByTable {
  if (entries.length === 0) return () => forAll
  const mappings = entries.map(mappingOf)
  return table => {
    if (table === null) return forAll
    const found = mappings.filter(({ pattern }) => pattern.test(table))
    if (found.length === 1) return found[0]!.columns
    const many = found.length === 0 ? 'no entry' : `${found.length} entries`
    throw new ConfigException(
      `Table ${table} is matched by ${many} of the mapping ${entries.join(', ')}: it must be one`,
    )
  }
}

function mappingOf(entry: string): { pattern: RegExp; columns: string[] } {
  const match = /^([\s\S]+):(?:\[([^\]]+)\]|([^[\]:]+))$/.exec(entry.trim())
  if (match === null) {
    throw new ConfigException(
      `The mapping ${entry} is not of the form <regex>:<column> or <regex>:[<column>|<column>]`,
    )
  }
  const [, regex, several, one] = match
  const columns = (several ?? one)!.split('|').map(column => column.trim())
  return { pattern: wholeName(regex!.trim()), columns }
}

/** @throws ConfigException for what is no regular expression */
export function wholeName(regex: string): RegExp {
  try {
    return new RegExp(`^(?:${regex})$`, 'u')
  } catch (error) {
    throw new ConfigException(`${regex} is no regular expression: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
