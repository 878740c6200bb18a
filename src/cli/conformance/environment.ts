import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { KafkaClient } from '../../kafka/port.ts'
import type { Config } from '../../sdk/plugin.ts'
import { openOffsets } from '../../stores/open-offsets.ts'
import type { Environment, RawRecord, StoredOffset, TestWorker } from '../../testing/index.ts'
import { openKafka } from '../kafka.ts'
import { type KitTopics, kitTopics } from './topics.ts'
import { startProcess, type WorkerProcess } from './worker-process.ts'

export interface KitGround {
  /** Of this behaviour alone. */
  readonly folder: string
  /** `embedded`, or host:port of a broker */
  readonly bootstrap: string
  readonly pluginPath: string
}

/** The conformance kit on what a person with the executable has: its own workers, the embedded log or a Kafka. */
export class KitEnvironment implements Environment {
  readonly #ground: KitGround
  readonly #embedded: boolean
  /** Of this process. */
  #own: Promise<{ topics: ReturnType<typeof kitTopics>; kafka: KafkaClient }> | null = null
  #starting: Promise<unknown> = Promise.resolve()
  #running: WorkerProcess | null = null

  constructor(ground: KitGround) {
    this.#ground = ground
    this.#embedded = ground.bootstrap === 'embedded'
  }

  async startWorker(worker: Config): Promise<TestWorker> {
    const { folder, bootstrap, pluginPath } = this.#ground
    const properties = join(folder, 'worker.properties')
    const log = join(folder, 'worker.log')
    const offsetsFile = join(folder, 'connect.offsets')
    const keys = {
      'bootstrap.servers': bootstrap,
      'bunnect.data.dir': this.#dataDir,
      'offset.storage.file.filename': offsetsFile,
      listeners: 'http://127.0.0.1:0',
      'plugin.path': pluginPath,
      ...worker,
    }
    await writeFile(properties, Object.entries(keys).map(line).join(''))
    const start = async () => {
      if (this.#embedded) await this.#closeOwn()
      const starting = startProcess(properties, folder, log)
      this.#starting = starting.catch(() => {}) // Told to whoever starts it.
      this.#running = await starting
    }
    const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
      const running = this.#running
      this.#running = null
      await running?.end(signal)
    }
    await start()
    return {
      // Over a connection that ends with the answer: a worker that is stopped waits for those that are kept open.
      fetch: (path, init) => fetch(this.#here().url + path, { keepalive: false, ...init }),
      log: () => readFile(log, 'utf8'),
      memory: async () => residentBytes(this.#here().pid),
      stop: () => end('SIGTERM'),
      kill: () => end('SIGKILL'),
      start,
      offsets: connector => offsetsOf(offsetsFile, connector, false),
      forgetOffsets: async connector => void (await offsetsOf(offsetsFile, connector, true)),
    }
  }

  async createTopic(topic: string, partitions: number): Promise<void> {
    await (await this.#topics()).createTopic(topic, partitions)
  }
  async produce(topic: string, records: readonly RawRecord[]): Promise<void> {
    await (await this.#topics()).produce(topic, records)
  }
  async read(topic: string): Promise<RawRecord[]> {
    return (await this.#topics()).read(topic)
  }
  async count(topic: string): Promise<number> {
    return (await this.#topics()).count(topic)
  }
  async committed(group: string, topic: string): Promise<number | null> {
    return (await this.#topics()).committed(group, topic)
  }
  async alterCommitted(group: string, topic: string, offset: number): Promise<void> {
    await (await this.#topics()).alterCommitted(group, topic, offset)
  }

  async members(group: string): Promise<string[]> {
    // The embedded log's consumers are in the worker's own process: no session of theirs can end.
    if (this.#embedded) return []
    const { Admin } = await import('@platformatic/kafka')
    const admin = new Admin({ clientId: 'kit', bootstrapBrokers: [this.#ground.bootstrap] })
    try {
      const found = (await admin.describeGroups({ groups: [group] })).get(group)
      return [...(found?.members.keys() ?? [])].sort()
    } finally {
      await admin.close()
    }
  }

  async close(): Promise<void> {
    await this.#starting
    await this.#running?.end('SIGKILL')
    this.#running = null
    await this.#closeOwn()
  }

  get #dataDir(): string {
    return join(this.#ground.folder, 'data')
  }

  #here(): WorkerProcess {
    if (this.#running === null) throw new Error('the worker does not run')
    return this.#running
  }

  /** One process at a time may have the embedded log: the worker while it runs. */
  async #topics(): Promise<KitTopics> {
    if (this.#embedded && this.#running !== null) return this.#running.topics
    this.#own ??= (async () => {
      const properties = { 'bootstrap.servers': this.#ground.bootstrap }
      const kafka = await openKafka(properties, this.#dataDir)
      return { topics: kitTopics(kafka, properties), kafka }
    })()
    return (await this.#own).topics
  }

  async #closeOwn(): Promise<void> {
    const own = await this.#own
    this.#own = null
    await own?.topics.close()
    await own?.kafka.close()
  }
}

async function offsetsOf(file: string, connector: string, forget: boolean): Promise<StoredOffset[]> {
  const store = await openOffsets(file)
  try {
    const stored = await store.list(connector)
    const tombstones = stored.map(({ partition }) => ({ partition, offset: null }))
    if (forget) await store.set(connector, tombstones)
    return stored
  } finally {
    await store.close()
  }
}

/** Of a process and its children, such as task hosts; none of one that has ended. */
function residentBytes(pid: number): number {
  const own = /^VmRSS:\s+(\d+) kB/m.exec(processFile(pid, 'status'))?.[1] ?? 0
  const children = processFile(pid, `task/${pid}/children`).split(' ').filter(Boolean)
  return children.reduce((sum, child) => sum + residentBytes(Number(child)), Number(own) * 1024)
}

function processFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return '' // A child that has ended meanwhile.
    throw error
  }
}

function line([key, value]: [string, string]): string {
  return `${key}=${value.replaceAll('\\', '\\\\')}\n`
}
