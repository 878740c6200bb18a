import type { Joined, Membership } from '../../group/membership.ts'
import { type Logger, logger } from '../../observe/log.ts'
import type { RebalanceMetrics } from '../../observe/metrics/rebalance-metrics.ts'
import type { TargetState } from '../../worker/status.ts'
import { AbstractHerder, type HerderParts } from '../abstract-herder.ts'
import { ConnectorRuns } from '../connector-runs.ts'
import { ElsewhereError, HerderError } from '../errors.ts'
import type {
  ConnectorInfo,
  ConnectorStatus,
  Decommissioned,
  Health,
  RequestOptions,
  SubmittedConfig,
} from '../herder.ts'
import { patched } from '../patched.ts'
import { Readiness } from '../readiness.ts'
import { type AtStage, RequestQueue, type Stage } from '../request-queue.ts'
import { restartPlan } from '../restart-plan.ts'
import type { Restarts } from '../restarts.ts'
import { SerialQueues } from '../serial.ts'
import { checkStillWanted } from '../still-wanted.ts'
import { AssignedWork } from './assigned-work.ts'
import type { ConfigStore } from './config-events.ts'
import { ConfigReactions } from './config-reactions.ts'
import { EventLoop } from './event-loop.ts'
import { GroupRounds } from './group-rounds.ts'
import type { JoinGate } from './join-gate.ts'
import { refusedOrElsewhere } from './lacks-plugin.ts'
import { OwnRestarts } from './own-restarts.ts'
import { SessionKeys } from './session-keys.ts'
import { StatusCleanup } from './status-cleanup.ts'
import type { StatusLog } from './status-log.ts'
import { TopicState } from './topic-state.ts'

/** How long the last statuses may take. */
const FLUSH_MS = 5000

export interface DistributedHerderOptions extends Omit<HerderParts, 'state' | 'queue' | 'statuses'> {
  statuses: StatusLog
  store: ConfigStore
  membership: Membership
  gate: JoinGate
  /** As it stands in lines of the log, such as `Worker clientId=connect-h:8083, groupId=g`. */
  scope: string
  /** Of this worker: host:port, as in statuses. */
  workerId: string
  /** The advertised REST URL, with a trailing slash. */
  url: string
  /** worker.sync.timeout.ms */
  syncTimeoutMs: number
  /** worker.unsync.backoff.ms */
  unsyncBackoffMs: number
  /** scheduled.rebalance.max.delay.ms */
  maxDelayMs: number
  /** inter.worker.key.… */
  sessionKeys: { algorithm: string; bits: number | null; ttlMs: number }
  /** The JVM's answers, also where ours are better. */
  strict: boolean
  /** Told of rounds of the group, for their metrics. */
  rebalances?: RebalanceMetrics
  /** Told when the worker cannot go on. */
  onFailed(error: Error): void
  /** How long a request waits. The JVM's is fixed: 90 s. */
  requestTimeoutMs?: number
}

/**
 * Desired state of a worker in a cluster. What happens (records of the config topic, rounds of the group, timers) is
 * dealt with one at a time in a loop that decides what is to run; it is brought about beside it, connector by
 * connector. Requests that write do so in the order of each connector, and see what they have written.
 * Java: org.apache.kafka.connect.runtime.distributed.DistributedHerder
 */
export class DistributedHerder extends AbstractHerder {
  readonly #options: DistributedHerderOptions
  readonly #log: Logger
  readonly #store: ConfigStore
  readonly #state: TopicState
  readonly #queue: RequestQueue
  readonly #runs: ConnectorRuns
  readonly #loop = new EventLoop()
  readonly #writes: SerialQueues
  readonly #work: AssignedWork
  readonly #rounds: GroupRounds
  readonly #cleanup: StatusCleanup
  readonly #keys: SessionKeys
  readonly #autoRestarts: Restarts
  readonly #ownRestarts: OwnRestarts
  readonly #started = Promise.withResolvers<void>()
  readonly #readiness: Readiness
  readonly #reactions: ConfigReactions
  #startStage: Stage = { what: 'awaiting startup', began: new Date() }
  #stopping: Promise<void> | null = null

  constructor(options: DistributedHerderOptions) {
    const queue = new RequestQueue(options.requestTimeoutMs)
    const writes = new SerialQueues()
    const { store, worker, statuses, resolver } = options
    const state = new TopicState(store, writes, resolver)
    super({ ...options, queue, state })
    this.#options = options
    this.#log = logger('org.apache.kafka.connect.runtime.distributed.DistributedHerder', options.scope)
    this.#store = store
    this.#state = state
    this.#queue = queue
    this.#writes = writes
    const snapshot = () => store.snapshot()
    this.#autoRestarts = options.restarts
    const status = options.restarts.hearing(statuses)
    this.#runs = new ConnectorRuns({
      worker,
      resolver,
      state,
      status,
      retries: true,
      refusal: config => options.gate.refusal(config),
    })
    this.#work = new AssignedWork({
      snapshot,
      state,
      worker,
      queue,
      runs: this.#runs,
      onGone: name => {
        options.restarts.forget(name)
        statuses.forgetTopics(name)
        state.forget(name)
      },
    })
    this.#cleanup = new StatusCleanup({ statuses, queue, snapshot })
    this.#keys = new SessionKeys({ store, ...options.sessionKeys })
    this.#rounds = new GroupRounds({
      ...options,
      work: this.#work,
      loop: this.#loop,
      log: this.#log,
      flushStatuses: () => statuses.flush(FLUSH_MS),
      onRound: round => this.#afterRound(round),
    })
    this.#ownRestarts = new OwnRestarts({
      worker,
      snapshot,
      state,
      queue,
      runs: this.#runs,
      work: this.#work,
      rounds: this.#rounds,
    })
    this.#started.promise.catch(() => {}) // Whoever waits for it is told; nobody may.
    this.#readiness = new Readiness({
      ready: this.#started.promise,
      stage: () => this.#stage(),
      answer: () => this.#loop.post('answering a health check', () => {}),
      timeoutMs: options.requestTimeoutMs,
    })
    this.#autoRestarts.use({
      config: name => state.get(name)?.config ?? null,
      target: name => state.get(name)?.target ?? null,
      isHere: ({ connector, task }) =>
        task === null ? this.#work.holdsConnector(connector) : this.#work.holdsTask(connector, task),
      restart: ({ connector, task }) =>
        task === null ? this.#restartConnector(connector) : this.#restartTask(connector, task),
    })
    this.#reactions = new ConfigReactions({
      snapshot,
      state,
      worker,
      queue,
      runs: this.#runs,
      work: this.#work,
      rounds: this.#rounds,
      cleanup: this.#cleanup,
      keys: this.#keys,
      autoRestarts: this.#autoRestarts,
      statusOf: name => this.statusOf(name),
      log: this.#log,
    })
    store.onEvent = event =>
      void this.#loop.post('reacting to the config topic', () => this.#reactions.react(event))
    resolver.onExpired = async name => {
      if (this.#work.holdsConnector(name)) await this.restartConnector(name)
    }
  }

  /** Reads the internal topics to their ends and joins the group; rejects when that cannot be. */
  async start(signal: AbortSignal): Promise<void> {
    this.#log.info('Herder starting')
    this.#at('initializing and reading to the end of internal topics')
    await Promise.all([this.#store.start(signal), this.#options.statuses.start(signal)])
    await this.#options.gate.check(this.#store.snapshot())
    this.#reactions.begin()
    this.#log.info('Herder started')
    this.#at('ensuring membership in the cluster')
    this.#options.membership.start(this.#rounds)
  }

  /** Stops every task and connector within the graceful timeouts and leaves the group. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  health(): Promise<Health> {
    return this.#readiness.health()
  }

  /** Java answers 404 until the worker that has been given the connector reports. */
  override async connectorStatus(name: string): Promise<ConnectorStatus> {
    const status = this.statusOf(name)
    if (status || this.#options.strict || !this.#store.snapshot().contains(name))
      return await super.connectorStatus(name)
    const { type } = this.infoOf(name)
    const connector = { state: 'UNASSIGNED', worker_id: this.#options.workerId, version: null } as const
    return { name, connector, tasks: [], type }
  }

  putConnector(
    name: string,
    submitted: SubmittedConfig,
    options: RequestOptions & { replace: boolean; initialState?: TargetState },
  ): Promise<{ created: boolean; info: ConnectorInfo }> {
    return this.#request('validating the connector configuration', async at => {
      const config = await this.#checked(submitted)
      return await this.#writes.run(name, () => this.#write(name, config, options, at))
    })
  }

  patchConnector(name: string, patch: SubmittedConfig, options?: RequestOptions): Promise<ConnectorInfo> {
    return this.#request('validating the connector configuration', at =>
      this.#writes.run(name, async () => {
        const config = await this.#checked(patched(this.known(name).config, patch))
        return (await this.#write(name, config, { ...options, replace: true }, at)).info
      }),
    )
  }

  deleteConnector(name: string, options?: RequestOptions): Promise<void> {
    return this.#request(`removing the config for connector ${name} from the config topic`, () =>
      this.#writes.run(name, async () => {
        this.known(name)
        checkStillWanted(options)
        await this.#store.removeConnector(name)
      }),
    )
  }

  setTargetState(name: string, target: TargetState, options?: RequestOptions): Promise<void> {
    // The JVM says "stage" here.
    const stage = `writing the ${target} target stage for connector ${name} to the config topic`
    return this.#request(stage, at =>
      this.#writes.run(name, async () => {
        this.#state.known(name, 'UNKNOWN_CONNECTOR_STATE')
        checkStillWanted(options)
        if (target === 'STOPPED') await this.#store.putTasks(name, [])
        await this.#store.putTargetState(name, target)
        at('reading to the end of the config topic')
        await this.#store.refresh() // Invariant 3.
      }),
    )
  }

  restartConnector(name: string, options?: RequestOptions): Promise<void> {
    return this.#restartConnector(name, () => {
      checkStillWanted(options)
      this.#autoRestarts.forget(name, null)
    })
  }

  #restartConnector(name: string, begin?: () => void): Promise<void> {
    return this.#request('starting the connector', () => this.#ownRestarts.connector(name, begin))
  }

  restartConnectorAndTasks(
    name: string,
    { includeTasks, onlyFailed, ...options }: RequestOptions & { includeTasks: boolean; onlyFailed: boolean },
  ): Promise<ConnectorStatus> {
    const flags = { includeTasks, onlyFailed }
    return this.#request(`writing restart request for connector ${name} to the config topic`, async () => {
      this.#state.known(name, 'UNKNOWN_CONNECTOR')
      const status = this.statusOf(name)
      if (!status) throw new HerderError('NO_STATUS_TO_RESTART', name)
      checkStillWanted(options)
      await this.#store.putRestart({ connector: name, ...flags })
      return restartPlan(status, flags).announced
    })
  }

  restartTask(connector: string, task: number, options?: RequestOptions): Promise<void> {
    return this.#restartTask(connector, task, () => {
      checkStillWanted(options)
      this.#autoRestarts.forget(connector, task)
    })
  }

  #restartTask(connector: string, task: number, begin?: () => void): Promise<void> {
    return this.#request(`restarting task ${connector}-${task}`, () =>
      this.#ownRestarts.task(connector, task, begin),
    )
  }

  async resetActiveTopics(name: string): Promise<void> {
    this.#options.statuses.forgetTopics(name)
    this.#options.worker.forgetTopics(name)
  }

  setClusterLoggerLevel(namespace: string, level: string, options?: RequestOptions): Promise<void> {
    return this.#request('writing a logger level to the config topic', async () => {
      checkStillWanted(options)
      await this.#store.putLoggerLevel(namespace, level)
    })
  }

  groupSettled(signal: AbortSignal): Promise<void> {
    return this.#options.membership.settled(signal)
  }

  /** Whoever leads alone has written whatever there is. */
  async catchUp(): Promise<boolean> {
    return true
  }

  checkSignature(): void {
    throw new HerderError('NO_SESSION_KEY')
  }

  async putTaskConfigs(): Promise<void> {
    throw new ElsewhereError(null)
  }

  async fenceZombies(): Promise<void> {
    throw new ElsewhereError(null)
  }

  async takeOver(): Promise<void> {
    throw new ElsewhereError(null)
  }

  async decommission(): Promise<Decommissioned> {
    throw new ElsewhereError(null)
  }

  protected async ready(): Promise<void> {
    if (!this.#readiness.isReady) await this.#request('awaiting startup', async () => {})
  }

  /** Waits for a worker that is starting: before, it does not know what there is. */
  #request<T>(stage: string, work: (at: AtStage) => Promise<T>): Promise<T> {
    return this.#queue.request(stage, async at => {
      if (!this.#readiness.isReady) {
        at(() => this.#stage())
        await this.#started.promise
        at(stage)
      }
      return await work(at)
    })
  }

  async #checked(config: SubmittedConfig): Promise<Record<string, string>> {
    const { validation, membership, strict } = this.#options
    try {
      return await validation.checked(config)
    } catch (error) {
      throw strict ? error : refusedOrElsewhere(error, membership.current)
    }
  }

  async #write(
    name: string,
    config: Record<string, string>,
    { replace, initialState, signal }: RequestOptions & { replace: boolean; initialState?: TargetState },
    at: AtStage,
  ): Promise<{ created: boolean; info: ConnectorInfo }> {
    const created = !this.#store.snapshot().contains(name)
    if (!created && !replace) throw new HerderError('CONNECTOR_EXISTS', name)
    checkStillWanted({ ...(signal && { signal }) })
    at(`writing a config for connector ${name} to the config topic`)
    await this.#store.putConnector(name, config, initialState)
    return { created, info: { ...this.infoOf(name), config } }
  }

  #afterRound(round: Joined): void {
    const { isLeader, protocol } = round
    this.#cleanup.afterRound(isLeader)
    const keyed = this.#keys.check(isLeader && protocol === 'sessioned')
    // The key is there before anything else is written.
    if (!this.#readiness.isReady) void keyed.then(() => this.#started.resolve())
  }

  #at(what: string): void {
    this.#startStage = { what, began: new Date() }
  }

  #stage(): Stage {
    return this.#readiness.isReady ? (this.#loop.current ?? this.#startStage) : this.#startStage
  }

  async #stop(): Promise<void> {
    this.#log.info('Herder stopping')
    const { worker, statuses, membership, resolver } = this.#options
    this.#queue.close()
    this.#started.reject(new HerderError('SHUTTING_DOWN'))
    this.#keys.close()
    this.#rounds.close()
    this.#autoRestarts.close()
    this.#runs.close()
    await worker.stop()
    await this.#queue.idle()
    await statuses.flush(FLUSH_MS)
    await membership.close()
    await resolver.close()
    this.#log.info('Herder stopped')
  }
}
