import { afterAll, beforeAll } from 'bun:test'
import { type DatabaseServer, startMariaDb, startPostgres } from '../../servers/databases.ts'

/** A PostgreSQL and a MariaDB for the tests of the file that calls this: they are there while its tests run. */
export function databases(): Readonly<Record<'postgres' | 'mariadb', DatabaseServer>> {
  const servers = {} as Record<'postgres' | 'mariadb', DatabaseServer>
  beforeAll(async () => {
    ;[servers.postgres, servers.mariadb] = await Promise.all([startPostgres(), startMariaDb()])
  }, 120_000)
  afterAll(async () => {
    await Promise.all([servers.postgres?.stop(), servers.mariadb?.stop()])
  }, 120_000)
  return servers
}
