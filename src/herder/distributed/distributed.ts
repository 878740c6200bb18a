import { GroupLeader } from '../../group/leader.ts'
import type { ConnectProtocol, Joined, Membership } from '../../group/membership.ts'
import { type Logger, logger } from '../../observe/log.ts'
import type { RebalanceMetrics } from '../../observe/metrics/rebalance-metrics.ts'
import { pauseFor } from '../../pipeline/deadline.ts'
import type { TargetState, TaskId } from '../../worker/status.ts'
import { AbstractHerder, type HerderParts } from '../abstract-herder.ts'
import { ConnectorRuns } from '../connector-runs.ts'
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
import type { OtherWorkers } from '../other-workers.ts'
import { Readiness } from '../readiness.ts'
import { type AtStage, RequestQueue, type Stage } from '../request-queue.ts'
import type { Restarts } from '../restarts.ts'
import { SerialQueues } from '../serial.ts'
import { checkStillWanted } from '../still-wanted.ts'
import { AssignedWork } from './assigned-work.ts'
import { caughtUp } from './catch-up.ts'
import type { ConfigStore } from './config-events.ts'
import { ConfigReactions } from './config-reactions.ts'
import { ConfigRequests } from './config-requests.ts'
import { Decommissioning } from './decommissioning.ts'
import { EventLoop } from './event-loop.ts'
import { GroupRounds } from './group-rounds.ts'
import { InternalRequests } from './internal-requests.ts'
import type { JoinGate } from './join-gate.ts'
import { Leadership } from './leadership.ts'
import { OwnRestarts } from './own-restarts.ts'
import { SessionKeys } from './session-keys.ts'
import { Settling } from './settling.ts'
import { StatusCleanup } from './status-cleanup.ts'
import type { StatusLog } from './status-log.ts'
import { TaskConfigDelivery } from './task-config-delivery.ts'
import { TopicState } from './topic-state.ts'

/** How long the last statuses may take. */
const FLUSH_MS = 5000
/** How long whoever waits for a group that this worker has left waits before it asks again. */
const LOOK_MS = 250

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
  /** connect.protocol */
  protocol: ConnectProtocol
  others: OtherWorkers
  /** inter.worker.key.… */
  sessionKeys: { algorithm: string; bits: number | null; ttlMs: number }
  /** inter.worker.signature.algorithm, inter.worker.verification.algorithms */
  signatures: { algorithm: string; accepted: readonly string[] }
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
  readonly #queue: RequestQueue
  readonly #runs: ConnectorRuns
  readonly #loop = new EventLoop()
  readonly #leadership: Leadership
  readonly #delivery: TaskConfigDelivery
  readonly #requests: ConfigRequests
  readonly #internal: InternalRequests
  readonly #rounds: GroupRounds
  readonly #settling: Settling
  readonly #cleanup: StatusCleanup
  readonly #keys: SessionKeys
  readonly #autoRestarts: Restarts
  readonly #ownRestarts: OwnRestarts
  readonly #decommissioning: Decommissioning
  readonly #started = Promise.withResolvers<void>()
  readonly #readiness: Readiness
  readonly #reactions: ConfigReactions
  #startStage: Stage = { what: 'awaiting startup', began: new Date() }
  /** Of the last round. */
  #leaderUrl = ''
  #stopping: Promise<void> | null = null

  constructor(options: DistributedHerderOptions) {
    const { store, worker, statuses, resolver, membership, signatures, gate, maxDelayMs, restarts } = options
    const queue = new RequestQueue(options.requestTimeoutMs)
    const writes = new SerialQueues()
    const snapshot = () => store.snapshot()
    const catchUp = () => caughtUp(store)
    const leadership = new Leadership({ ...options, configured: options.protocol, catchUp })
    const { algorithm } = signatures
    const delivery = new TaskConfigDelivery({ ...options, leadership, snapshot, algorithm })
    const state = new TopicState({ store, writes, resolver, leadership, delivery })
    super({ ...options, queue, state })
    const log = logger('org.apache.kafka.connect.runtime.distributed.DistributedHerder', options.scope)
    const leader = new GroupLeader({ maxDelayMs, configured: snapshot, log })
    const flushStatuses = () => statuses.flush(FLUSH_MS)
    const status = restarts.hearing(statuses)
    const runs = new ConnectorRuns({
      ...{ worker, resolver, state, status },
      retries: true,
      refusal: config => gate.refusal(config),
    })
    const work = new AssignedWork({
      ...{ snapshot, state, worker, queue, runs },
      onStopping: name => delivery.forget(name),
      onGone: name => {
        restarts.forget(name)
        statuses.forgetTopics(name)
        state.forget(name)
      },
    })
    statuses.isHere = (connector, task) =>
      task === null ? work.runsConnector(connector) : work.runningTasks(connector, [task]).length > 0
    statuses.onTopicsReset = name => worker.forgetTopics(name)
    const rounds = new GroupRounds({
      ...options,
      ...{ leader, leadership, work, log, flushStatuses },
      loop: this.#loop,
      unable: () => gate.unable(snapshot()),
      onRound: round => this.#afterRound(round),
    })
    const settling = new Settling({ membership, work, loop: this.#loop })
    const infoOf = (name: string) => this.infoOf(name)
    this.#options = options
    this.#log = log
    this.#queue = queue
    this.#runs = runs
    this.#leadership = leadership
    this.#delivery = delivery
    this.#rounds = rounds
    this.#settling = settling
    this.#autoRestarts = restarts
    this.#requests = new ConfigRequests({
      ...options,
      ...{ state, writes, leadership, infoOf },
      members: () => rounds.others,
      statusOf: name => this.#statusOf(name),
    })
    const { accepted: algorithms } = signatures
    this.#internal = new InternalRequests({ store, state, leadership, leader, worker, algorithms })
    this.#cleanup = new StatusCleanup({ statuses, queue, snapshot, leads: () => leadership.isHere })
    this.#keys = new SessionKeys({ store, ...options.sessionKeys, leads: () => leadership.isHere })
    this.#ownRestarts = new OwnRestarts({
      ...{ worker, snapshot, state, queue, runs, work, rounds, leadership, leader, settling },
      url: options.url,
    })
    this.#decommissioning = new Decommissioning({
      ...options,
      ...{ leadership, rounds, work, snapshot, flushStatuses, algorithm, log },
    })
    this.#started.promise.catch(() => {}) // Whoever waits for it is told; nobody may.
    this.#readiness = new Readiness({
      ready: this.#started.promise,
      stage: () => this.#stage(),
      answer: () => this.#loop.post('answering a health check', () => {}),
      timeoutMs: options.requestTimeoutMs,
    })
    restarts.use({
      config: name => state.get(name)?.config ?? null,
      target: name => state.get(name)?.target ?? null,
      isHere: ({ connector, task }) =>
        task === null ? work.holdsConnector(connector) : work.holdsTask(connector, task),
      restart: ({ connector, task }) =>
        task === null ? this.#restartConnector(connector) : this.#restartTask(connector, task),
    })
    this.#reactions = new ConfigReactions({
      ...{ snapshot, state, worker, queue, runs, work, rounds, log },
      cleanup: this.#cleanup,
      keys: this.#keys,
      autoRestarts: restarts,
      statusOf: name => this.statusOf(name),
    })
    store.onEvent = (event, offset) =>
      void this.#loop.post('reacting to the config topic', () => this.#reactions.react(event, offset))
    resolver.onExpired = async name => {
      if (work.holdsConnector(name)) await this.restartConnector(name)
    }
  }

  /** Reads the internal topics to their ends and joins the group; rejects when that cannot be. */
  async start(signal: AbortSignal): Promise<void> {
    this.#log.info('Herder starting')
    this.#at('initializing and reading to the end of internal topics')
    const { store, statuses, gate } = this.#options
    await Promise.all([store.start(signal), statuses.start(signal)])
    await gate.check(store.snapshot())
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

  async health(): Promise<Health> {
    const health = await this.#readiness.health()
    if (!this.#decommissioning.began || health.status !== 'healthy') return health
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
    return this.#request(stage, at => this.#requests.setTarget(name, target, options, at))
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
    options: RequestOptions & { includeTasks: boolean; onlyFailed: boolean },
  ): Promise<ConnectorStatus> {
    return this.#request(`writing restart request for connector ${name} to the config topic`, () =>
      this.#requests.restart(name, options),
    )
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
    return this.#request('writing a logger level to the config topic', () =>
      this.#requests.loggerLevel(namespace, level, options),
    )
  }

  groupSettled(signal: AbortSignal): Promise<void> {
    // Nothing of a group that was left settles here any more.
    return this.#decommissioning.began ? pauseFor(LOOK_MS, signal) : this.#settling.settled(signal)
  }

  /** Whoever leads has written whatever there is. */
  async catchUp(): Promise<boolean> {
    return this.#leadership.isHere || !this.#readiness.isReady || (await caughtUp(this.#options.store))
  }

  checkSignature(signature: RequestSignature | null, body: Uint8Array): void {
    this.#internal.check(signature, body)
  }

  putTaskConfigs(name: string, configs: readonly Record<string, string>[]): Promise<void> {
    const stage = `writing a new set of task configs for connector '${name}' to the config topic`
    return this.#request(stage, () => this.#requests.putTasks(name, configs))
  }

  fenceZombies(name: string): Promise<void> {
    return this.#request(`performing zombie fencing for source connector ${name}`, () =>
      this.#internal.fence(name),
    )
  }

  takeOver(worker: string, work: { connectors: readonly string[]; tasks: readonly TaskId[] }): Promise<void> {
    return this.#request('taking work over', () => this.#internal.takeOver(worker, work))
  }

  decommission(): Promise<Decommissioned> {
    return this.#request('decommissioning this worker', async () => {
      this.#keys.close()
      this.#autoRestarts.close()
      return await this.#decommissioning.run()
    })
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
    this.#cleanup.afterRound(isLeader)
    const keyed = this.#keys.check(isLeader && protocol === 'sessioned')
    if (assignment.leaderUrl !== this.#leaderUrl) {
      this.#leaderUrl = assignment.leaderUrl
      this.#delivery.abandon('another worker leads the group')
      this.#runs.hurry()
    }
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
    this.#delivery.abandon('this worker stops')
    await worker.stop()
    await this.#queue.idle()
    await statuses.flush(FLUSH_MS)
    await membership.close()
    await resolver.close()
    this.#log.info('Herder stopped')
  }
}
