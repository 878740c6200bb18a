/** Groups of several workers, and sources that show in their records when each of them stood still. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { processCost } from '../servers/process-cost.ts'
import { run, until } from '../servers/run.ts'
import type { TopicRecord } from '../servers/topics.ts'
import type { ConnectWorker } from '../servers/worker.ts'
import type { Bench, Measurement } from './case.ts'
import { benchWorker } from './worker-run.ts'

/** Lost work is given away at once. */
export const quickGroup = { 'scheduled.rebalance.max.delay.ms': '0' }

/** The JVM writes what its herder says, as it does by itself; ours always does. */
export const herderLog = {
  JVM_CONNECT_OPTS:
    '-Dorg.slf4j.simpleLogger.log.org.apache.kafka.connect.runtime.distributed.DistributedHerder=info',
}

/** Defaults of `heartbeat.interval.ms` and `session.timeout.ms`, which the cases leave alone. */
export const HEARTBEAT_MS = 3000
export const SESSION_MS = 10_000

interface Place {
  state: string
  worker_id: string
}

interface Status {
  name: string
  connector: Place
  tasks: Place[]
}

/** One Connect group of a contender, with a topic for its records. */
export class BenchGroup {
  readonly name: string
  readonly workers: ConnectWorker[] = []
  readonly #bench: Bench
  readonly #contender: string
  readonly #keys: Record<string, string>

  constructor(
    bench: Bench,
    contender: string,
    name: string,
    keys: Record<string, string> = {},
    /** Milliseconds between two records of a source. */
    readonly pace = 50,
  ) {
    this.#bench = bench
    this.#contender = contender
    this.#keys = keys
    this.name = `${name}-${contender.replaceAll(/\W+/g, '-')}-${process.pid}-${Date.now()}`
  }

  get topic(): string {
    return `${this.name}-records`
  }

  /** Starts another worker, and waits until it answers. */
  async start(): Promise<ConnectWorker> {
    if (this.workers.length === 0) await this.#bench.probe.create(this.topic)
    const jar = (await run([join(import.meta.dir, '../../scripts/java/test-plugins')])).trim()
    const worker = await benchWorker(this.#bench, this.#contender, {
      mode: 'distributed',
      group: this.name,
      worker: this.#keys,
      env: { JVM_CONNECT_CLASSPATH: jar },
    })
    this.workers.push(worker)
    await until('the worker to be ready', async () => (await worker.fetch('/health')).status === 200)
    return worker
  }

  idOf(worker: ConnectWorker): string {
    return `127.0.0.1:${worker.port}`
  }

  /** A source of one task whose records bear its name. */
  source(name: string): Record<string, string> {
    return {
      name,
      'connector.class': 'org.apache.kafka.connect.tools.VerifiableSourceConnector',
      'tasks.max': '1',
      topic: this.topic,
      throughput: String(1000 / this.pace),
      transforms: 'named',
      'transforms.named.type': 'org.apache.kafka.connect.transforms.InsertHeader',
      'transforms.named.header': 'of',
      'transforms.named.value.literal': name,
    }
  }

  /** A sink of the sources' topic into a file. */
  sink(name: string): { config: Record<string, string>; file: string } {
    mkdirSync(this.#bench.dir, { recursive: true })
    const file = join(this.#bench.dir, `${this.name}-${name}.txt`)
    const config = { name, 'connector.class': 'FileStreamSink', 'tasks.max': '1', topics: this.topic, file }
    return { config, file }
  }

  /** The JVM asks its clients to try again while its group is in a round. */
  async create(config: Record<string, string>): Promise<void> {
    const worker = this.workers[0]!
    await until(`${config['name']} to be made`, async () => {
      const answer = await worker.fetch('/connectors', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: config['name'], config }),
      })
      const text = await answer.text()
      if (answer.status === 201 || text.includes('already exists')) return true
      throw new Error(text)
    })
  }

  /** Where everything runs, when all of that many connectors have a task, and all are RUNNING on one of these. */
  async running(count: number, on: readonly ConnectWorker[]): Promise<Status[]> {
    const ids = new Set(on.map(worker => this.idOf(worker)))
    return until(
      `${count} connectors to run on ${[...ids]}`,
      async () => {
        const answer = await on[0]!.fetch('/connectors?expand=status')
        if (!answer.ok) throw new Error(await answer.text())
        const all = Object.values((await answer.json()) as Record<string, { status: Status }>)
        const statuses = all.map(({ status }) => status)
        const places = statuses.flatMap(({ connector, tasks }) => [connector, ...tasks])
        const right = places.every(place => place.state === 'RUNNING' && ids.has(place.worker_id))
        return right && statuses.length === count && places.length >= 2 * count ? statuses : null
      },
      300_000,
    )
  }

  /** Running, and as many tasks on each of these workers, give or take one. */
  async balanced(count: number, on: readonly ConnectWorker[]): Promise<Status[]> {
    return until(
      `${count} connectors to be spread over ${on.length} workers`,
      async () => {
        const statuses = await this.running(count, on)
        const counts = on.map(
          worker =>
            statuses.filter(({ tasks }) => tasks.some(({ worker_id }) => worker_id === this.idOf(worker)))
              .length,
        )
        return Math.max(...counts) - Math.min(...counts) <= 1 && statuses
      },
      300_000,
      200,
    )
  }

  /** Names of sources whose tasks run there. */
  tasksOn(worker: ConnectWorker, statuses: readonly Status[]): string[] {
    const id = this.idOf(worker)
    return statuses.filter(({ tasks }) => tasks.some(task => task.worker_id === id)).map(({ name }) => name)
  }

  /** Times (epoch ms) of each source's records from that offset on. */
  async times(from = 0): Promise<Map<string, number[]>> {
    const times = new Map<string, number[]>()
    for await (const record of this.#bench.probe.read(this.topic, 0, from)) {
      const name = nameIn(record)
      const own = times.get(name)
      if (own) own.push(record.timestamp)
      else times.set(name, [record.timestamp])
    }
    return times
  }

  /** When (epoch ms) the last of these has sent its first record from that offset on. */
  async firstRecords(names: readonly string[], from: number): Promise<number> {
    return until(
      `records of ${names}`,
      async () => {
        const times = await this.times(from)
        return names.every(name => times.has(name)) && Math.max(...names.map(name => times.get(name)![0]!))
      },
      400_000,
    )
  }

  /** CPU of all workers, and memory of the largest. */
  cost(workers: readonly ConnectWorker[]): Omit<Measurement, 'figure'> {
    const costs = workers.map(worker => processCost(worker.pid))
    return {
      cpuSeconds: costs.reduce((sum, cost) => sum + cost.cpuSeconds, 0),
      peakRssMb: Math.max(...costs.map(cost => cost.peakRssMb)),
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map(worker => worker.kill()))
    await this.#bench.probe.delete(this.topic)
  }
}

function nameIn({ headers }: TopicRecord): string {
  return headers.find(([key]) => String(key) === 'of')?.[1]?.toString() ?? ''
}
