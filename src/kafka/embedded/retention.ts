import { logger } from '../../observe/log.ts'
import type { Groups } from './groups.ts'
import type { Journal } from './journal.ts'
import type { EmbeddedOptions } from './options.ts'
import type { Partition } from './partition.ts'
import type { Topics } from './topics.ts'

const log = logger('bunnect.embedded.retention')

interface Row {
  base: number
  count: number
  max_timestamp: number
  bytes: number
  blob: number
}

/** Batches deleted in one transaction: a clean-up never holds the event loop for long. */
const STEP = 64
/** Free pages are given back to the file system when there are many, and many for the file's size. */
const VACUUM_PAGES = 4096
const VACUUM_SHARE = 0.25
const VACUUM_STEP = 512
/** A group that holds the same records for so many clean-ups stands still. */
const STILL_CHECKS = 15
const WARN_EVERY_MS = 3_600_000

/**
 * Deletes batches by age and size as a broker deletes segments, but not what a consumer group has still to
 * read, unless told to. A group holds what lies behind its committed offset; one that reads a topic and has
 * never committed holds all of it; an open consumer holds what lies behind its position.
 */
export class Retention {
  readonly #journal: Journal
  readonly #topics: Topics
  readonly #groups: Groups
  readonly #options: EmbeddedOptions
  /** By partition: where clean-ups had to stop, how often in a row, and when that was last told. */
  readonly #held = new Map<string, { base: number; checks: number; warnedAt: number }>()
  #timer: ReturnType<typeof setInterval> | null = null
  #running: Promise<void> | null = null
  #stopped = false
  readonly #oldest
  readonly #size
  readonly #dropBlob
  readonly #dropBatch
  readonly #setStart
  readonly #committed
  readonly #subscribed

  constructor(journal: Journal, topics: Topics, groups: Groups, options: EmbeddedOptions) {
    this.#journal = journal
    this.#topics = topics
    this.#groups = groups
    this.#options = options
    const { db } = journal
    this.#oldest = db.prepare<Row, [number, number]>(
      'SELECT base, count, max_timestamp, bytes, blob FROM batches WHERE partition = ? ORDER BY base LIMIT ?',
    )
    this.#size = db.prepare<{ bytes: number | null }, [number]>(
      'SELECT SUM(bytes) AS bytes FROM batches WHERE partition = ?',
    )
    this.#dropBlob = db.prepare<unknown, [number]>('DELETE FROM blobs WHERE id = ?')
    this.#dropBatch = db.prepare<unknown, [number, number]>(
      'DELETE FROM batches WHERE partition = ? AND base = ?',
    )
    this.#setStart = db.prepare<unknown, [number, number]>('UPDATE partitions SET start = ? WHERE id = ?')
    this.#committed = db.prepare<{ group: string; offset: number }, [string, number]>(
      'SELECT "group", "offset" FROM offsets WHERE topic = ? AND partition = ?',
    )
    this.#subscribed = db.prepare<{ group: string }, [string]>(
      'SELECT "group" FROM subscriptions WHERE topic = ?',
    )
  }

  start(): void {
    const run = () => {
      this.run().catch(error => log.error(`Old records could not be deleted: ${error.message}`))
    }
    this.#timer = setInterval(run, this.#options.retentionCheckMs)
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#timer) clearInterval(this.#timer)
    // Its error was logged by whoever ran it.
    await this.#running?.catch(() => {})
  }

  /** One clean-up; a second call while one runs waits for that one. */
  run(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  async #run(): Promise<void> {
    // What groups have just committed or subscribed to must be in the tables that are asked below.
    await this.#journal.change(() => {})
    for (const topic of [...this.#topics.all()]) {
      const policy = topic.configs['cleanup.policy'] ?? 'delete'
      if (!policy.includes('delete')) continue
      const ms = Number(topic.configs['retention.ms'] ?? this.#options.retentionMs)
      const bytes = Number(topic.configs['retention.bytes'] ?? this.#options.retentionBytes)
      if (ms < 0 && bytes < 0) continue
      for (const partition of topic.partitions) await this.#clean(partition, ms, bytes)
    }
    await this.#sweepDeleted()
    await this.#giveBack()
  }

  async #clean(partition: Partition, retentionMs: number, retentionBytes: number): Promise<void> {
    let size = retentionBytes < 0 ? 0 : (this.#size.get(partition.id)?.bytes ?? 0)
    const now = Date.now()
    while (!this.#stopped && !partition.topic.deleted) {
      const due: Row[] = []
      for (const row of this.#oldest.all(partition.id, STEP)) {
        const expired = retentionMs >= 0 && row.max_timestamp + retentionMs < now
        const oversized = retentionBytes >= 0 && size - row.bytes >= retentionBytes
        if (!expired && !oversized) break
        if (row.base + row.count > partition.visible) break
        const holder = this.#options.retentionForce ? null : this.#holder(partition, row.base + row.count)
        if (holder !== null) {
          this.#warn(partition, holder, row.base)
          break
        }
        due.push(row)
        size -= row.bytes
      }
      if (due.length === 0) return
      const last = due.at(-1)!
      const start = last.base + last.count
      await this.#journal.change(() => {
        for (const row of due) this.#drop(partition.id, row)
        this.#setStart.run(start, partition.id)
      })
      partition.start = start
    }
  }

  #drop(partition: number, row: { base: number; blob: number }): void {
    this.#dropBlob.run(row.blob)
    this.#dropBatch.run(partition, row.base)
  }

  /** Who still has to read a record before `end`, in words; null if nobody. */
  #holder(partition: Partition, end: number): string | null {
    const { name } = partition.topic
    const committed = new Set<string>()
    for (const { group, offset } of this.#committed.all(name, partition.number)) {
      committed.add(group)
      // A group that is at work, but no longer on this topic, will not read it.
      if (this.#groups.hasMembers(group) && !this.#groups.reads(group, name)) continue
      if (offset < end) return `consumer group ${group} (at offset ${offset})`
    }
    for (const { group } of this.#subscribed.all(name)) {
      if (!committed.has(group)) return `consumer group ${group} (which has never committed)`
    }
    for (const reader of partition.readers) {
      const wants = reader.wants(partition) ?? partition.start
      if (wants < end) return `an open consumer (at offset ${wants})`
    }
    return null
  }

  /** A group that is at work is a little behind all the time: only one that stands still is worth a word. */
  #warn(partition: Partition, holder: string, base: number): void {
    const name = `${partition.topic.name}-${partition.number}`
    const before = this.#held.get(name)
    const checks = before?.base === base ? before.checks + 1 : 1
    const warnedAt = before?.warnedAt ?? 0
    const due = checks >= STILL_CHECKS && Date.now() - warnedAt >= WARN_EVERY_MS
    this.#held.set(name, { base, checks, warnedAt: due ? Date.now() : warnedAt })
    if (!due) return
    log.warn(
      `Records of ${name} from offset ${base} on are past their retention, but ${holder} has still to read them, ` +
        'so they are kept. If it never will, delete the group, or set bunnect.embedded.retention.force=true.',
    )
  }

  async #sweepDeleted(): Promise<void> {
    const { db } = this.#journal
    const deleted = db.query<{ partition: number }, []>('SELECT partition FROM garbage').all()
    for (const { partition } of deleted) {
      for (;;) {
        if (this.#stopped) return
        const rows = this.#oldest.all(partition, STEP)
        await this.#journal.change(() => {
          for (const row of rows) this.#drop(partition, row)
          if (rows.length === 0) db.query('DELETE FROM garbage WHERE partition = ?').run(partition)
        })
        if (rows.length === 0) break
      }
    }
  }

  async #giveBack(): Promise<void> {
    const { db } = this.#journal
    const pages = (pragma: string) =>
      Number(Object.values(db.query<Record<string, number>, []>(`PRAGMA ${pragma}`).get()!)[0])
    let free = pages('freelist_count')
    while (!this.#stopped && free > VACUUM_PAGES && free > pages('page_count') * VACUUM_SHARE) {
      await this.#journal.change(() => void db.query(`PRAGMA incremental_vacuum(${VACUUM_STEP})`).all())
      const left = pages('freelist_count')
      if (left >= free) return
      free = left
    }
  }
}
