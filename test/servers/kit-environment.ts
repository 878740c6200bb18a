import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../src/sdk/plugin.ts'
import type { Environment, RawRecord, TestWorker } from '../../src/testing/environment.ts'
import { GroupProbe } from './consumer-group.ts'
import { serversFolder } from './kafka.ts'
import { freePort } from './ports.ts'
import { TopicProbe } from './topics.ts'
import { type ConnectWorker, startWorker } from './worker.ts'

/** The conformance kit on a real broker and the executable. */
export class KitEnvironment implements Environment {
  readonly #bootstrap: string
  readonly #topics: TopicProbe
  readonly #groups: GroupProbe
  readonly #created = new Set<string>()

  constructor(bootstrap: string) {
    this.#bootstrap = bootstrap
    this.#topics = new TopicProbe(bootstrap)
    this.#groups = new GroupProbe(bootstrap)
  }

  async startWorker(worker: Config): Promise<TestWorker> {
    const port = await freePort()
    const options = { bootstrap: this.#bootstrap, worker, port, dir: join(serversFolder(), `kit-${port}`) }
    let logged = ''
    let running: ConnectWorker = await startWorker('bunnect', options)
    const ended = async (end: () => Promise<unknown>) => {
      await end()
      logged += await running.log()
    }
    return {
      fetch: (path, init) => running.fetch(path, init),
      log: async () => logged + (await running.log()),
      memory: async () =>
        Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${running.pid}/status`, 'utf8'))![1]) * 1024,
      stop: () => ended(() => running.stop()),
      kill: () => ended(() => running.kill()),
      start: async () => {
        running = await startWorker('bunnect', options)
      },
    }
  }

  async createTopic(topic: string, partitions: number): Promise<void> {
    if (this.#created.has(topic)) return
    await this.#topics.create(topic, partitions)
    this.#created.add(topic)
  }

  async produce(topic: string, records: readonly RawRecord[]): Promise<void> {
    const timestamp = Date.now()
    // A producer's batch has its limit.
    for (let i = 0; i < records.length; i += 1000) {
      await this.#topics.produceRecords(
        records.slice(i, i + 1000).map(({ key, value }) => ({
          topic,
          partition: 0,
          timestamp,
          key: key && Buffer.from(key),
          value: value && Buffer.from(value),
          headers: [],
        })),
      )
    }
  }

  async read(topic: string): Promise<RawRecord[]> {
    const found = await this.#topics.readAll(topic)
    return found.map(({ key, value, headers }) => ({
      key,
      value,
      headers: headers.map(([name, content]) => ({ name: String(name), value: content })),
    }))
  }

  async committed(group: string): Promise<number | null> {
    return (await this.#groups.committed(group)).get(0) ?? null
  }

  async close(): Promise<void> {
    await this.#topics.close()
    await this.#groups.close()
  }
}
