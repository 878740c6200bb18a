import { logger } from '../observe/log.ts'
import { setLoggerLevel } from '../observe/loggers.ts'
import type { TargetState } from '../worker/status.ts'
import type { Worker } from '../worker/worker.ts'
import { AbstractHerder, type HerderParts } from './abstract-herder.ts'
import type { ConfigResolver } from './config-resolver.ts'
import { ConnectorRuns } from './connector-runs.ts'
import { HerderError, type HerderErrorCode } from './errors.ts'
import type {
  ConnectorInfo,
  ConnectorStatus,
  Decommissioned,
  Health,
  RequestOptions,
  SubmittedConfig,
} from './herder.ts'
import type { MemoryStatuses } from './memory-statuses.ts'
import { patched } from './patched.ts'
import { Readiness } from './readiness.ts'
import { RequestQueue } from './request-queue.ts'
import { restartPlan } from './restart-plan.ts'
import type { Restarts } from './restarts.ts'
import { type StandaloneConnector, StandaloneState } from './standalone-state.ts'
import { checkStillWanted } from './still-wanted.ts'
import type { Validation } from './validation.ts'

const log = logger('org.apache.kafka.connect.runtime.standalone.StandaloneHerder')

export interface StandaloneHerderOptions extends Omit<HerderParts, 'state' | 'queue' | 'statuses'> {
  statuses: MemoryStatuses
  /** How long a request waits for connectors and tasks. The JVM's is fixed: 90 s. */
  requestTimeoutMs?: number
}

/**
 * Desired state of a worker on its own. Every change of a connector is a job in that connector's queue, and
 * such a job waits for plugins no longer than their time to stop; `start` and `taskConfigs` run beside the
 * queue and come back to it as jobs (invariant 4).
 * Java: org.apache.kafka.connect.runtime.standalone.StandaloneHerder
 */
export class StandaloneHerder extends AbstractHerder {
  readonly #worker: Worker
  readonly #statuses: MemoryStatuses
  readonly #state: StandaloneState
  readonly #queue: RequestQueue
  readonly #resolver: ConfigResolver
  readonly #validation: Validation
  readonly #connectorsCreated = Promise.withResolvers<void>()
  readonly #readiness: Readiness
  readonly #runs: ConnectorRuns
  readonly #restarts: Restarts
  #stopping: Promise<void> | null = null

  constructor(options: StandaloneHerderOptions) {
    const queue = new RequestQueue(options.requestTimeoutMs)
    const state = new StandaloneState(queue, options)
    super({ ...options, queue, state })
    this.#worker = options.worker
    this.#statuses = options.statuses
    this.#state = state
    this.#queue = queue
    this.#resolver = options.resolver
    this.#validation = options.validation
    this.#restarts = options.restarts
    this.#runs = new ConnectorRuns({ ...options, state, status: options.restarts.hearing(options.statuses) })
    state.runs = this.#runs
    this.#restarts.use({
      config: name => state.get(name)?.config ?? null,
      target: name => state.get(name)?.target ?? null,
      isHere: ({ connector, task }) => task === null || state.get(connector)?.tasks[task] !== undefined,
      restart: ({ connector, task }) =>
        task === null ? this.#restartConnector(connector) : this.#restartTask(connector, task),
    })
    this.#resolver.onExpired = name => this.restartConnector(name)
    const created = { what: 'awaiting startup', began: new Date() }
    this.#readiness = new Readiness({
      // Once ready it stays so: this herder never blocks.
      ready: Promise.all([this.#connectorsCreated.promise, options.serverInfo()]),
      stage: () => created,
      timeoutMs: options.requestTimeoutMs,
    })
  }

  /** The connectors of the command line are created: the worker is healthy once the broker has answered. */
  markReady(): void {
    this.#connectorsCreated.resolve()
  }

  /** Stops every task and connector within the graceful timeouts. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopping ??= (async () => {
      log.info('Herder stopping')
      this.#queue.close()
      this.#restarts.close()
      const names = this.#state.connectors()
      this.#runs.close()
      await this.#worker.stop()
      await this.#queue.idle()
      await this.#resolver.close()
      for (const name of names) this.#statuses.deleteTasks(name)
      log.info('Herder stopped')
    })()
    return this.#stopping
  }

  health(): Promise<Health> {
    return this.#readiness.health()
  }

  /** From the first moment: it is in this memory. */
  protected async ready(): Promise<void> {}

  putConnector(
    name: string,
    submitted: SubmittedConfig,
    options: RequestOptions & { replace: boolean; initialState?: TargetState },
  ): Promise<{ created: boolean; info: ConnectorInfo }> {
    return this.#queue.request('starting the connector', async () => {
      const config = await this.#validation.checked(submitted)
      return await this.#put(name, async () => config, options)
    })
  }

  patchConnector(name: string, patch: SubmittedConfig, options?: RequestOptions): Promise<ConnectorInfo> {
    return this.#queue.request(`writing a config for connector ${name} to the config topic`, async () => {
      // In the connector's turn: what another patch has just changed stays.
      const config = () => this.#validation.checked(patched(this.known(name).config, patch))
      return (await this.#put(name, config, { ...options, replace: true })).info
    })
  }

  deleteConnector(name: string, options?: RequestOptions): Promise<void> {
    return this.#queue.request(`stopping connector ${name}`, () =>
      this.#queue.job(name, async () => {
        checkStillWanted(options)
        const desired = this.#known(name)
        await Promise.all([
          this.#state.removeTasks(name, desired),
          this.#worker.stopAndAwaitConnectors([name]),
        ])
        this.#state.delete(name)
        this.#runs.forget(name)
        this.#restarts.forget(name)
        this.#statuses.deleteConnector(name)
      }),
    )
  }

  setTargetState(name: string, target: TargetState, options?: RequestOptions): Promise<void> {
    return this.#queue.request(`writing the ${target} target state for connector ${name}`, () =>
      this.#queue.job(name, async () => {
        checkStillWanted(options)
        const desired = this.#state.get(name)
        if (!desired)
          throw new HerderError(target === 'STOPPED' ? 'NOTHING_TO_STOP' : 'UNKNOWN_CONNECTOR_STATE', name)
        if (target === 'STOPPED') await this.#state.removeTasks(name, desired)
        if (desired.target === target) return
        desired.target = target
        this.#restarts.targetChanged(name, target)
        // Answered when the wish is recorded: the plugin follows in its own time.
        void this.#runs.follow(name, this.#worker.setTargetState(name, target))
      }),
    )
  }

  restartConnector(name: string, options?: RequestOptions): Promise<void> {
    return this.#restartConnector(name, () => {
      checkStillWanted(options)
      this.#restarts.forget(name, null)
    })
  }

  #restartConnector(name: string, begin = () => {}): Promise<void> {
    return this.#queue.request('starting the connector', async () => {
      const start = await this.#queue.job(name, async () => {
        const desired = this.#known(name, 'NOTHING_TO_RESTART')
        begin()
        const resolved = await this.#runs.resolved(name, desired.config) // A provider that fails leaves it as it is.
        await this.#worker.stopAndAwaitConnectors([name])
        return this.#runs.start(name, desired.target, resolved)
      })
      await this.#runs.started(start)
      void this.#runs.reconfigure(name)
    })
  }

  restartConnectorAndTasks(
    name: string,
    options: RequestOptions & { includeTasks: boolean; onlyFailed: boolean },
  ): Promise<ConnectorStatus> {
    return this.#queue.request(`handling restart request for connector ${name}`, () =>
      this.#queue.job(name, async () => {
        const desired = this.#state.get(name)
        if (!desired) throw new HerderError('UNKNOWN_CONNECTOR', name)
        const status = this.statusOf(name)
        if (!status) throw new HerderError('NO_STATUS_TO_RESTART', name)
        checkStillWanted(options)
        const plan = restartPlan(status, options)
        if (plan.connector) this.#restarts.forget(name, null)
        for (const task of plan.tasks) this.#restarts.forget(name, task)
        await this.#runs.restart(name, desired, plan)
        return plan.announced
      }),
    )
  }

  restartTask(connector: string, task: number, options?: RequestOptions): Promise<void> {
    return this.#restartTask(connector, task, () => {
      checkStillWanted(options)
      this.#restarts.forget(connector, task)
    })
  }

  #restartTask(connector: string, task: number, begin = () => {}): Promise<void> {
    const id = { connector, task }
    return this.#queue.request(`restarting task ${connector}-${task}`, () =>
      this.#queue.job(connector, async () => {
        const desired = this.#known(connector, 'NO_TASKS_TO_RESTART')
        if (!desired.tasks[task]) throw new HerderError('TASK_NOT_FOUND', `${connector}-${task}`)
        begin()
        await this.#runs.resolved(connector, desired.config) // A provider that fails leaves the task as it is.
        await this.#worker.stopAndAwaitTasks([id])
        if (!(await this.#runs.startTask(id, desired)))
          throw new HerderError('TASK_START_FAILED', `${connector}-${task}`)
      }),
    )
  }

  async resetActiveTopics(name: string): Promise<void> {
    this.#statuses.forgetTopics(name)
    this.#worker.forgetTopics(name)
  }

  /** A standalone worker is its own cluster. */
  async setClusterLoggerLevel(namespace: string, level: string): Promise<void> {
    setLoggerLevel(namespace, level)
  }

  /** There is no group. */
  async groupSettled(): Promise<void> {}

  /** Nobody else writes what this worker has in its memory. */
  async catchUp(): Promise<boolean> {
    return true
  }

  /** What is asked with it is refused, signed or not. */
  checkSignature(): void {}

  async putTaskConfigs(): Promise<void> {
    throw new HerderError('NOT_STANDALONE', 'externally setting task configurations')
  }

  async fenceZombies(): Promise<void> {
    throw new HerderError('NOT_STANDALONE', 'exactly-once source connectors')
  }

  async takeOver(): Promise<void> {
    throw new HerderError('NO_GROUP')
  }

  async decommission(): Promise<Decommissioned> {
    throw new HerderError('NO_GROUP')
  }

  async #put(
    name: string,
    configured: () => Promise<Record<string, string>>,
    options: RequestOptions & { replace: boolean; initialState?: TargetState },
  ): Promise<{ created: boolean; info: ConnectorInfo }> {
    const { created, start } = await this.#queue.job(name, async () => {
      const config = await configured()
      checkStillWanted(options)
      const existing = this.#state.get(name)
      if (existing && !options.replace) throw new HerderError('CONNECTOR_EXISTS', name)
      const resolved = await this.#runs.resolved(name, config) // A provider that fails leaves all as it is.
      if (existing) {
        await this.#worker.stopAndAwaitConnectors([name])
        existing.config = config
        this.#restarts.reconfigured(name)
      }
      const target = existing?.target ?? options.initialState ?? 'STARTED'
      if (!existing) this.#state.set(name, { config, target, tasks: [], applied: null })
      return { created: !existing, start: this.#runs.start(name, target, resolved) }
    })
    await this.#runs.started(start)
    await this.#runs.updateTasks(name)
    return { created, info: this.infoOf(name) }
  }

  #known(name: string, otherwise: HerderErrorCode = 'CONNECTOR_NOT_FOUND'): StandaloneConnector {
    const desired = this.#state.get(name)
    if (!desired) throw new HerderError(otherwise, name)
    return desired
  }
}
