import type { Database } from 'bun:sqlite'
import { EventEmitter } from 'node:events'
import type { KafkaError } from '../port.ts'
import { kafkaError } from './errors.ts'
import type { Journal } from './journal.ts'
import { Partition } from './partition.ts'
import { invalidConfig } from './topic-configs.ts'

const DEFAULT_PARTITIONS = 1
const MAX_PARTITIONS = 10_000

export class Topic {
  readonly partitions: Partition[] = []
  deleted = false
  /** `message.timestamp.type=LogAppendTime` */
  readonly appendTime: boolean
  /** Largest record, where the topic sets one itself. */
  readonly maxMessageBytes: number

  constructor(
    readonly id: number,
    readonly name: string,
    /** What the topic itself sets, without defaults. */
    readonly configs: Readonly<Record<string, string>>,
  ) {
    this.appendTime = configs['message.timestamp.type'] === 'LogAppendTime'
    this.maxMessageBytes = Number(configs['max.message.bytes'] ?? Number.POSITIVE_INFINITY)
  }
}

/** The topics of the log, in memory and in the tables. Emits `changed` after a topic came or went. */
export class Topics extends EventEmitter<{ changed: [] }> {
  readonly #journal: Journal
  readonly #byName = new Map<string, Topic>()
  /** Deleted, and still in the tables until the journal's next turn. */
  readonly #leaving = new Map<string, Topic>()

  constructor(journal: Journal) {
    super()
    this.setMaxListeners(0)
    this.#journal = journal
    const { db } = journal
    const topics = db.query<{ id: number; name: string; configs: string }, []>('SELECT * FROM topics').all()
    const partitions = db.query<{ id: number; number: number; start: number; next: number }, [number]>(
      'SELECT id, number, start, next FROM partitions WHERE topic = ? ORDER BY number',
    )
    for (const row of topics) {
      const topic = new Topic(row.id, row.name, JSON.parse(row.configs))
      for (const p of partitions.all(row.id)) {
        topic.partitions.push(new Partition(topic, p.number, p.id, p.start, p.next))
      }
      this.#byName.set(topic.name, topic)
    }
  }

  get(name: string): Topic | undefined {
    return this.#byName.get(name)
  }

  partition(name: string, number: number): Partition | undefined {
    return this.#byName.get(name)?.partitions[number]
  }

  all(): Iterable<Topic> {
    return this.#byName.values()
  }

  names(): string[] {
    return [...this.#byName.keys()].sort()
  }

  /** The reason why a topic cannot be made, or null. `partitions` -1 means the default. */
  refusal(name: string, partitions: number, configs: Readonly<Record<string, string>>): KafkaError | null {
    if (this.#byName.has(name)) return kafkaError('TOPIC_ALREADY_EXISTS', `Topic '${name}' already exists.`)
    const badName = invalidName(name)
    if (badName) return kafkaError('INVALID_TOPIC_EXCEPTION', badName)
    if (partitions !== -1 && !(partitions >= 1 && partitions <= MAX_PARTITIONS)) {
      return kafkaError(
        'INVALID_PARTITIONS',
        `Number of partitions must be between 1 and ${MAX_PARTITIONS}, or -1 for the default; got ${partitions}.`,
      )
    }
    return invalidConfig(configs)
  }

  /**
   * Makes a topic at once; throws a KafkaError when it cannot be made. It is durable with the next change:
   * nothing in it can be acknowledged before.
   */
  create(name: string, partitions = -1, configs: Readonly<Record<string, string>> = {}): Topic {
    const refusal = this.refusal(name, partitions, configs)
    if (refusal) throw refusal
    const count = partitions === -1 ? DEFAULT_PARTITIONS : partitions
    const leaving = this.#leaving.get(name)
    const topic = this.#journal.now(db => {
      if (leaving) forget(db, leaving)
      const { lastInsertRowid: id } = db
        .query('INSERT INTO topics(name, configs) VALUES (?, ?)')
        .run(name, JSON.stringify(configs))
      const made = new Topic(Number(id), name, configs)
      const insert = db.query('INSERT INTO partitions(topic, number, start, next) VALUES (?, ?, 0, 0)')
      for (let number = 0; number < count; number++) {
        made.partitions.push(
          new Partition(made, number, Number(insert.run(id, number).lastInsertRowid), 0, 0),
        )
      }
      return made
    })
    this.#leaving.delete(name)
    this.#byName.set(name, topic)
    this.emit('changed')
    return topic
  }

  /** Removes a topic and what groups committed for it; its batches are swept away by retention. */
  async delete(name: string): Promise<void> {
    const topic = this.#byName.get(name)
    if (!topic) throw kafkaError('UNKNOWN_TOPIC_OR_PARTITION', `Topic '${name}' does not exist.`)
    // Invariant 1: nothing may be appended behind this change, it would be acknowledged and gone.
    topic.deleted = true
    this.#byName.delete(name)
    this.#leaving.set(name, topic)
    try {
      await this.#journal.change(() => {
        const { db } = this.#journal
        if (this.#leaving.get(name) === topic) forget(db, topic)
        // What was appended before was written just now, perhaps after a new topic of that name was made.
        else discard(db, topic)
      })
    } catch (error) {
      if (this.#leaving.get(name) === topic) {
        topic.deleted = false
        this.#byName.set(name, topic)
      }
      throw error
    } finally {
      if (this.#leaving.get(name) === topic) this.#leaving.delete(name)
    }
    this.emit('changed')
    for (const partition of topic.partitions) partition.notify()
  }
}

function forget(db: Database, topic: Topic): void {
  discard(db, topic)
  db.query('DELETE FROM topics WHERE id = ?').run(topic.id)
  db.query('DELETE FROM partitions WHERE topic = ?').run(topic.id)
  db.query('DELETE FROM offsets WHERE topic = ?').run(topic.name)
  db.query('DELETE FROM subscriptions WHERE topic = ?').run(topic.name)
}

/** Leaves the topic's batches to retention. */
function discard(db: Database, topic: Topic): void {
  const insert = db.query('INSERT OR IGNORE INTO garbage VALUES (?)')
  for (const partition of topic.partitions) insert.run(partition.id)
}

/** Java: org.apache.kafka.common.internals.Topic.validate */
function invalidName(name: string): string | null {
  if (name === '') return 'Topic name is invalid: the empty string is not allowed'
  if (name === '.' || name === '..') return "Topic name is invalid: '.' or '..' is not allowed"
  if (name.length > 249) {
    return `Topic name is invalid: the length of '${name}' is longer than the max allowed length 249`
  }
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    return (
      `Topic name is invalid: '${name}' contains one or more characters other than ASCII alphanumerics, ` +
      "'.', '_' and '-'"
    )
  }
  return null
}
