import { join, resolve } from 'node:path'
import { SQL } from 'bun'
import { serversFolder } from './kafka.ts'
import { freePort } from './ports.ts'
import { run } from './run.ts'

const script = resolve(import.meta.dir, '../../scripts/databases')

/** A running database server of its own: the test may restart and kill it. */
export interface DatabaseServer {
  /** JDBC URL of the database `test`, without user and password. */
  readonly url: string
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** That has signed the server's certificate, in PEM. */
  readonly authority: string
  /** As the connectors want it: connection.url, connection.user, connection.password. */
  readonly config: Readonly<Record<string, string>>
  /** One or several statements over a client that is none of the product's; rows of the last, as objects. */
  query(sql: string, user?: 'test' | 'administrator'): Promise<Record<string, unknown>[]>
  /** In order, on the same port and data. */
  restart(): Promise<void>
  /** SIGKILL; the data stay, `start` brings it back. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Ends it and deletes its folder. */
  stop(): Promise<void>
}

/** PostgreSQL, up in a few seconds. */
export function startPostgres(): Promise<DatabaseServer> {
  return startDatabase('postgres')
}

/** MariaDB, up in a few seconds. */
export function startMariaDb(): Promise<DatabaseServer> {
  return startDatabase('mariadb')
}

const PASSWORD = 'test secret'

async function startDatabase(kind: 'postgres' | 'mariadb'): Promise<DatabaseServer> {
  const port = await freePort()
  const dir = join(serversFolder(), `${kind}-${port}`)
  const database = (command: string) => run([script, command, kind, '--port', String(port), '--dir', dir])
  const url = (await database('start')).trim()
  const administrator = kind === 'postgres' ? 'postgres' : 'root'
  const clients = new Map<string, SQL>()
  const client = (user: string) => {
    let found = clients.get(user)
    if (found === undefined) {
      const adapter = kind === 'postgres' ? 'postgres' : 'mysql'
      const place = { adapter, hostname: '127.0.0.1', port, database: 'test' } as const
      found = new SQL({ ...place, username: user, password: PASSWORD, max: 1 })
      clients.set(user, found)
    }
    return found
  }
  const leave = async () => {
    const open = [...clients.values()]
    clients.clear()
    await Promise.all(open.map(each => each.close({ timeout: 1 })))
  }
  return {
    url,
    host: '127.0.0.1',
    port,
    user: 'test',
    password: PASSWORD,
    authority: join(dir, 'ca.crt'),
    config: { 'connection.url': url, 'connection.user': 'test', 'connection.password': PASSWORD },
    query: async (sql, user = 'test') => {
      const rows = await client(user === 'test' ? 'test' : administrator).unsafe(sql)
      return [...rows]
    },
    restart: async () => {
      await leave()
      await database('restart')
    },
    kill: async () => {
      await leave()
      await database('kill')
    },
    start: async () => void (await database('start')),
    stop: async () => {
      await leave()
      await database('clean')
    },
  }
}
