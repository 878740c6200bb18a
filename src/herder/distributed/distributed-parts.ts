import { GroupLeader } from '../../group/leader.ts'
import type { ConnectProtocol, Joined, Membership } from '../../group/membership.ts'
import { logger } from '../../observe/log.ts'
import type { RebalanceMetrics } from '../../observe/metrics/rebalance-metrics.ts'
import type { HerderParts } from '../abstract-herder.ts'
import { ConnectorRuns } from '../connector-runs.ts'
import type { OtherWorkers } from '../other-workers.ts'
import { RequestQueue } from '../request-queue.ts'
import { SerialQueues } from '../serial.ts'
import { AssignedWork } from './assigned-work.ts'
import { caughtUp } from './catch-up.ts'
import type { ConfigStore } from './config-events.ts'
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
import { type FencingClients, ZombieFencing } from './zombie-fencing.ts'

/** How long the last statuses may take. */
export const FLUSH_MS = 5000

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
  /** What former tasks are fenced with. */
  fencing: FencingClients
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

/** What a distributed herder is made of, put together. `onRound`: what this worker was given is taken on. */
export function distributedParts(options: DistributedHerderOptions, onRound: (round: Joined) => void) {
  const { store, worker, statuses, resolver, membership, gate, restarts, url } = options
  const { algorithm, accepted: algorithms } = options.signatures
  const log = logger('org.apache.kafka.connect.runtime.distributed.DistributedHerder', options.scope)
  const queue = new RequestQueue(options.requestTimeoutMs)
  const writes = new SerialQueues()
  const loop = new EventLoop()
  const snapshot = () => store.snapshot()
  const catchUp = () => caughtUp(store)
  const isWriting = () => store.isWriting
  const leadership = new Leadership({ membership, url, configured: options.protocol, catchUp, isWriting })
  const leads = () => leadership.isHere
  const delivery = new TaskConfigDelivery({ others: options.others, leadership, snapshot, algorithm })
  const state = new TopicState({ store, writes, resolver, leadership, delivery })
  const leader = new GroupLeader({ maxDelayMs: options.maxDelayMs, configured: snapshot, log })
  const flushStatuses = () => statuses.flush(FLUSH_MS)
  const runs = new ConnectorRuns({
    ...{ worker, resolver, state },
    status: restarts.hearing(statuses),
    retries: true,
    refusal: (name, config) => {
      const refusal = gate.refusal(config, snapshot().connectorConfig(name))
      if (refusal !== null) rounds.cannotRun(name)
      return refusal
    },
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
  // What a round has taken away is not, though it goes on until it has been stopped.
  statuses.isHere = (connector, task) =>
    task === null
      ? work.holdsConnector(connector) && work.runsConnector(connector)
      : work.holdsTask(connector, task) && work.runningTasks(connector, [task]).length > 0
  statuses.onTopicsReset = name => worker.forgetTopics(name)
  const unable = () => gate.unable(snapshot())
  const cleanup = new StatusCleanup({ statuses, queue, snapshot, leads })
  const rounds = new GroupRounds({
    ...options,
    ...{ leader, leadership, work, loop, log, cleanup, flushStatuses, unable },
    onRound: round => {
      statuses.generationBegun()
      onRound(round)
    },
  })
  const settling = new Settling({ membership, work, loop })
  return {
    ...{ log, queue, writes, loop, snapshot, leadership, delivery, state, runs, work, rounds, settling },
    internal: new InternalRequests({ store, leadership, leader, algorithms, log }),
    fencing: new ZombieFencing({
      ...{ store, state, writes, leadership, resolver, worker },
      ...{ clients: options.fencing, syncTimeoutMs: options.syncTimeoutMs },
    }),
    cleanup,
    keys: new SessionKeys({ store, ...options.sessionKeys, leads }),
    ownRestarts: new OwnRestarts({
      ...{ worker, snapshot, state, queue, runs, work, rounds, leadership, leader, settling, url },
    }),
    decommissioning: new Decommissioning({
      ...options,
      ...{ leadership, rounds, work, snapshot, flushStatuses, algorithm, log },
    }),
  }
}
