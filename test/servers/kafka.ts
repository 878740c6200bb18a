import { existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { freePort } from './ports.ts'
import { run } from './run.ts'

const script = resolve(import.meta.dir, '../../scripts/kafka')

/** A running Kafka broker of its own: the test may restart, kill and reconfigure it. */
export interface Broker {
  /** host:port for bootstrap.servers */
  readonly bootstrap: string
  readonly dir: string
  /** SIGTERM, wait for the end, start again on the same port and data; `set` adds lines to server.properties */
  restart(set?: Record<string, string>): Promise<void>
  /** SIGKILL; the data stay, `start` brings it back */
  kill(): Promise<void>
  start(): Promise<void>
  /** ends it; the folder is deleted unless `keep` was given */
  stop(): Promise<void>
  /** runs Kafka's own tool: 'topic', 'group', 'config', 'get-offsets' …; returns its standard output */
  tool(name: string, ...args: string[]): Promise<string>
}

export interface BrokerOptions {
  /** lines of server.properties beyond those of scripts/kafka, for example { 'message.max.bytes': '60000000' } */
  set?: Record<string, string>
  port?: number
  dir?: string
  /** of Kafka, such as 3.9.1; default: BUNNECT_TEST_KAFKA, else 4.3.1 */
  version?: string
  /** JVM flags of kafka-server-start.sh instead of those for a quick start; for measurements */
  measured?: boolean
  keep?: boolean
}

/**
 * Starts a broker on a free port and waits until it answers (2-3 s).
 * Tests that only need some broker take {@link sharedBroker}.
 */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const port = options.port ?? (await freePort())
  const dir = options.dir ?? join(serversFolder(), `kafka-${port}`)
  const controller = await freePort()
  const where = ['--port', String(port), '--controller-port', String(controller), '--dir', dir]
  const setArguments = (set: Record<string, string> = {}) =>
    Object.entries(set).flatMap(([key, value]) => ['--set', `${key}=${value}`])
  const kafka = (command: string, ...args: string[]) => run([script, command, ...where, ...args])
  const quick = options.measured ? [] : ['--quick']
  const wanted = options.version ?? process.env['BUNNECT_TEST_KAFKA']
  const version = wanted ? ['--version', wanted] : []
  await kafka('start', ...quick, ...version, ...setArguments(options.set))
  return {
    bootstrap: `127.0.0.1:${port}`,
    dir,
    restart: async set => void (await kafka('restart', ...quick, ...setArguments(set))),
    kill: async () => void (await kafka('kill')),
    start: async () => void (await kafka('start', ...quick)),
    stop: async () => void (await kafka(options.keep ? 'stop' : 'clean')),
    tool: (name, ...args) => kafka(name, ...args),
  }
}

/**
 * A broker for tests that neither restart nor reconfigure it: the one that `scripts/test` started for all
 * test files (BUNNECT_TEST_BROKER), else a new one. Topics need names of their own; `stop` leaves a shared one alone.
 * message.max.bytes is 64 MiB there.
 */
export async function sharedBroker(): Promise<Pick<Broker, 'bootstrap' | 'stop' | 'tool'>> {
  const bootstrap = process.env['BUNNECT_TEST_BROKER']
  if (bootstrap === undefined || bootstrap === '') return startBroker({ set: sharedBrokerSettings })
  const port = bootstrap.slice(bootstrap.lastIndexOf(':') + 1)
  return {
    bootstrap,
    stop: async () => {},
    tool: (name, ...args) => run([script, name, '--port', port, ...args]),
  }
}

export const sharedBrokerSettings = {
  'message.max.bytes': '67108864',
  'replica.fetch.max.bytes': '67108864',
  // Records of tests may bear any timestamp: retention would delete old ones in the middle of a test.
  'log.retention.ms': '-1',
  // Members that have ended are missed soon.
  'group.min.session.timeout.ms': '100',
}

/** Where servers started by tests keep their data: BUNNECT_TEST_DIR (scripts/test clears it) or a folder in /tmp. */
export function serversFolder(): string {
  const folder = process.env['BUNNECT_TEST_DIR'] ?? join(tmpdir(), 'bunnect-servers')
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true })
  return folder
}
