import { join } from 'node:path'
import { type DatabaseServer, startPostgres } from '../../servers/databases.ts'
import { freePort } from '../../servers/ports.ts'
import { processCost } from '../../servers/process-cost.ts'
import { until } from '../../servers/run.ts'
import { type ConnectWorker, programOf } from '../../servers/worker.ts'
import type { Bench, Measurement } from '../case.ts'
import { benchWorker, checkAlive } from '../worker-run.ts'
import { checksumQuery, orders, rowChecksum } from './orders.ts'

export const TABLE = 'orders'
const MOST_ROWS = 1_000_000

export function rowsOf(lines: number): number {
  return Math.min(lines, MOST_ROWS)
}

/** A database with a filled table and a schema registry, for the rounds of a case. */
export class JdbcGround {
  private constructor(
    readonly database: DatabaseServer,
    readonly rows: number,
    private readonly registry: Bun.Subprocess,
    private readonly registryUrl: string,
    private readonly sum: string,
  ) {}

  static async start(bench: Bench): Promise<JdbcGround> {
    const rows = rowsOf(bench.lines)
    const database = await startPostgres()
    let registry: Bun.Subprocess | undefined
    try {
      // As it is installed: the server of the tests does not write through to the disk and has little memory.
      await database.query('ALTER SYSTEM SET fsync = on', 'administrator')
      await database.query("ALTER SYSTEM SET shared_buffers = '128MB'", 'administrator')
      await database.restart()
      for (const statement of orders(TABLE, rows).split(';')) await database.query(statement)
      // Hint bits are written now, not in the first round.
      await database.query(`VACUUM ${TABLE}`)
      await database.query('CHECKPOINT', 'administrator')
      const url = `http://127.0.0.1:${await freePort()}`
      const data = join(bench.dir, `registry-${database.port}`)
      registry = Bun.spawn([...programOf('bunnect'), 'schema-registry', '--listeners', url, '--data', data], {
        stdin: 'ignore',
        stdout: 'ignore',
        stderr: Bun.file(join(bench.dir, `registry-${database.port}.log`)),
      })
      await until('the schema registry', async () => (await fetch(`${url}/subjects`)).ok)
      return new JdbcGround(database, rows, registry, url, await checksum(database, TABLE, rows))
    } catch (error) {
      registry?.kill()
      await database.stop()
      throw error
    }
  }

  async stop(): Promise<void> {
    this.registry.kill()
    await this.registry.exited
    await this.database.stop()
  }

  /** A fresh worker whose values are Avro. */
  worker(bench: Bench, contender: string): Promise<ConnectWorker> {
    return benchWorker(bench, contender, {
      worker: {
        'value.converter': 'io.confluent.connect.avro.AvroConverter',
        'value.converter.schema.registry.url': this.registryUrl,
      },
    })
  }

  /** Reads the table into the topic `${prefix}orders`; resolves when it holds a record for every row. */
  async read(bench: Bench, worker: ConnectWorker, prefix: string): Promise<void> {
    await worker.create({
      name: prefix,
      'connector.class': 'io.confluent.connect.jdbc.JdbcSourceConnector',
      'tasks.max': '1',
      ...this.connection,
      mode: 'incrementing',
      'incrementing.column.name': 'id',
      'table.whitelist': TABLE,
      'topic.prefix': prefix,
    })
    const topic = prefix + TABLE
    let end = 0
    await this.awaitRows(worker, prefix, `${this.rows} records in ${topic}`, async () => {
      end = await bench.probe.endOffset(topic)
      return end >= this.rows
    })
    if (end > this.rows) throw new Error(`${end} records in the topic, ${this.rows} rows in the table`)
  }

  /** Asks the worker only now and then: its answers cost what is measured. */
  async awaitRows(
    worker: ConnectWorker,
    connector: string,
    what: string,
    isThere: () => Promise<boolean>,
  ): Promise<void> {
    let looked = performance.now()
    // What a probe throws only counts as "not yet".
    const failure = await until<Error | 'there'>(
      what,
      async () => {
        if (await isThere()) return 'there'
        if (performance.now() - looked < 2000) return
        looked = performance.now()
        return checkAlive(worker, connector).then(
          () => undefined,
          (error: Error) => error,
        )
      },
      600_000,
      20,
    )
    if (failure !== 'there') throw failure
  }

  /** Nobody's traffic is encrypted: each client would do it in another way. */
  get connection(): Record<string, string> {
    return { ...this.database.config, 'connection.url': `${this.database.url}?sslmode=disable` }
  }

  /** Throws when the topic does not hold what the table does. */
  async verifyTopic(bench: Bench, topic: string): Promise<void> {
    let sum = 0n
    for await (const { value } of bench.probe.read(topic)) sum += BigInt(rowChecksum(value!))
    if (String(sum) !== this.sum) throw new Error(`the rows in ${topic} are not those of ${TABLE}`)
  }

  /** Throws when the table does not hold what the one at first does. */
  async verifyTable(table: string): Promise<void> {
    if ((await checksum(this.database, table, this.rows)) !== this.sum)
      throw new Error(`the rows of ${table} are not those of ${TABLE}`)
  }

  /** Runs psql to its end, for so many rows. */
  async psql(args: string[]): Promise<Measurement> {
    const { host, port, user, password } = this.database
    const place = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', host, '-p', String(port), '-U', user, 'test']
    const from = performance.now()
    const child = Bun.spawn(['psql', ...place, ...args], {
      stdin: 'ignore',
      stdout: Bun.file('/dev/null'),
      stderr: 'inherit',
      env: { ...process.env, PGPASSWORD: password, PGSSLMODE: 'disable' },
    })
    const peak = peakOf(child)
    const code = await child.exited
    const seconds = (performance.now() - from) / 1000
    if (code !== 0) throw new Error(`psql ${args.join(' ')} ended with ${code}`)
    const cpuSeconds = Number(child.resourceUsage()!.cpuTime.total) / 1e6
    return { figure: this.rows / seconds, cpuSeconds, peakRssMb: await peak }
  }
}

/** Looked at while it runs: what is told at its end counts the process that has started it, too. */
async function peakOf(child: Bun.Subprocess): Promise<number> {
  let peak = 0
  while (child.exitCode === null && child.signalCode === null) {
    try {
      peak = processCost(child.pid).peakRssMb
    } catch {
      break // it has ended since
    }
    await Bun.sleep(20)
  }
  return peak
}

async function checksum(database: DatabaseServer, table: string, rows: number): Promise<string> {
  const [found] = await database.query(checksumQuery(table))
  if (found!['rows'] !== rows) throw new Error(`${found!['rows']} rows in ${table}, not ${rows}`)
  return found!['checksum'] as string
}
