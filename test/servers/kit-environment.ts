import { join } from 'node:path'
import { Admin, ClientQuotaEntityTypes, ClientQuotaKeys } from '@platformatic/kafka'
import type { Config } from '../../src/sdk/plugin.ts'
import { openOffsets } from '../../src/stores/open-offsets.ts'
import type { Environment, RawRecord, StoredOffset, TestWorker } from '../../src/testing/index.ts'
import { GroupProbe } from './consumer-group.ts'
import { serversFolder } from './kafka.ts'
import { freePort } from './ports.ts'
import { processCost } from './process-cost.ts'
import { TopicProbe } from './topics.ts'
import { type ConnectWorker, startWorker } from './worker.ts'

/** What a producer that is slowed down may send, in bytes a second. */
const SLOW = 500_000

/** The conformance kit on a real broker and the executable. */
export class KitEnvironment implements Environment {
  readonly #bootstrap: string
  readonly #topics: TopicProbe
  readonly #groups: GroupProbe
  readonly #admin: Admin
  readonly #created = new Set<string>()

  constructor(bootstrap: string) {
    this.#bootstrap = bootstrap
    this.#topics = new TopicProbe(bootstrap)
    this.#groups = new GroupProbe(bootstrap)
    this.#admin = new Admin({ clientId: 'kit', bootstrapBrokers: [bootstrap], retries: 20, retryDelay: 200 })
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
      memory: async () => processCost(running.pid).rssMb * 1_000_000,
      stop: () => ended(() => running.stop()),
      kill: () => ended(() => running.kill()),
      start: async () => {
        running = await startWorker('bunnect', options)
      },
      offsets: connector => this.#offsets(running, connector, false),
      forgetOffsets: async connector => void (await this.#offsets(running, connector, true)),
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

  count(topic: string): Promise<number> {
    return this.#topics.endOffset(topic)
  }

  async committed(group: string): Promise<number | null> {
    return (await this.#groups.committed(group)).get(0) ?? null
  }

  async alterCommitted(group: string, topic: string, offset: number): Promise<void> {
    await this.#admin.alterConsumerGroupOffsets({
      groupId: group,
      topics: [{ name: topic, partitionOffsets: [{ partition: 0, offset: BigInt(offset) }] }],
    })
  }

  async members(group: string): Promise<string[]> {
    return (await this.#groups.describe(group)).members.map(({ memberId }) => memberId).sort()
  }

  async slowProducer(clientId: string): Promise<() => Promise<void>> {
    const entities = [{ entityType: ClientQuotaEntityTypes.CLIENT_ID, entityName: clientId }]
    const key = ClientQuotaKeys.PRODUCER_BYTE_RATE
    await this.#admin.alterClientQuotas({
      entries: [{ entities, ops: [{ key, value: SLOW, remove: false }] }],
    })
    return async () => {
      await this.#admin.alterClientQuotas({ entries: [{ entities, ops: [{ key, remove: true }] }] })
    }
  }

  async close(): Promise<void> {
    await this.#topics.close()
    await Promise.all([this.#groups.close(), this.#admin.close()])
  }

  /** Of a worker that is stopped; as a tombstone each, where they are to be forgotten. */
  async #offsets(worker: ConnectWorker, connector: string, forget: boolean): Promise<StoredOffset[]> {
    const store = await openOffsets(worker.offsetsFile)
    try {
      const stored = await store.list(connector)
      if (forget)
        await store.set(
          connector,
          stored.map(({ partition }) => ({ partition, offset: null })),
        )
      return stored
    } finally {
      await store.close()
    }
  }
}
