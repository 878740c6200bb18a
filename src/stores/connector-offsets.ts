import { causesAndHint, javaTrace } from '../data/errors.ts'
import type { OffsetMap } from '../data/records.ts'
import { logger } from '../observe/log.ts'
import type { OffsetEntry, OffsetStore } from './offset-store.ts'
import { sortedKey } from './offset-text.ts'

const log = logger('org.apache.kafka.connect.storage.ConnectorOffsetBackingStore')

/**
 * The offsets of a connector that has an offsets topic of its own (KIP-618): that topic first, the worker's second.
 * Java: org.apache.kafka.connect.storage.ConnectorOffsetBackingStore.withConnectorAndWorkerStores
 */
export class ConnectorOffsets implements OffsetStore {
  readonly #own: OffsetStore
  readonly #worker: OffsetStore
  readonly #unfinished = new Set<Promise<void>>()

  /** Closing it closes `own` alone. */
  constructor(own: OffsetStore, worker: OffsetStore) {
    this.#own = own
    this.#worker = worker
  }

  /** The connector's own, and where it has none the worker's. */
  async get(connector: string, partitions: readonly (OffsetMap | null)[]): Promise<(OffsetMap | null)[]> {
    const [own, ofWorker] = await Promise.all([
      this.#own.get(connector, partitions),
      this.#worker.get(connector, partitions),
    ])
    // The JVM overwrites with the connector's absent ones too, and so reads a source anew when its connector is given
    // a topic: DIFFERENCES.md
    return own.map((offset, i) => offset ?? ofWorker[i] ?? null)
  }

  async set(connector: string, entries: readonly OffsetEntry[]): Promise<void> {
    const tombstones = entries.filter(({ offset }) => offset === null)
    // First, and for certain: what is left there would come back once it is gone from the connector's own.
    if (tombstones.length > 0) await this.#worker.set(connector, tombstones)
    await this.#own.set(connector, entries)
    const others = entries.filter(({ offset }) => offset !== null)
    if (others.length > 0) this.#copy(connector, others)
  }

  async list(connector: string): Promise<OffsetEntry[]> {
    const [own, ofWorker] = await Promise.all([this.#own.list(connector), this.#worker.list(connector)])
    const known = new Set(own.map(({ partition }) => sortedKey(connector, partition)))
    return [...own, ...ofWorker.filter(({ partition }) => !known.has(sortedKey(connector, partition)))]
  }

  async close(): Promise<void> {
    await Promise.all(this.#unfinished)
    await this.#own.close()
  }

  /** For workers that do not know the connector's topic; nobody waits for it. */
  #copy(connector: string, entries: readonly OffsetEntry[]): void {
    const copying = this.#worker.set(connector, entries).catch(error => {
      log.warn(
        `Failed to write offsets of connector ${connector} to the worker's offsets topic too; those in its own topic count: ${causesAndHint(error)}`,
        javaTrace(error),
      )
    })
    this.#unfinished.add(copying)
    void copying.then(() => this.#unfinished.delete(copying))
  }
}
