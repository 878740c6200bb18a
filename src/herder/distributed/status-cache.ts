import type { TaskId, TaskState } from '../../worker/status.ts'
import type { StatusRecord, StoredStatus, StoredTopic } from './status-records.ts'

interface Entry {
  status: StoredStatus | null
  readonly tasks: Map<number, StoredStatus<TaskState>>
  readonly topics: Map<string, StoredTopic>
}

/** Statuses as records of the status topic make them. Java: the cache of KafkaStatusBackingStore */
export class StatusCache {
  readonly #entries = new Map<string, Entry>()

  apply(record: StatusRecord): void {
    const connector = record.kind === 'task' ? record.id.connector : record.connector
    const entry = this.#entries.get(connector) ?? { status: null, tasks: new Map(), topics: new Map() }
    switch (record.kind) {
      case 'connector':
        entry.status = record.status
        // Java forgets the tasks of a connector with it.
        if (record.status === null) entry.tasks.clear()
        break
      case 'task':
        if (record.status === null) entry.tasks.delete(record.id.task)
        else if (!isStale(entry.tasks.get(record.id.task), record.status))
          entry.tasks.set(record.id.task, record.status)
        break
      case 'topic':
        if (record.used === null) entry.topics.delete(record.topic)
        else entry.topics.set(record.topic, record.used)
    }
    this.#keep(connector, entry)
  }

  /** What the record is about is from now on as in the other cache. */
  copyFrom(other: StatusCache, record: StatusRecord): void {
    switch (record.kind) {
      case 'connector':
        this.#setConnector(record.connector, other.connector(record.connector))
        break
      case 'task':
        this.#setTask(record.id, other.task(record.id))
        break
      case 'topic':
        this.apply({ ...record, used: other.topic(record.connector, record.topic) })
    }
  }

  connector(name: string): StoredStatus | null {
    return this.#entries.get(name)?.status ?? null
  }

  task({ connector, task }: TaskId): StoredStatus<TaskState> | null {
    return this.#entries.get(connector)?.tasks.get(task) ?? null
  }

  /** By task number. */
  tasks(connector: string): [number, StoredStatus<TaskState>][] {
    return [...(this.#entries.get(connector)?.tasks ?? [])].sort(([a], [b]) => a - b)
  }

  topic(connector: string, topic: string): StoredTopic | null {
    return this.#entries.get(connector)?.topics.get(topic) ?? null
  }

  topics(connector: string): string[] {
    return [...(this.#entries.get(connector)?.topics.keys() ?? [])]
  }

  /** Those with a status of their own or of a task. */
  connectors(): string[] {
    return [...this.#entries]
      .filter(([, { status, tasks }]) => status !== null || tasks.size > 0)
      .map(([name]) => name)
  }

  #setConnector(connector: string, status: StoredStatus | null): void {
    const entry = this.#entries.get(connector) ?? { status: null, tasks: new Map(), topics: new Map() }
    entry.status = status
    this.#keep(connector, entry)
  }

  #setTask({ connector, task }: TaskId, status: StoredStatus<TaskState> | null): void {
    const entry = this.#entries.get(connector) ?? { status: null, tasks: new Map(), topics: new Map() }
    if (status === null) entry.tasks.delete(task)
    else entry.tasks.set(task, status)
    this.#keep(connector, entry)
  }

  #keep(connector: string, entry: Entry): void {
    if (entry.status === null && entry.tasks.size === 0 && entry.topics.size === 0)
      this.#entries.delete(connector)
    else this.#entries.set(connector, entry)
  }
}

/**
 * After a rebalance a worker that was slow to stop may say UNASSIGNED of a task that another one runs already
 * (KAFKA-12525).
 */
function isStale(known: StoredStatus | undefined, told: StoredStatus): boolean {
  return told.state === 'UNASSIGNED' && known?.state === 'RUNNING' && known.generation >= told.generation
}
