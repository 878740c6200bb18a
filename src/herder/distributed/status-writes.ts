import type { StatusRecord } from './status-records.ts'

/** A record that this worker has written and not read back yet. */
export interface StatusWrite {
  readonly key: string
  value: string | null
  readonly record: StatusRecord
  /** Only while no other worker has written for a later generation. */
  readonly safe: boolean
  /** It could not be sent and is to be sent again. */
  waiting: boolean
}

/** A key with more of them has a topic that is not read any more; the oldest are forgotten (invariant 7). */
const MOST = 32

/** Writes of this worker by key, in order, until they are read back or given up. */
export class StatusWrites {
  readonly #byKey = new Map<string, StatusWrite[]>()

  add(write: StatusWrite): void {
    const writes = this.#byKey.get(write.key)
    if (writes === undefined) this.#byKey.set(write.key, [write])
    else if (writes.push(write) > MOST) writes.shift()
  }

  has(key: string): boolean {
    return this.#byKey.has(key)
  }

  /** No later write of this worker has the same key. */
  isNewest(write: StatusWrite): boolean {
    return this.#byKey.get(write.key)?.at(-1) === write
  }

  /** Will not come back. */
  drop(write: StatusWrite): void {
    this.#keep(write.key, one => one !== write)
  }

  /**
   * A record of this key was read. If it is ours, it and those before it are done; a tombstone of somebody else
   * overtakes what waits to be sent again.
   */
  readBack(key: string, value: Buffer | null): void {
    const writes = this.#byKey.get(key)
    if (writes === undefined) return
    const text = value === null ? null : value.toString()
    const at = writes.findIndex(write => !write.waiting && write.value === text)
    if (at >= 0) this.#set(key, writes.slice(at + 1))
    else if (value === null) this.#keep(key, write => !write.waiting || write.value === null)
  }

  /** Those to be sent again. */
  waiting(): StatusWrite[] {
    return [...this.#byKey.values()].flat().filter(write => write.waiting)
  }

  clear(): void {
    this.#byKey.clear()
  }

  #keep(key: string, fits: (write: StatusWrite) => boolean): void {
    this.#set(key, (this.#byKey.get(key) ?? []).filter(fits))
  }

  #set(key: string, writes: StatusWrite[]): void {
    if (writes.length === 0) this.#byKey.delete(key)
    else this.#byKey.set(key, writes)
  }
}
