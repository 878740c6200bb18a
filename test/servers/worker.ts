import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { serversFolder } from './kafka.ts'
import { freePort } from './ports.ts'
import { propertiesText } from './properties.ts'
import { setupDone, until } from './run.ts'

const root = resolve(import.meta.dir, '../..')

/** A JVM takes 5 s where it is alone; beside a dozen others on two cores it has taken more than 90. */
const START_MS = 180_000
/** The JVM's REST server alone waits 60 s for a connection that does not end. */
const STOP_MS = 100_000
/**
 * Jetty's own hook and Connect's stop the JVM's REST server at the same time. Where Jetty's takes apart what Connect's
 * is stopping, Connect waits for ever, and comes to stopping nothing else. It says so; how often that is looked for.
 */
const TAKEN_APART = /\[JettyShutdownThread\] WARN .* Unable to destroy/
const TAKEN_APART_MS = 20_000

/** The two implementations that are compared: Kafka Connect 4.3.1 on the JVM, and ours. */
export type Side = 'jvm' | 'bunnect'

export interface WorkerOptions {
  bootstrap: string
  /** default standalone; distributed needs group.id and the three topics in `worker` */
  mode?: 'standalone' | 'distributed'
  /** worker keys beyond bootstrap.servers, listeners and offset.storage.file.filename; undefined removes one of those */
  worker?: Record<string, string | undefined>
  /** connector properties given on the command line (standalone) */
  connectors?: Record<string, string>[]
  /** folder for property files, log and offsets; reused by a later start to resume */
  dir?: string
  port?: number
  env?: Record<string, string>
  /** standard input of the process, for console sources */
  stdin?: Blob
  /** false: return at once, do not wait for the REST port */
  awaitRest?: boolean
}

/** A Connect worker process that the test owns. */
export interface ConnectWorker {
  readonly side: Side
  readonly pid: number
  readonly dir: string
  readonly port: number
  /** http://127.0.0.1:PORT */
  readonly rest: string
  /** offset.storage.file.filename */
  readonly offsetsFile: string
  /** performance.now() of the spawn and of the first 200 on GET / */
  readonly spawnedAt: number
  readonly readyAt: number
  readonly exited: Promise<number>
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** POST /connectors; fails unless it answers 201 */
  create(config: Record<string, string>): Promise<void>
  /** waits until connector and all tasks (at least one) are in this state */
  awaitState(connector: string, state: string): Promise<void>
  /** all that the process wrote to its two outputs, standard output first */
  log(): Promise<string>
  /** what it wrote to standard output, which belongs to connectors */
  output(): Promise<string>
  /**
   * SIGTERM; resolves with the exit code. Fails, after SIGKILL, where that takes longer than either side ever waits.
   * A JVM that its two hooks have stuck ends by SIGKILL, with nothing committed.
   */
  stop(): Promise<number>
  kill(): Promise<void>
}

/**
 * Starts a worker of either side with the same property files. BUNNECT_TEST_HOSTS=N gives ours so many task hosts:
 * what a test sees must be the same. Java: ConnectStandalone, ConnectDistributed */
export async function startWorker(side: Side, options: WorkerOptions): Promise<ConnectWorker> {
  const port = options.port ?? (await freePort())
  const dir = options.dir ?? join(serversFolder(), `${side}-${port}`)
  mkdirSync(dir, { recursive: true })
  const mode = options.mode ?? 'standalone'
  const offsetsFile = options.worker?.['offset.storage.file.filename'] ?? join(dir, 'connect.offsets')
  const workerFile = join(dir, 'worker.properties')
  const hosts = side === 'bunnect' ? process.env['BUNNECT_TEST_HOSTS'] : undefined
  const standaloneKeys = mode === 'standalone' ? { 'offset.storage.file.filename': offsetsFile } : {}
  const worker: Record<string, string | undefined> = {
    'bootstrap.servers': options.bootstrap,
    listeners: `http://127.0.0.1:${port}`,
    ...standaloneKeys,
    ...(hosts && { 'bunnect.task.hosts': hosts }),
    ...options.worker,
  }
  await Bun.write(workerFile, propertiesText(withoutUndefined(worker)))
  const connectorFiles = await Promise.all(
    (options.connectors ?? []).map(async connector => {
      const file = join(dir, `${encodeURIComponent(connector['name'] ?? 'unnamed')}.properties`)
      await Bun.write(file, propertiesText(connector))
      return file
    }),
  )
  const logFile = join(dir, 'worker.log')
  const outputFile = join(dir, 'worker.out')
  await Promise.all([logFile, outputFile].map(file => Bun.write(file, '')))
  const spawnedAt = performance.now()
  const child = Bun.spawn([...programOf(side), mode, workerFile, ...connectorFiles], {
    cwd: dir,
    stdin: options.stdin ?? 'ignore',
    // Two openings of one file would write over each other's lines.
    stdout: Bun.file(outputFile),
    stderr: Bun.file(logFile),
    env: { ...process.env, ...setupDone, ...options.env },
  })
  await Bun.write(join(dir, 'worker.pid'), String(child.pid))
  const rest = `http://127.0.0.1:${port}`
  const output = () => Bun.file(outputFile).text()
  const log = async () => (await output()) + (await Bun.file(logFile).text())
  const state = { readyAt: Number.NaN }
  const handle: ConnectWorker = {
    side,
    pid: child.pid,
    dir,
    port,
    rest,
    offsetsFile,
    spawnedAt,
    get readyAt() {
      return state.readyAt
    },
    exited: child.exited,
    fetch: (path, init) => ask(rest + path, init),
    create: config => createConnector(side, rest, config),
    awaitState: (connector, wanted) => awaitState(rest, connector, wanted),
    log,
    output,
    stop: async () => {
      child.kill('SIGTERM')
      const within = (ms: number) => Promise.race([child.exited, Bun.sleep(ms).then(() => null)])
      for (let waited = 0; waited < STOP_MS; waited += TAKEN_APART_MS) {
        const ended = await within(TAKEN_APART_MS)
        if (ended !== null) return ended
        if (side === 'jvm' && TAKEN_APART.test(await log())) child.kill('SIGKILL')
      }
      if (side === 'jvm') child.kill('SIGQUIT') // It prints what its threads do.
      await Bun.sleep(1000)
      child.kill('SIGKILL')
      await child.exited
      throw new Error(`${side} did not end within ${STOP_MS} ms of SIGTERM: ${(await log()).slice(-20_000)}`)
    },
    kill: async () => {
      child.kill('SIGKILL')
      await child.exited
    },
  }
  if (options.awaitRest === false) return handle
  await until(
    `first answer of ${side} on ${rest}`,
    async () => {
      if (child.exitCode !== null || child.signalCode !== null) return true
      return (await ask(rest)).status === 200
    },
    START_MS,
    2,
  ).catch(async error => {
    await handle.kill()
    throw error
  })
  state.readyAt = performance.now()
  if (child.exitCode !== null || child.signalCode !== null) {
    throw new Error(
      `${side} ended with ${child.exitCode ?? child.signalCode} before it answered\n${await log()}`,
    )
  }
  return handle
}

/** The command that runs a side; ours is dist/bunnect unless BUNNECT_BIN names another. */
export function programOf(side: Side): string[] {
  return side === 'jvm' ? [join(root, 'scripts/jvm-connect')] : [bunnectBinary()]
}

export function bunnectBinary(): string {
  return process.env['BUNNECT_BIN'] ?? join(root, 'dist/bunnect')
}

async function createConnector(side: Side, rest: string, config: Record<string, string>): Promise<void> {
  const create = async (): Promise<{ status: number; text: string }> => {
    const answer = await ask(`${rest}/connectors`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: config['name'], config }),
    })
    return { status: answer.status, text: await answer.text() }
  }
  // The JVM refuses what comes while it reconfigures tasks.
  const isBusy = ({ status, text }: { status: number; text: string }) =>
    status === 409 && text.includes('stale configuration')
  const settled = () => until('another answer', () => create().then(answer => !isBusy(answer) && answer))
  const first = await create()
  const { status, text } = side === 'jvm' && isBusy(first) ? await settled() : first
  if (status !== 201) throw new Error(`POST /connectors answered ${status}: ${text}`)
}

async function awaitState(rest: string, connector: string, wanted: string): Promise<void> {
  let seen = ''
  const path = `${rest}/connectors/${encodeURIComponent(connector)}/status`
  await until(`${connector} to be ${wanted}`, async () => {
    const answer = await ask(path)
    seen = await answer.text()
    if (answer.status !== 200) return false
    const status = JSON.parse(seen) as { connector: { state: string }; tasks: { state: string }[] }
    return (
      status.connector.state === wanted &&
      status.tasks.length > 0 &&
      status.tasks.every(t => t.state === wanted)
    )
  }).catch(error => {
    throw new Error(`${error.message}; last status: ${seen}`, { cause: error })
  })
}

/** Over a connection that ends with the answer: the JVM's stop waits up to 60 s for those that clients keep open. */
function ask(url: string, init?: RequestInit): Promise<Response> {
  return fetch(url, { keepalive: false, ...init })
}

function withoutUndefined(entries: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entries).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
