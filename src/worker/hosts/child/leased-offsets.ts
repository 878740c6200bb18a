import type { OffsetMap } from '../../../data/records.ts'
import type { OffsetEntry } from '../../../stores/offset-store.ts'
import { decodeValue, encodeKey, encodeValue } from '../../../stores/offset-text.ts'
import type { TaskOffsetStore } from '../../worker-options.ts'
import type { Lease, WorkerCalls } from '../protocol.ts'

/** Asks the worker; rejects with what the worker says. */
export type AskWorker = <Name extends keyof WorkerCalls>(
  name: Name,
  args: WorkerCalls[Name]['args'],
) => Promise<WorkerCalls[Name]['answer']>

/** One actor's door to the offset store, which only the worker itself opens. */
export class LeasedOffsets implements TaskOffsetStore {
  readonly #lease: Lease
  readonly #ask: AskWorker

  constructor(lease: Lease, ask: AskWorker) {
    this.#lease = lease
    this.#ask = ask
  }

  async get(connector: string, partitions: readonly (OffsetMap | null)[]): Promise<(OffsetMap | null)[]> {
    const keys = partitions.map(partition => encodeKey(connector, partition).toString())
    const values = await this.#ask('offsets', { lease: this.#lease, keys })
    return values.map(value => (value === null ? null : decodeValue(Buffer.from(value))))
  }

  /** Resolves when the worker has made them durable (invariant 1). */
  async set(connector: string, entries: readonly OffsetEntry[]): Promise<void> {
    await this.#ask('storeOffsets', {
      lease: this.#lease,
      entries: entries.map(({ partition, offset }) => ({
        key: encodeKey(connector, partition).toString(),
        value: offset === null ? null : encodeValue(offset).toString(),
      })),
    })
  }
}
