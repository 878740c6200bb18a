/** Which database a connector speaks with. Java: io.confluent.connect.jdbc.dialect.DatabaseDialects */
import { ConnectException } from '#bunnect'
import { withoutSecrets } from '../drivers/server-url.ts'
import type { Dialect } from './dialect.ts'
import { mysql } from './mysql/index.ts'
import { oracle } from './oracle/index.ts'
import { postgres } from './postgres/index.ts'
import { sqlite } from './sqlite/index.ts'
import { sqlServer } from './sqlserver/index.ts'

const DIALECTS: readonly Dialect[] = [postgres, mysql, sqlite, oracle, sqlServer]

/**
 * That of `dialect.name`, or else of the URL.
 * @throws ConnectException for a database that there is no dialect of
 */
export function dialectFor(url: string, name: string | null = null): Dialect {
  const known = DIALECTS.map(dialect => dialect.name).join(', ')
  if (name) {
    const named = DIALECTS.find(dialect => dialect.name === name)
    if (named !== undefined) return named
    throw new ConnectException(`There is no dialect ${name} here: dialect.name is one of ${known}`)
  }
  const lower = url.trim().toLowerCase()
  const found = DIALECTS.find(dialect => dialect.prefixes.some(prefix => lower.startsWith(prefix)))
  if (found !== undefined) return found
  const prefixes = DIALECTS.flatMap(dialect => dialect.prefixes).join(', ')
  throw new ConnectException(
    lower.startsWith('jdbc:')
      ? `There is no dialect for connection.url ${withoutSecrets(url)} here: it begins with one of ${prefixes}`
      : `connection.url ${withoutSecrets(url)} is no JDBC URL: it begins with one of ${prefixes}`,
  )
}
