import type { Config } from '../sdk/plugin.ts'
import type { TargetState } from '../worker/status.ts'
import type { Worker } from '../worker/worker.ts'
import type { ConnectorRuns } from './connector-runs.ts'
import type { Desired, DesiredState } from './desired-state.ts'
import type { MemoryStatuses } from './memory-statuses.ts'
import type { RequestQueue } from './request-queue.ts'

/** One connector of a standalone worker. */
export interface StandaloneConnector extends Desired {
  config: Record<string, string>
  target: TargetState
  tasks: readonly Config[]
  applied: Config | null
}

/** Desired state in memory, as the JVM's standalone worker keeps it. Java: org.apache.kafka.connect.storage.MemoryConfigBackingStore */
export class StandaloneState implements DesiredState {
  readonly #connectors = new Map<string, StandaloneConnector>()
  readonly #queue: RequestQueue
  readonly #worker: Worker
  readonly #statuses: MemoryStatuses
  /** Set by whoever runs what is desired here. */
  runs: ConnectorRuns | null = null

  constructor(queue: RequestQueue, parts: { worker: Worker; statuses: MemoryStatuses }) {
    this.#queue = queue
    this.#worker = parts.worker
    this.#statuses = parts.statuses
  }

  connectors(): string[] {
    return [...this.#connectors.keys()]
  }

  get(connector: string): StandaloneConnector | null {
    return this.#connectors.get(connector) ?? null
  }

  config(connector: string): Config | null {
    return this.get(connector)?.config ?? null
  }

  set(connector: string, desired: StandaloneConnector): void {
    this.#connectors.set(connector, desired)
  }

  delete(connector: string): void {
    this.#connectors.delete(connector)
  }

  async applied(connector: string): Promise<Config | null> {
    return this.get(connector)?.applied ?? null
  }

  replaceTasks(
    name: string,
    tasks: Record<string, string>[],
    applied: Config,
    needed: () => Promise<boolean>,
  ): Promise<void> {
    return this.#queue.job(name, async () => {
      const desired = this.get(name)
      if (!desired || !(await needed())) return
      await this.removeTasks(name, desired)
      desired.tasks = tasks
      desired.applied = applied
      for (let task = 0; task < tasks.length; task++)
        await this.runs?.startTask({ connector: name, task }, desired)
    })
  }

  /** Stops and forgets them; within a job of the connector. */
  async removeTasks(name: string, desired: StandaloneConnector): Promise<void> {
    await this.#worker.stopAndAwaitTasks(desired.tasks.map((_, task) => ({ connector: name, task })))
    desired.tasks = []
    this.#statuses.deleteTasks(name)
  }
}
