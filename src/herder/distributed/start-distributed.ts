import type { WorkerConfig } from '../../config/worker-config.ts'
import { ConfigException } from '../../data/errors.ts'
import { GroupMember } from '../../group/member.ts'
import { showMemberMetrics } from '../../group/member-metrics.ts'
import { groupOptions } from '../../group/options.ts'
import { logger } from '../../observe/log.ts'
import { showClient } from '../../observe/metrics/client-metrics.ts'
import { RebalanceMetrics } from '../../observe/metrics/rebalance-metrics.ts'
import type { Metrics } from '../../observe/metrics/registry.ts'
import { CONNECT_COMMIT, CONNECT_VERSION } from '../../observe/version.ts'
import { InternalLogs } from '../../stores/internal-logs.ts'
import { KafkaOffsets } from '../../stores/kafka-offsets.ts'
import { OffsetStores } from '../../stores/offset-stores.ts'
import type { Worker } from '../../worker/worker.ts'
import type { ConfigResolver } from '../config-resolver.ts'
import { inTurn } from '../in-turn.ts'
import type { OtherWorkers } from '../other-workers.ts'
import { Restarts } from '../restarts.ts'
import { CLOSE_TIMEOUT_MS, type StartOptions, workerParts } from '../worker-parts.ts'
import { ConfigLog } from './config-log.ts'
import { DistributedHerder } from './distributed.ts'
import { JoinGate } from './join-gate.ts'
import { StatusLog } from './status-log.ts'

const log = logger('org.apache.kafka.connect.runtime.distributed.DistributedHerder')

export interface RunningDistributed {
  herder: DistributedHerder
  worker: Worker
  resolver: ConfigResolver
  membership: GroupMember
  /** Rejects when the worker cannot go on: an internal topic that cannot be used, a group that cannot be joined. Never resolves. */
  fatal: Promise<never>
  /**
   * Stops everything within the graceful timeouts, leaves the group and closes what is open. Resolves in bounded time
   * whatever hangs (that is logged), rejects with the first error after all was tried. Safe to call twice.
   */
  stop(): Promise<void>
}

export interface DistributedOptions extends StartOptions<'distributed'> {
  /** The advertised REST URL, with a trailing slash. */
  url: string
  others: OtherWorkers
}

/**
 * Puts a distributed worker together and lets it start beside whoever called: until it is ready, requests wait.
 * Throws ConfigException for what no worker can be started with.
 */
export function startDistributed(options: DistributedOptions): RunningDistributed {
  const { config, kafka, workerId, url, requestTimeoutMs, closeTimeoutMs = CLOSE_TIMEOUT_MS } = options
  const { values } = config
  refuseExactlyOnce(config)
  const { options: ofGroup, warnings } = groupOptions(config, workerId)
  for (const warning of warnings) log.warn(warning)
  const membership = new GroupMember(ofGroup)
  const logs = new InternalLogs(kafka, config)
  const workerOffsets = new KafkaOffsets(values['offset.storage.topic'], tell => logs.open('offsets', tell))
  const offsets = new OffsetStores(config, workerOffsets, logs)
  let generation = 0
  const statuses = new StatusLog({
    topic: values['status.storage.topic'],
    open: tell => logs.open('statuses', tell),
    workerId,
    // What ends because the group is lost has run in its last generation. Java: DistributedHerder.generation
    generation: () => (generation = membership.current?.generation ?? generation),
  })
  const store = new ConfigLog({
    topic: values['config.storage.topic'],
    open: tell => logs.open('configs', tell),
  })
  const restarts = new Restarts({ worker: config.raw })
  const parts = workerParts(options, { offsets, status: restarts.hearing(statuses) })
  const { metrics } = parts.worker
  const gate = new JoinGate({
    plugins: options.plugins,
    providers: parts.resolver.providers,
    exactlyOnce: values['exactly.once.source.support'].toLowerCase() === 'enabled',
    unsupported: values['bunnect.join.unsupported'] === 'allow' ? 'allow' : 'fail',
    group: ofGroup.groupId,
    resolver: parts.resolver,
    log,
  })
  const herder = new DistributedHerder({
    ...parts,
    gate,
    ...(metrics && { rebalances: groupMetrics(metrics.registry, ofGroup.clientId, membership) }),
    restarts,
    statuses,
    store,
    membership,
    scope: `Worker clientId=${ofGroup.clientId}, groupId=${ofGroup.groupId}`,
    workerId,
    url,
    syncTimeoutMs: values['worker.sync.timeout.ms'],
    unsyncBackoffMs: values['worker.unsync.backoff.ms'],
    maxDelayMs: values['scheduled.rebalance.max.delay.ms'],
    protocol: ofGroup.protocol,
    others: options.others,
    fencing: { kafka, config: config.raw, group: ofGroup.groupId },
    signatures: {
      algorithm: values['inter.worker.signature.algorithm'],
      accepted: values['inter.worker.verification.algorithms'],
    },
    sessionKeys: {
      algorithm: values['inter.worker.key.generation.algorithm'],
      bits: values['inter.worker.key.size'],
      ttlMs: values['inter.worker.key.ttl.ms'],
    },
    strict: values['bunnect.rest.compat'] === 'strict',
    onFailed: parts.fail,
    ...(requestTimeoutMs && { requestTimeoutMs }),
  })
  const { signal } = parts.stopping
  Promise.all([workerOffsets.start(signal), herder.start(signal)]).catch(parts.fail)
  const stop = async () => {
    parts.stopping.abort()
    const steps = [
      // What a job is at may be a stop of its own, which ends in its own time.
      { what: 'the herder', ms: 2 * parts.graceMs + closeTimeoutMs, close: () => herder.stop() },
      { what: 'the status topic', ms: closeTimeoutMs, close: () => statuses.close() },
      { what: 'the config topic', ms: closeTimeoutMs, close: () => store.close() },
      { what: "the connectors' offsets topics", ms: closeTimeoutMs, close: () => offsets.close() },
      { what: 'the offsets topic', ms: closeTimeoutMs, close: () => workerOffsets.close() },
      { what: 'the admin client', ms: closeTimeoutMs, close: () => logs.close() },
      { what: 'the Kafka clients', ms: closeTimeoutMs, close: () => kafka.close() },
    ]
    await inTurn(steps, log)
  }
  let stopped: Promise<void> | null = null
  const { worker, resolver, fatal } = parts
  return { herder, worker, resolver, membership, fatal, stop: () => (stopped ??= stop()) }
}

/** Source tasks that write in transactions are not part of this version, and `enabled` promises just that. */
function refuseExactlyOnce({ values }: WorkerConfig<'distributed'>): void {
  const key = 'exactly.once.source.support'
  const support = values[key]
  if (support.toLowerCase() === 'preparing')
    log.warn(
      `${key}=${support}: this version of bunnect writes to the config topic without transactions, so that an old ` +
        'leader that comes back is not fenced.',
    )
  if (support.toLowerCase() !== 'enabled') return
  throw new ConfigException(
    `${key}=${support} cannot be kept by this version of bunnect: it writes source records at least once`,
    {
      hint: `Set ${key}=disabled, or leave this worker on the JVM.`,
    },
  )
}

function groupMetrics(registry: Metrics, clientId: string, membership: GroupMember): RebalanceMetrics {
  showMemberMetrics(registry, clientId, membership)
  showClient(registry, clientId, {
    version: CONNECT_VERSION,
    commit: CONNECT_COMMIT,
    traffic: membership.metrics.traffic,
  })
  return new RebalanceMetrics(registry, () => ({
    protocol: membership.current?.protocol.toUpperCase() ?? null,
    leaderUrl: membership.current?.assignment.leaderUrl ?? null,
    generation: membership.current?.generation ?? -1,
  }))
}
