import { afterAll, beforeAll } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Broker, sharedBroker } from '../../servers/kafka.ts'
import { until } from '../../servers/run.ts'
import { TopicProbe } from '../../servers/topics.ts'
import type { ConnectWorker } from '../../servers/worker.ts'
import { startHostsWorker } from './support.ts'

type StartArguments = [Record<string, string>?, Parameters<typeof startHostsWorker>[2]?]

/** What a file's tests of workers with hosts stand on: a folder, a broker, and what was started on it. */
class Ground {
  probe!: TopicProbe
  readonly folder: string
  readonly #name: string
  #broker: Pick<Broker, 'bootstrap' | 'stop' | 'tool'> | null = null
  readonly #workers: ConnectWorker[] = []
  #topics = 0

  constructor(name: string) {
    this.#name = name
    this.folder = mkdtempSync(join(tmpdir(), `bunnect-${name}-`))
  }

  async open(): Promise<void> {
    this.#broker = await sharedBroker()
    this.probe = new TopicProbe(this.#broker.bootstrap)
  }

  async close(end: (worker: ConnectWorker) => Promise<unknown>): Promise<void> {
    for (const worker of this.#workers) await end(worker)
    if (this.#broker) await this.probe.close()
    await this.#broker?.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** In a folder of its own: one named by the port may hold offsets of a worker that had the port before. */
  readonly start = async (
    worker: StartArguments[0] = {},
    more: StartArguments[1] = {},
  ): Promise<ConnectWorker> => {
    const dir = join(this.folder, `worker-${this.#workers.length}`)
    return this.owns(await startHostsWorker(this.#broker!.bootstrap, worker, { dir, ...more }))
  }

  /** Ends the worker with the others. */
  owns(worker: ConnectWorker): ConnectWorker {
    this.#workers.push(worker)
    return worker
  }

  readonly newTopic = async (): Promise<string> => {
    const topic = `${this.#name}-${process.pid}-${this.#topics++}`
    await this.probe.create(topic)
    return topic
  }

  /** Waits until `more` records have come to the topic. */
  readonly growsBeyond = async (topic: string, more = 50): Promise<void> => {
    const before = await this.probe.endOffset(topic)
    await until(`records in ${topic}`, async () => (await this.probe.endOffset(topic)) >= before + more)
  }

  /** The numbers that task 0 of a {@link numbers} connector has written, in the order of the topic. */
  readonly numbersIn = async (topic: string): Promise<number[]> =>
    (await this.probe.readAll(topic)).map(({ value }) => Number(String(value).split('-')[1]))
}

/** For a test file; `end` is done to its workers when it is through. */
export function ownGround(name: string, end: (worker: ConnectWorker) => Promise<unknown>): Ground {
  const ground = new Ground(name)
  beforeAll(() => ground.open())
  afterAll(() => ground.close(end))
  return ground
}

/** A connector of outside code that writes 1, 2, … and misbehaves as `more` says. */
export const numbers = (name: string, topic: string, more: Record<string, string> = {}) => ({
  name,
  'connector.class': 'BadSource',
  topic,
  'tasks.max': '1',
  ...more,
})
