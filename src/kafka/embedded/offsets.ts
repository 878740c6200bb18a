import type { TopicPartition, TopicPartitionOffset } from '../port.ts'
import type { Journal } from './journal.ts'

interface Row {
  topic: string
  partition: number
  offset: number
  metadata: string | null
}

/** What consumer groups have committed, and the topics that they read. */
export class GroupOffsets {
  readonly #journal: Journal
  readonly #put
  readonly #one
  readonly #all
  readonly #drop
  readonly #subscribe
  readonly #unsubscribe
  readonly #subscriptions

  constructor(journal: Journal) {
    this.#journal = journal
    const { db } = journal
    this.#put = db.prepare<unknown, [string, string, number, number, string | null]>(
      'INSERT OR REPLACE INTO offsets VALUES (?, ?, ?, ?, ?)',
    )
    this.#one = db.prepare<Row, [string, string, number]>(
      'SELECT * FROM offsets WHERE "group" = ? AND topic = ? AND partition = ?',
    )
    this.#all = db.prepare<Row, [string]>('SELECT * FROM offsets WHERE "group" = ? ORDER BY topic, partition')
    this.#drop = db.prepare<unknown, [string, string, number]>(
      'DELETE FROM offsets WHERE "group" = ? AND topic = ? AND partition = ?',
    )
    this.#subscribe = db.prepare<unknown, [string, string]>(
      'INSERT OR IGNORE INTO subscriptions VALUES (?, ?)',
    )
    this.#unsubscribe = db.prepare<unknown, [string, string]>(
      'DELETE FROM subscriptions WHERE "group" = ? AND topic = ?',
    )
    this.#subscriptions = db.prepare<{ topic: string }, [string]>(
      'SELECT topic FROM subscriptions WHERE "group" = ? ORDER BY topic',
    )
  }

  /** Resolves when the offsets are durable. */
  commit(group: string, offsets: readonly TopicPartitionOffset[]): Promise<void> {
    return this.#journal.change(() => {
      for (const { topic, partition, offset, metadata } of offsets) {
        this.#put.run(group, topic, partition, offset, metadata ?? null)
      }
    })
  }

  get(group: string, { topic, partition }: TopicPartition): TopicPartitionOffset | null {
    const row = this.#one.get(group, topic, partition)
    return row && committed(row)
  }

  all(group: string): TopicPartitionOffset[] {
    return this.#all.all(group).map(committed)
  }

  delete(group: string, partitions: readonly TopicPartition[]): Promise<void> {
    return this.#journal.change(() => {
      for (const { topic, partition } of partitions) this.#drop.run(group, topic, partition)
    })
  }

  /** Notes what the group reads from now on: retention spares what it has not read, though it never commits. */
  subscribed(group: string, topics: ReadonlySet<string>): Promise<void> {
    return this.#journal.change(() => {
      for (const known of this.subscriptions(group))
        if (!topics.has(known)) this.#unsubscribe.run(group, known)
      for (const topic of topics) this.#subscribe.run(group, topic)
    })
  }

  subscriptions(group: string): string[] {
    return this.#subscriptions.all(group).map(row => row.topic)
  }

  /** True if the group has left any trace. */
  exists(group: string): boolean {
    const { db } = this.#journal
    const trace = db.query(
      'SELECT 1 FROM offsets WHERE "group" = ?1 UNION ALL SELECT 1 FROM subscriptions WHERE "group" = ?1 LIMIT 1',
    )
    return trace.get(group) !== null
  }

  /** Forgets the group: its offsets and what it reads. */
  remove(group: string): Promise<void> {
    return this.#journal.change(() => {
      const { db } = this.#journal
      db.query('DELETE FROM offsets WHERE "group" = ?').run(group)
      db.query('DELETE FROM subscriptions WHERE "group" = ?').run(group)
    })
  }
}

function committed(row: Row): TopicPartitionOffset {
  const { topic, partition, offset, metadata } = row
  return metadata === null ? { topic, partition, offset } : { topic, partition, offset, metadata }
}
