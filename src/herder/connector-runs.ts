import { ConnectException, causesAndHint, javaTrace } from '../data/errors.ts'
import { logger } from '../observe/log.ts'
import type { Config } from '../sdk/plugin.ts'
import type { TargetState, TaskId } from '../worker/status.ts'
import { completeTaskConfigs, TooManyTasksException, taskConfigsChanged } from '../worker/task-configs.ts'
import type { TaskStart, Worker } from '../worker/worker.ts'
import { type ConfigResolver, type ResolvedConnector, withReferences } from './config-resolver.ts'
import { HerderError } from './errors.ts'
import type { MemoryStatuses } from './memory-statuses.ts'
import type { RequestQueue } from './request-queue.ts'

const log = logger('org.apache.kafka.connect.runtime.standalone.StandaloneHerder')

/** What a person wants of one connector. Standalone keeps it in memory, as the JVM does. */
export interface Desired {
  /** As it was written: references to providers' values are replaced where a plugin gets it, and only there. */
  config: Record<string, string>
  target: TargetState
  tasks: Record<string, string>[]
  /** The connector configuration that `tasks` were made from, resolved: a changed secret is a change. */
  applied: Config | null
  /** `requestTaskReconfiguration` came and its answer has not begun. */
  reconfigure: boolean
}

/** Has the worker run what is wanted of each connector: its object, and the tasks that this asks for. */
export class ConnectorRuns {
  readonly #connectors: ReadonlyMap<string, Desired>
  readonly #queue: RequestQueue
  readonly #worker: Worker
  readonly #statuses: MemoryStatuses
  readonly #resolver: ConfigResolver

  constructor(
    connectors: ReadonlyMap<string, Desired>,
    queue: RequestQueue,
    parts: { worker: Worker; statuses: MemoryStatuses; resolver: ConfigResolver },
  ) {
    this.#connectors = connectors
    this.#queue = queue
    this.#worker = parts.worker
    this.#statuses = parts.statuses
    this.#resolver = parts.resolver
  }

  /** Begins the start of the connector's object; wrapped so that a job can hand it on without waiting. */
  start(name: string, { target }: Desired, { config }: ResolvedConnector): { promise: Promise<TargetState> } {
    const promise = this.#worker.startConnector(name, config, target, () => {
      const desired = this.#connectors.get(name)
      if (!desired || desired.reconfigure) return
      desired.reconfigure = true
      void this.reconfigure(name)
    })
    promise.catch(() => {}) // It is awaited outside the job that began it, and the status tells of it.
    return { promise }
  }

  /** HerderError with what the start threw. */
  async started(start: { promise: Promise<TargetState> }): Promise<void> {
    try {
      await start.promise
    } catch (error) {
      throw new HerderError('INTERNAL', (error as Error).message)
    }
  }

  /** Values for the references, or Connect's answer when a provider does not give them; nothing is started then. */
  async resolved(name: string, config: Config): Promise<ResolvedConnector> {
    try {
      return await this.#resolver.resolveFor(name, config)
    } catch (error) {
      if (error instanceof ConnectException) throw HerderError.because('INTERNAL', error)
      throw error
    }
  }

  /** A start that nobody waits for tells by the status alone that a provider has failed. */
  async startOrFail(name: string, desired: Desired): Promise<TargetState> {
    let resolved: ResolvedConnector
    try {
      resolved = await this.#resolver.resolveFor(name, desired.config)
    } catch (error) {
      this.#statuses.connector(name, 'FAILED', { version: null, trace: javaTrace(error) })
      throw error
    }
    return await this.start(name, desired, resolved).promise
  }

  /** After a change of state that nobody waits for. */
  async follow(name: string, change: Promise<TargetState | null>): Promise<void> {
    try {
      if ((await change) === 'STARTED') await this.reconfigure(name)
    } catch (error) {
      log.error(`Failed to transition connector ${name}: ${causesAndHint(error)}`, javaTrace(error))
    }
  }

  /** `updateTasks` that nobody waits for. */
  async reconfigure(name: string): Promise<void> {
    try {
      await this.updateTasks(name)
    } catch (error) {
      if (error instanceof HerderError && error.code === 'SHUTTING_DOWN') return
      log.error(
        `Failed to reconfigure the tasks of connector ${name}: ${causesAndHint(error)}`,
        javaTrace(error),
      )
    }
  }

  /** Asks a running connector for its task configurations and restarts its tasks where they have changed. */
  async updateTasks(name: string): Promise<void> {
    const desired = this.#connectors.get(name)
    const instance = this.#worker.connector(name)
    if (!desired || !instance || instance.state !== 'STARTED' || desired.target !== 'STARTED') return
    desired.reconfigure = false
    const { config: raw } = desired
    const resolved = await this.resolved(name, raw)
    const { config } = resolved
    const { max, enforced } = this.#worker.tasksMax(config)
    let tasks: Record<string, string>[]
    try {
      tasks = completeTaskConfigs(await instance.taskConfigs(max), instance.plugin, config)
      if (tasks.length > max) {
        const tooMany = new TooManyTasksException(name, tasks.length, max)
        if (enforced) throw tooMany
        log.warn(tooMany.message)
      }
    } catch (error) {
      if (instance.over) return // Whoever has stopped it meanwhile sees to its tasks.
      instance.fail(error)
      throw new HerderError('INTERNAL', (error as Error).message)
    }
    const stored = withReferences(tasks, raw, resolved)
    await this.#queue.job(name, async () => {
      const superseded =
        this.#connectors.get(name) !== desired ||
        this.#worker.connector(name) !== instance ||
        desired.target !== 'STARTED'
      if (superseded || !taskConfigsChanged(desired.tasks, desired.applied, stored, config)) return
      await this.removeTasks(name, desired)
      desired.tasks = stored
      desired.applied = config
      for (let task = 0; task < stored.length; task++)
        await this.startTask({ connector: name, task }, desired)
    })
  }

  /** False with a FAILED status when it could not be begun. */
  async startTask(id: TaskId, desired: Desired): Promise<boolean> {
    let start: TaskStart
    try {
      start = await this.#taskStart(id, desired)
    } catch (error) {
      log.error(`Failed to start task ${id.connector}-${id.task}: ${causesAndHint(error)}`, javaTrace(error))
      this.#statuses.task(id, 'FAILED', { version: null, trace: javaTrace(error) })
      return false
    }
    return await this.#worker.startTask(id, start)
  }

  async #taskStart({ connector, task }: TaskId, { config, tasks, target }: Desired): Promise<TaskStart> {
    const ofConnector = await this.#resolver.resolveFor(connector, config)
    const ofTask = await this.#resolver.resolveFor(connector, tasks[task]!)
    return {
      connector: ofConnector.config,
      task: ofTask.config,
      tasks: tasks.length,
      target,
      secrets: [...new Set([...ofConnector.secrets, ...ofTask.secrets])],
    }
  }

  /** Stops and forgets them. */
  async removeTasks(name: string, desired: Desired): Promise<void> {
    await this.#worker.stopAndAwaitTasks(desired.tasks.map((_, task) => ({ connector: name, task })))
    desired.tasks = []
    this.#statuses.deleteTasks(name)
  }
}
