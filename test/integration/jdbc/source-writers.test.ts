import { describe, expect, test } from 'bun:test'
import { dialectFor } from '../../../connectors/jdbc/dialects/index.ts'
import { databases } from './databases.ts'
import { SourceRun } from './source-run.ts'

const servers = databases()

const WRITERS = 3
const TRANSACTIONS = 25

describe.each(['postgres', 'mariadb'] as const)('%s', name => {
  const server = () => servers[name]

  /** Transactions that stay open for a while, so that they commit in another order than that of their rows. */
  async function write(table: string, writer: number): Promise<void> {
    const { url, user, password } = server()
    const connection = await dialectFor(url).connect({ url, user, password, properties: {} })
    try {
      for (let i = 0; i < TRANSACTIONS; i++) {
        await connection.begin()
        await connection.execute(`INSERT INTO ${table} (writer, n) VALUES (?, ?)`, [writer, 2 * i])
        await Bun.sleep((i * 7 * (writer + 1)) % 40)
        await connection.execute(`INSERT INTO ${table} (writer, n) VALUES (?, ?)`, [writer, 2 * i + 1])
        await connection.commit()
      }
    } finally {
      await connection.close()
    }
  }

  // Each waits for its delay most of the time.
  test.concurrent.each(['timestamp+incrementing', 'timestamp'])(
    '%s with a delay longer than transactions last misses no row',
    async mode => {
      const table = mode === 'timestamp' ? 'written_at' : 'written'
      const [id, at] =
        name === 'postgres'
          ? ['bigserial PRIMARY KEY', 'timestamptz NOT NULL DEFAULT clock_timestamp()']
          : ['bigint AUTO_INCREMENT PRIMARY KEY', 'datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)']
      await server().query(`CREATE TABLE ${table} (id ${id}, writer int, n int, at ${at})`)
      const run = await SourceRun.start({
        ...server().config,
        mode,
        'timestamp.column.name': 'at',
        'incrementing.column.name': 'id',
        'timestamp.delay.interval.ms': '8000',
        'poll.interval.ms': '10',
        'batch.max.rows': '11',
        tables: (name === 'postgres' ? 'public.' : 'test.') + table,
      })
      const writers = Array.from({ length: WRITERS }, (_, writer) => write(table, writer))
      await run.take(WRITERS * TRANSACTIONS * 2, 60_000)
      await Promise.all(writers)
      const [writer, n] = [run.values('writer'), run.values('n')]
      const seen = writer.map((each, i) => `${each}.${n[i]}`)
      expect(new Set(seen).size).toBe(WRITERS * TRANSACTIONS * 2)
      expect(seen.length).toBe(new Set(seen).size)
      await run.stop()
    },
  )
})
