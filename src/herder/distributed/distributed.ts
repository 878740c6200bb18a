import type { Joined } from '../../group/membership.ts'
import { pause } from '../../waiting/deadline.ts'
import type { TargetState, TaskId } from '../../worker/status.ts'
import { AbstractHerder } from '../abstract-herder.ts'
import { HerderError } from '../errors.ts'
import type {
  ConnectorInfo,
  ConnectorStatus,
  Decommissioned,
  Health,
  RequestOptions,
  RequestSignature,
  SubmittedConfig,
} from '../herder.ts'
import { Readiness } from '../readiness.ts'
import type { AtStage, Stage } from '../request-queue.ts'
import { checkStillWanted } from '../still-wanted.ts'
import { ConfigReactions } from './config-reactions.ts'
import { ConfigRequests } from './config-requests.ts'
import { type DistributedHerderOptions, distributedParts, FLUSH_MS } from './distributed-parts.ts'

/** How long whoever waits for a group that this worker has left waits before it asks again. */
const LOOK_MS = 250

/**
 * Desired state of a worker in a cluster. What happens (records of the config topic, rounds of the group, timers) is
 * dealt with one at a time in a loop that decides what is to run; it is brought about beside it, connector by
 * connector. Requests that write do so in the order of each connector, and see what they have written.
 * Java: org.apache.kafka.connect.runtime.distributed.DistributedHerder
 */
export class DistributedHerder extends AbstractHerder {
  readonly #options: DistributedHerderOptions
  readonly #parts: ReturnType<typeof distributedParts>
  readonly #requests: ConfigRequests
  readonly #reactions: ConfigReactions
  readonly #started = Promise.withResolvers<void>()
  readonly #readiness: Readiness
  #startStage: Stage = { what: 'awaiting startup', began: new Date() }
  /** Of the last round. */
  #leaderUrl = ''
  #stopping: Promise<void> | null = null

  constructor(options: DistributedHerderOptions) {
    const parts = distributedParts(options, round => this.#afterRound(round))
    const { state, work, loop, rounds } = parts
    super({ ...options, queue: parts.queue, state })
    this.#options = options
    this.#parts = parts
    this.#requests = new ConfigRequests({
      ...options,
      ...parts,
      members: () => rounds.others,
      infoOf: name => this.infoOf(name),
      statusOf: name => this.#statusOf(name),
    })
    this.#started.promise.catch(() => {}) // Whoever waits for it is told; nobody may.
    this.#readiness = new Readiness({
      ready: this.#started.promise,
      stage: () => this.#stage(),
      answer: () => loop.post('answering a health check', () => {}),
      timeoutMs: options.requestTimeoutMs,
    })
    options.restarts.use({
      config: name => state.get(name)?.config ?? null,
      target: name => state.get(name)?.target ?? null,
      isHere: ({ connector, task }) =>
        task === null ? work.holdsConnector(connector) : work.holdsTask(connector, task),
      restart: ({ connector, task }) =>
        task === null ? this.#restartConnector(connector) : this.#restartTask(connector, task),
    })
    this.#reactions = new ConfigReactions({
      ...parts,
      worker: options.worker,
      autoRestarts: options.restarts,
      statusOf: name => this.statusOf(name),
    })
    options.store.onEvent = (event, offset) =>
      void loop.post('reacting to the config topic', () => this.#reactions.react(event, offset))
    options.resolver.onExpired = async name => {
      if (work.holdsConnector(name)) await this.restartConnector(name)
    }
  }

  /** Reads the internal topics to their ends and joins the group; rejects when that cannot be. */
  async start(signal: AbortSignal): Promise<void> {
    this.#parts.log.info('Herder starting')
    this.#at('initializing and reading to the end of internal topics')
    const { store, statuses, gate } = this.#options
    await Promise.all([store.start(signal), statuses.start(signal)])
    await gate.check(store.snapshot())
    this.#reactions.begin()
    this.#parts.log.info('Herder started')
    this.#at('ensuring membership in the cluster')
    this.#options.membership.start(this.#parts.rounds)
  }

  /** Stops every task and connector within the graceful timeouts and leaves the group. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async health(): Promise<Health> {
    const health = await this.#readiness.health()
    if (!this.#parts.decommissioning.began || health.status !== 'healthy') return health
    return {
      ...health,
      message: 'Worker has been decommissioned: it runs nothing and hands requests on. It can be stopped.',
    }
  }

  override async connectorStatus(name: string): Promise<ConnectorStatus> {
    return this.#statusOf(name) ?? (await super.connectorStatus(name))
  }

  putConnector(
    name: string,
    submitted: SubmittedConfig,
    options: RequestOptions & { replace: boolean; initialState?: TargetState },
  ): Promise<{ created: boolean; info: ConnectorInfo }> {
    return this.#request('validating the connector configuration', at =>
      this.#requests.put(name, submitted, options, at),
    )
  }

  patchConnector(name: string, patch: SubmittedConfig, options?: RequestOptions): Promise<ConnectorInfo> {
    return this.#request('validating the connector configuration', at =>
      this.#requests.patch(name, patch, options, at),
    )
  }

  deleteConnector(name: string, options?: RequestOptions): Promise<void> {
    return this.#request(`removing the config for connector ${name} from the config topic`, () =>
      this.#requests.delete(name, options),
    )
  }

  setTargetState(name: string, target: TargetState, options?: RequestOptions): Promise<void> {
    // The JVM says "stage" here.
    const stage = `writing the ${target} target stage for connector ${name} to the config topic`
    return this.#request(stage, () => this.#requests.setTarget(name, target, options))
  }

  restartConnector(name: string, options?: RequestOptions): Promise<void> {
    return this.#restartConnector(name, () => {
      checkStillWanted(options)
      this.#options.restarts.forget(name, null)
    })
  }

  #restartConnector(name: string, begin?: () => void): Promise<void> {
    return this.#request('starting the connector', () => this.#parts.ownRestarts.connector(name, begin))
  }

  restartConnectorAndTasks(
    name: string,
    options: RequestOptions & { includeTasks: boolean; onlyFailed: boolean },
  ): Promise<ConnectorStatus> {
    return this.#request(`writing restart request for connector ${name} to the config topic`, () =>
      this.#requests.restart(name, options),
    )
  }

  restartTask(connector: string, task: number, options?: RequestOptions): Promise<void> {
    return this.#restartTask(connector, task, () => {
      checkStillWanted(options)
      this.#options.restarts.forget(connector, task)
    })
  }

  #restartTask(connector: string, task: number, begin?: () => void): Promise<void> {
    return this.#request(`restarting task ${connector}-${task}`, () =>
      this.#parts.ownRestarts.task(connector, task, begin),
    )
  }

  async resetActiveTopics(name: string): Promise<void> {
    this.#options.statuses.forgetTopics(name)
    this.#options.worker.forgetTopics(name)
  }

  setClusterLoggerLevel(namespace: string, level: string, options?: RequestOptions): Promise<void> {
    return this.#request('writing a logger level to the config topic', () =>
      this.#requests.loggerLevel(namespace, level, options),
    )
  }

  groupSettled(signal: AbortSignal): Promise<void> {
    // Nothing of a group that was left settles here any more.
    return this.#parts.decommissioning.began ? pause(LOOK_MS, signal) : this.#parts.settling.settled(signal)
  }

  override tenure(): AbortSignal {
    return this.#parts.leadership.tenure
  }

  async catchUp(): Promise<boolean> {
    await this.ready()
    return await this.#parts.leadership.hasRead()
  }

  checkSignature(signature: RequestSignature | null, body: Uint8Array): void {
    this.#parts.internal.check(signature, body)
  }

  putTaskConfigs(name: string, configs: readonly Record<string, string>[]): Promise<void> {
    const stage = `writing a new set of task configs for connector '${name}' to the config topic`
    return this.#request(stage, () => this.#requests.putTasks(name, configs))
  }

  fenceZombies(name: string): Promise<void> {
    return this.#request(`performing zombie fencing for source connector ${name}`, () =>
      this.#parts.fencing.fence(name),
    )
  }

  takeOver(worker: string, work: { connectors: readonly string[]; tasks: readonly TaskId[] }): Promise<void> {
    return this.#request('taking work over', () => this.#parts.internal.takeOver(worker, work))
  }

  decommission(): Promise<Decommissioned> {
    return this.#request('decommissioning this worker', async () => {
      this.#parts.keys.close()
      this.#options.restarts.close()
      return await this.#parts.decommissioning.run()
    })
  }

  protected async ready(): Promise<void> {
    if (!this.#readiness.isReady) await this.#request('awaiting startup', async () => {})
  }

  /** Waits for a worker that is starting: before, it does not know what there is. */
  #request<T>(stage: string, work: (at: AtStage) => Promise<T>): Promise<T> {
    return this.#parts.queue.request(stage, async at => {
      if (!this.#readiness.isReady) {
        at(() => this.#stage())
        await this.#started.promise
        at(stage)
      }
      return await work(at)
    })
  }

  /** Java answers 404 until the worker that has been given the connector reports. */
  #statusOf(name: string): ConnectorStatus | null {
    const { strict, store, workerId } = this.#options
    const status = this.statusOf(name)
    if (status || strict || !store.snapshot().contains(name)) return status
    const { type } = this.infoOf(name)
    const connector = { state: 'UNASSIGNED', worker_id: workerId, version: null } as const
    return { name, connector, tasks: [], type }
  }

  #afterRound(round: Joined): void {
    const { isLeader, protocol, assignment } = round
    this.#parts.cleanup.afterRound(isLeader)
    const keyed = this.#parts.keys.check(isLeader && protocol === 'sessioned')
    if (assignment.leaderUrl !== this.#leaderUrl) {
      this.#leaderUrl = assignment.leaderUrl
      this.#parts.delivery.abandon('another worker leads the group')
      this.#parts.runs.hurry()
    }
    // The key is there before anything else is written.
    if (!this.#readiness.isReady) void keyed.then(() => this.#started.resolve())
  }

  #at(what: string): void {
    this.#startStage = { what, began: new Date() }
  }

  #stage(): Stage {
    return this.#readiness.isReady ? (this.#parts.loop.current ?? this.#startStage) : this.#startStage
  }

  async #stop(): Promise<void> {
    this.#parts.log.info('Herder stopping')
    const { worker, statuses, membership, resolver } = this.#options
    this.#parts.queue.close()
    this.#started.reject(new HerderError('SHUTTING_DOWN'))
    this.#parts.keys.close()
    this.#parts.rounds.close()
    this.#options.restarts.close()
    this.#parts.runs.close()
    this.#parts.delivery.abandon('this worker stops')
    const fencingClosed = this.#parts.fencing.close()
    await worker.stop()
    await this.#parts.queue.idle()
    await fencingClosed
    await statuses.flush(FLUSH_MS)
    await membership.close()
    await resolver.close()
    this.#parts.log.info('Herder stopped')
  }
}
