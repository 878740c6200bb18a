import { masked } from '../observe/secrets.ts'
import type { ConnectorState, StatusDetail, StatusListener, TaskId, TaskState } from '../worker/status.ts'
import type { ConnectorStatus, TaskStatus } from './herder.ts'
import type { Statuses } from './statuses.ts'

/** Last known states of a standalone worker. Java: org.apache.kafka.connect.storage.MemoryStatusBackingStore */
export class MemoryStatuses implements StatusListener, Statuses {
  readonly #connectors = new Map<string, ConnectorStatus['connector']>()
  readonly #tasks = new Map<string, Map<number, TaskStatus>>()
  readonly #topics = new Map<string, Set<string>>()

  constructor(readonly workerId: string) {}

  connector(name: string, state: ConnectorState, detail: StatusDetail): void {
    this.#connectors.set(name, { state, worker_id: this.workerId, ...shown(detail) })
  }

  task({ connector, task }: TaskId, state: TaskState, detail: StatusDetail): void {
    const tasks = this.#tasks.get(connector) ?? new Map<number, TaskStatus>()
    this.#tasks.set(connector, tasks)
    tasks.set(task, { id: task, state, worker_id: this.workerId, ...shown(detail) })
  }

  connectorStatus(name: string): ConnectorStatus['connector'] | null {
    return this.#connectors.get(name) ?? null
  }

  taskStatus({ connector, task }: TaskId): TaskStatus | null {
    return this.#tasks.get(connector)?.get(task) ?? null
  }

  /** By task number. */
  taskStatuses(connector: string): TaskStatus[] {
    return [...(this.#tasks.get(connector)?.values() ?? [])].sort((a, b) => a.id - b.id)
  }

  topic({ connector }: TaskId, topic: string): void {
    const topics = this.#topics.get(connector) ?? new Set()
    this.#topics.set(connector, topics)
    topics.add(topic)
  }

  topics(connector: string): string[] {
    return [...(this.#topics.get(connector) ?? [])]
  }

  forgetTopics(connector: string): void {
    this.#topics.delete(connector)
  }

  deleteConnector(name: string): void {
    this.forgetTopics(name)
    this.#connectors.delete(name)
    this.#tasks.delete(name)
  }

  deleteTasks(connector: string): void {
    this.#tasks.delete(connector)
  }
}

/** Invariant 5: a trace tells what a plugin says, and a plugin knows secrets. */
function shown({ version, trace }: StatusDetail): { version: string | null; trace?: string } {
  return trace === undefined ? { version } : { version, trace: masked(trace) }
}
