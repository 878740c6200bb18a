import { ConnectException, causesAndHint, javaTrace } from '../data/errors.ts'
import { logger } from '../observe/log.ts'
import type { Config } from '../sdk/plugin.ts'
import { failure } from '../worker/failure.ts'
import type { ConnectorHandle } from '../worker/placed-connector.ts'
import type { StatusDetail, StatusListener, TargetState, TaskId } from '../worker/status.ts'
import {
  completeTaskConfigs,
  sameConfig,
  TooManyTasksException,
  taskConfigsChanged,
  tasksMax,
} from '../worker/task-configs.ts'
import type { Worker } from '../worker/worker.ts'
import type { TaskStart } from '../worker/worker-options.ts'
import { type ConfigResolver, type ResolvedConnector, withReferences } from './config-resolver.ts'
import type { Desired, DesiredState } from './desired-state.ts'
import { HerderError } from './errors.ts'
import type { RestartPlan } from './restart-plan.ts'
import { Retries } from './retries.ts'
import { UndeliveredError } from './undelivered-error.ts'

const log = logger('org.apache.kafka.connect.runtime.AbstractHerder')
/** How long requests between workers may be refused after the session key was changed. */
const KEY_CHANGE_MS = 60_000

export interface ConnectorRunsOptions {
  state: DesiredState
  worker: Worker
  resolver: ConfigResolver
  /** Told what the worker does not get to see. */
  status: StatusListener
  /**
   * A connector that cannot say its task configurations is asked again later, and runs on as it is; without this it
   * has failed. Java: the difference of DistributedHerder to StandaloneHerder
   */
  retries?: boolean
  /** Why this worker must not start a connector of this configuration, or null. */
  refusal?(name: string, config: Config): ConnectException | null
}

/** Has the worker run what is wanted of each connector: its object, and the tasks that this asks for. */
export class ConnectorRuns {
  readonly #options: ConnectorRunsOptions
  readonly #state: DesiredState
  readonly #worker: Worker
  readonly #resolver: ConfigResolver
  /** Objects that are being asked for their task configurations, and whether that has to be done once more. */
  readonly #asking = new WeakMap<ConnectorHandle, { again: boolean }>()
  readonly #retries = new Retries()
  #closed = false

  constructor(options: ConnectorRunsOptions) {
    this.#options = options
    this.#state = options.state
    this.#worker = options.worker
    this.#resolver = options.resolver
  }

  /** Begins the start of the connector's object; wrapped so that a job can hand it on without waiting. */
  start(name: string, target: TargetState, { config }: ResolvedConnector): { promise: Promise<TargetState> } {
    const refusal = this.#options.refusal?.(name, config) ?? null
    const promise =
      refusal === null
        ? this.#worker.startConnector(name, config, target, () => void this.reconfigure(name))
        : Promise.reject(refusal)
    if (refusal !== null) {
      log.error(`Failed to start connector ${name}: ${causesAndHint(refusal)}`, javaTrace(refusal))
      this.#worker.metrics?.worker.connectorUnmade()
      this.#options.status.connector(name, 'FAILED', refused(refusal))
    }
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

  /** Begins a start that nobody waits for: the status alone tells that a provider, or the start, has failed. */
  async begin(name: string, { config, target }: Desired): Promise<void> {
    let resolved: ResolvedConnector
    try {
      resolved = await this.#resolver.resolveFor(name, config)
    } catch (error) {
      log.error(`Failed to start connector ${name}: ${causesAndHint(error)}`, javaTrace(error))
      this.#options.status.connector(name, 'FAILED', failure(error, null))
      return
    }
    void this.follow(name, this.start(name, target, resolved).promise)
  }

  /** After a change of state that nobody waits for. */
  async follow(name: string, change: Promise<TargetState | null>): Promise<void> {
    try {
      if ((await change) === 'STARTED') await this.reconfigure(name)
    } catch (error) {
      log.error(`Failed to transition connector ${name}: ${causesAndHint(error)}`, javaTrace(error))
    }
  }

  /** Stops and starts again what the plan names. */
  async restart(
    name: string,
    desired: Desired,
    plan: Pick<RestartPlan, 'connector' | 'tasks'>,
  ): Promise<void> {
    const { status } = this.#options
    const tasks = plan.tasks.map(task => ({ connector: name, task }))
    await Promise.all([
      this.#worker.stopAndAwaitConnectors(plan.connector ? [name] : []),
      this.#worker.stopAndAwaitTasks(tasks),
    ])
    if (plan.connector) status.connector(name, 'RESTARTING', { version: null })
    for (const id of tasks) status.task(id, 'RESTARTING', { version: null })
    if (plan.connector) await this.begin(name, desired)
    await Promise.all(tasks.map(id => this.startTask(id, desired)))
  }

  /** `updateTasks` that nobody waits for. However often it is wanted while it is under way, once more is enough. */
  async reconfigure(name: string): Promise<void> {
    const instance = this.#worker.connector(name)
    if (!instance) return
    const underWay = this.#asking.get(instance)
    if (underWay) {
      underWay.again = true
      return
    }
    const asking = { again: true }
    this.#asking.set(instance, asking)
    while (asking.again) {
      asking.again = false
      await this.#reconfigure(name, instance)
    }
    this.#asking.delete(instance)
  }

  async #reconfigure(name: string, instance: ConnectorHandle): Promise<void> {
    try {
      await this.updateTasks(name)
      // An object that has been replaced meanwhile must not end what the new one waits for.
      if (this.#worker.connector(name) === instance) this.#retries.forget(name)
    } catch (error) {
      // What a worker that stops has not delivered it never will.
      if (this.#closed || (error instanceof HerderError && error.code === 'SHUTTING_DOWN')) return
      this.#retry(name, error)
    }
  }

  #retry(name: string, error: unknown): void {
    const again = this.#options.retries === true && !(error instanceof TooManyTasksException)
    const ms = again ? this.#retries.schedule(name, () => void this.reconfigure(name)) : null
    const text =
      `Failed to reconfigure the tasks of connector ${name}${ms === null ? '' : `, trying again in ${ms} ms`}: ` +
      causesAndHint(error)
    if (!(error instanceof UndeliveredError)) log.error(text, javaTrace(error))
    // The key has been changed, and one of the two has not read it yet. Java: isPossibleExpiredKeyException
    else if (error.status === 403 && this.#retries.failingFor(name) <= KEY_CHANGE_MS) log.debug(text)
    else log.warn(text)
  }

  /** Another worker leads now: what the last one did not take it may. */
  hurry(): void {
    this.#retries.hurry()
  }

  /** Asks a running connector for its task configurations; the state is told where they have changed. */
  async updateTasks(name: string): Promise<void> {
    const desired = this.#state.get(name)
    const instance = this.#worker.connector(name)
    if (!desired || !instance || instance.state !== 'STARTED' || desired.target !== 'STARTED') return
    const { config: raw } = desired
    const resolved = await this.resolved(name, raw)
    const { config } = resolved
    const { max, enforced } = tasksMax(config)
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
      if (this.#options.retries && !(error instanceof TooManyTasksException)) throw error
      instance.fail(error)
      if (this.#options.retries) throw error
      throw new HerderError('INTERNAL', (error as Error).message)
    }
    const stored = withReferences(tasks, raw, resolved)
    const needed = async () => {
      const now = this.#state.get(name)
      if (now?.target !== 'STARTED' || this.#worker.connector(name) !== instance) return false
      if (!sameConfig(now.config, raw)) return false
      return taskConfigsChanged(now.tasks, await this.#state.applied(name), stored, config)
    }
    if (await needed()) await this.#state.replaceTasks(name, stored, config, needed)
  }

  /** False with a FAILED status when it could not be begun. */
  async startTask(id: TaskId, desired: Desired): Promise<boolean> {
    let start: TaskStart
    try {
      start = await this.#taskStart(id, desired)
    } catch (error) {
      log.error(`Failed to start task ${id.connector}-${id.task}: ${causesAndHint(error)}`, javaTrace(error))
      this.#options.status.task(id, 'FAILED', failure(error, null))
      return false
    }
    const refusal = this.#options.refusal?.(id.connector, start.connector) ?? null
    if (refusal === null) return await this.#worker.startTask(id, start)
    log.error(
      `Failed to start task ${id.connector}-${id.task}: ${causesAndHint(refusal)}`,
      javaTrace(refusal),
    )
    this.#worker.metrics?.worker.taskUnmade(id)
    this.#options.status.task(id, 'FAILED', refused(refusal))
    return false
  }

  async #taskStart({ connector, task }: TaskId, { config, tasks, target }: Desired): Promise<TaskStart> {
    const ofConnector = await this.#resolver.resolveFor(connector, config)
    const ofTask = await this.#resolver.resolveFor(connector, tasks[task]!)
    return {
      connector: ofConnector.config,
      task: ofTask.config,
      target,
      secrets: [...new Set([...ofConnector.secrets, ...ofTask.secrets])],
    }
  }

  /** The connector is gone, or runs elsewhere. */
  forget(name: string): void {
    this.#retries.forget(name)
    this.#resolver.forget(name)
  }

  close(): void {
    this.#closed = true
    this.#retries.close()
  }
}

/** A JVM worker would run it, maybe: below the JVM's trace stands what can be done. */
function refused(error: ConnectException): StatusDetail {
  const detail = failure(error, null)
  return error.hint === undefined ? detail : { ...detail, trace: `${detail.trace}bunnect: ${error.hint}\n` }
}
