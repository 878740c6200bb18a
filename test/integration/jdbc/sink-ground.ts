import { Database } from 'bun:sqlite'
import { afterAll, beforeAll } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jdbcSinkConnector } from '../../../connectors/jdbc/sink.ts'
import {
  type Config,
  ConnectException,
  type ErrantRecordReporter,
  parseConfig,
  type Schema,
  SchemaBuilder,
  SinkRecord,
  type SinkTaskContext,
  Struct,
} from '../../../src/sdk/index.ts'
import { type DatabaseServer, startMariaDb, startPostgres } from '../../servers/databases.ts'

/** A database that sinks write into, and that tests ask by themselves. */
export interface Target {
  readonly name: 'postgres' | 'mariadb' | 'sqlite'
  readonly config: Config
  readonly server: DatabaseServer | null
  /** Rows as objects. The administrator has a session of its own. */
  query(sql: string, user?: 'test' | 'administrator'): Promise<Record<string, unknown>[]>
  stop(): Promise<void>
}

const started: Record<Target['name'], () => Promise<Target>> = {
  postgres: async () => served('postgres', await startPostgres()),
  mariadb: async () => served('mariadb', await startMariaDb()),
  sqlite: async () => {
    const folder = await mkdtemp(join(process.env['BUNNECT_TEST_DIR'] ?? tmpdir(), 'jdbc-sink-'))
    const path = join(folder, 'shop.db')
    const database = new Database(path, { safeIntegers: true })
    database.run('PRAGMA journal_mode = WAL')
    database.run('PRAGMA busy_timeout = 5000')
    return {
      name: 'sqlite',
      config: { 'connection.url': `jdbc:sqlite:${path}` },
      server: null,
      query: async sql => database.prepare<Record<string, unknown>, []>(sql).all(),
      stop: async () => {
        database.close()
        await rm(folder, { recursive: true })
      },
    }
  },
}

export const targetNames = Object.keys(started) as Target['name'][]

export const startTarget = (name: Target['name']): Promise<Target> => started[name]()

/** One for the tests of a file, or of a `describe`, that calls this: it is there while they run. */
export function targetOf(name: Target['name']): Target {
  let target: Target | undefined
  beforeAll(async () => {
    target = await startTarget(name)
  }, 120_000)
  afterAll(() => target?.stop())
  return {
    name,
    get config() {
      return target!.config
    },
    get server() {
      return target!.server
    },
    query: (sql, user) => target!.query(sql, user),
    stop: () => target!.stop(),
  }
}

function served(name: Target['name'], server: DatabaseServer): Target {
  return { name, config: server.config, server, query: server.query, stop: () => server.stop() }
}

/** A task of the connector's own definition with what a worker would have noted of it. */
export interface RunningTask {
  put(records: SinkRecord[]): Promise<void>
  stop(): Promise<void>
  readonly timeouts: number[]
  readonly reported: { offset: number; message: string }[]
  readonly lines: string[]
}

/** `reports`: true takes the reports and notes them; a reporter gets them after that. */
export function startTask(
  target: Pick<Target, 'config'>,
  config: Config,
  reports: boolean | ErrantRecordReporter = false,
  signal = new AbortController().signal,
): RunningTask {
  const given = { name: 'sink', ...target.config, ...config }
  const timeouts: number[] = []
  const reported: RunningTask['reported'] = []
  const lines: string[] = []
  const note = (message: string) => void lines.push(message)
  const reporter = {
    report: async (record: SinkRecord, error: unknown) => {
      reported.push({ offset: record.kafkaOffset, message: (error as Error).message })
      if (reports !== true && reports !== false) await reports.report(record, error)
    },
  }
  const context = {
    connectorName: 'sink',
    task: 0,
    log: { debug: note, info: note, warn: note, error: note },
    signal,
    configs: () => given,
    timeout: (ms: number) => void timeouts.push(ms),
    errantRecordReporter: () => (reports === false ? null : reporter),
  } as unknown as SinkTaskContext
  const task = jdbcSinkConnector.task(parseConfig(jdbcSinkConnector.config, given), context)
  return {
    put: async records => await task.put(records),
    stop: async () => await task.stop?.(),
    timeouts,
    reported,
    lines,
  }
}

/** Puts, then stops the task. */
export async function put(target: Target, config: Config, ...batches: SinkRecord[][]): Promise<RunningTask> {
  const task = startTask(target, config)
  try {
    for (const batch of batches) await task.put(batch)
  } finally {
    await task.stop()
  }
  return task
}

/** The message and the hint of what a put refuses with. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    return error instanceof ConnectException ? `${error.message} | ${error.hint ?? ''}` : String(error)
  }
  return 'no refusal'
}

/** A builder per field: `{ id: SchemaBuilder.int64() }`. */
export function struct(fields: Record<string, SchemaBuilder>): Schema {
  const builder = SchemaBuilder.struct().name('row')
  for (const [name, field] of Object.entries(fields)) builder.field(name, field.build())
  return builder.build()
}

let offset = 0

/** The next record of the topic; null for the value makes a tombstone. */
export function record(
  topic: string,
  key: [Schema, unknown] | null,
  schema: Schema | null,
  values: Record<string, unknown> | string | null,
): SinkRecord {
  let value: unknown = values
  if (values !== null && typeof values === 'object') {
    const made = new Struct(schema!)
    for (const [name, each] of Object.entries(values)) made.put(name, each)
    value = made
  }
  const keyValue = key === null ? null : key[1]
  return new SinkRecord(
    topic,
    0,
    key?.[0] ?? null,
    keyValue,
    values === null ? null : schema,
    value,
    offset++,
  )
}

export function structOf(schema: Schema, values: Record<string, unknown>): Struct {
  const made = new Struct(schema)
  for (const [name, each] of Object.entries(values)) made.put(name, each)
  return made
}

/** Numbers, however the client gives them. */
export const numbers = (rows: Record<string, unknown>[], name: string): number[] =>
  rows.map(row => Number(row[name]))
