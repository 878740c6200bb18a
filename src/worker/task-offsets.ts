import { ConnectException } from '../data/errors.ts'
import type { OffsetMap } from '../data/records.ts'
import type { OffsetWriter } from '../pipeline/offset-commit.ts'
import type { OffsetStorageReader } from '../sdk/plugin.ts'
import type { OffsetEntry } from '../stores/offset-store.ts'
import type { TaskOffsetStore } from './worker-options.ts'

/** One connector's or task's door to the offset store. Java: OffsetStorageReaderImpl, OffsetStorageWriter */
export class TaskOffsets implements OffsetStorageReader, OffsetWriter {
  #revoked = false

  constructor(
    readonly connector: string,
    readonly store: TaskOffsetStore,
  ) {}

  /** From now on nothing is read or written: another task has taken over. */
  revoke(): void {
    this.#revoked = true
  }

  async offset(partition: OffsetMap): Promise<OffsetMap | null> {
    return (await this.offsets([partition]))[0] ?? null
  }

  async offsets(partitions: readonly OffsetMap[]): Promise<(OffsetMap | null)[]> {
    if (this.#revoked)
      throw new ConnectException(
        `Offset reader is closed. The task of connector ${this.connector} that asks was given up because it did not stop in time.`,
      )
    return await this.store.get(this.connector, partitions)
  }

  async flush(entries: readonly OffsetEntry[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#revoked)
      throw new ConnectException(
        `The task of connector ${this.connector} was given up and may not commit any more`,
      )
    await this.store.set(this.connector, entries)
  }
}
