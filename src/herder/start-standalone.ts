import type { WorkerConfig } from '../config/worker-config.ts'
import { javaTrace } from '../data/errors.ts'
import { workerClientProperties } from '../kafka/client-layers.ts'
import type { KafkaClient } from '../kafka/port.ts'
import { logger } from '../observe/log.ts'
import { CONNECT_COMMIT, CONNECT_VERSION } from '../observe/version.ts'
import { within } from '../pipeline/deadline.ts'
import type { ConfigProviderPlugin } from '../sdk/plugin.ts'
import { openOffsets } from '../stores/open-offsets.ts'
import type { HostSettings } from '../worker/hosts/settings.ts'
import type { PluginRegistry } from '../worker/plugins.ts'
import { CONNECTOR_STOP_MS, Worker } from '../worker/worker.ts'
import { lookUpClusterId } from './cluster-lookup.ts'
import { ConfigResolver } from './config-resolver.ts'
import { MemoryStatuses } from './memory-statuses.ts'
import { StandaloneHerder } from './standalone.ts'
import { Validation } from './validation.ts'

const log = logger('org.apache.kafka.connect.runtime.standalone.StandaloneHerder')

export interface StandaloneParts {
  config: WorkerConfig<'standalone'>
  kafka: KafkaClient
  plugins: PluginRegistry
  /** Config providers besides the built-in ones. */
  configProviders?: readonly ConfigProviderPlugin[] | undefined
  /** Child processes for plugin code; without them everything runs in this one. */
  hosts?: HostSettings | undefined
  /** Advertised host:port. */
  workerId: string
  /** How long a request waits; the JVM's 90 s unless given. */
  requestTimeoutMs?: number
  /** How long the stop waits for each thing that it closes; 30 s unless given. */
  closeTimeoutMs?: number
}

export interface RunningStandalone {
  herder: StandaloneHerder
  worker: Worker
  resolver: ConfigResolver
  /** Rejects when the cluster does not answer in time: the worker cannot go on. Never resolves. */
  fatal: Promise<never>
  /**
   * Stops everything within the graceful timeouts and closes what is open. Resolves in bounded time whatever hangs
   * (that is logged), rejects with the first error after all was tried. Safe to call twice.
   */
  stop(): Promise<void>
}

/** How long one thing may take to close, beyond what plugins are granted; the JVM's bound for a producer. */
const CLOSE_TIMEOUT_MS = 30_000

/** How long the broker may take to answer the first question unless default.api.timeout.ms says it. */
const CLUSTER_TIMEOUT_MS = 60_000

/**
 * Puts a standalone worker together. The cluster is asked for its id beside everything else: REST and
 * connectors need not wait for it. Throws ConnectException for an unusable offset file.
 */
export async function startStandalone({
  config,
  kafka,
  plugins,
  configProviders,
  hosts,
  workerId,
  requestTimeoutMs,
  closeTimeoutMs = CLOSE_TIMEOUT_MS,
}: StandaloneParts): Promise<RunningStandalone> {
  const { raw, values } = config
  log.info('Herder starting')
  const resolver = new ConfigResolver({
    worker: raw,
    plugins,
    providers: configProviders,
    timeoutMs: values['bunnect.plugin.timeout.ms'],
  })
  const offsets = await openOffsets(values['offset.storage.file.filename'])
  const statuses = new MemoryStatuses(workerId)
  const worker = new Worker({
    config: raw,
    secrets: config.secrets,
    gracefulStopMs: values['task.shutdown.graceful.timeout.ms'],
    offsetFlushIntervalMs: values['offset.flush.interval.ms'],
    offsetFlushTimeoutMs: values['offset.flush.timeout.ms'],
    kafka,
    plugins,
    offsets,
    status: statuses,
    ...(hosts && { hosts }),
  })
  const stopping = new AbortController()
  const cluster = lookUpClusterId({
    openAdmin: () => kafka.admin(workerClientProperties(raw)),
    bootstrapServers: values['bootstrap.servers'].join(','),
    timeoutMs: Number(raw['default.api.timeout.ms']?.trim()) || CLUSTER_TIMEOUT_MS,
    signal: stopping.signal,
  })
  const fatal = Promise.withResolvers<never>()
  fatal.promise.catch(() => {}) // Told to whoever waits for it; nobody may.
  cluster.catch(error => {
    if (!stopping.signal.aborted) fatal.reject(error)
  })
  const herder = new StandaloneHerder({
    worker,
    statuses,
    ...(requestTimeoutMs && { requestTimeoutMs }),
    serverInfo: async () => ({
      version: CONNECT_VERSION,
      commit: CONNECT_COMMIT,
      kafka_cluster_id: await cluster,
    }),
    plugins: connectorsOnly => plugins.list(connectorsOnly),
    resolver,
    validation: new Validation(
      { plugins, worker: raw, pluginTimeoutMs: values['bunnect.plugin.timeout.ms'] },
      resolver,
    ),
  })
  log.info('Herder started')
  const graceMs = Math.max(values['task.shutdown.graceful.timeout.ms'], CONNECTOR_STOP_MS)
  let stopped: Promise<void> | null = null
  const stop = async () => {
    stopping.abort()
    await inTurn([
      // What a job is at may be a stop of its own, which ends in its own time.
      { what: 'the herder', ms: 2 * graceMs + closeTimeoutMs, close: () => herder.stop() },
      { what: 'the offset store', ms: closeTimeoutMs, close: () => offsets.close() },
      { what: 'the Kafka clients', ms: closeTimeoutMs, close: () => kafka.close() },
    ])
  }
  return { herder, worker, resolver, fatal: fatal.promise, stop: () => (stopped ??= stop()) }
}

interface Closing {
  what: string
  ms: number
  close(): Promise<void>
}

/** Closes one after the other, none of them for longer than it is granted (invariant 7). */
async function inTurn(steps: readonly Closing[]): Promise<void> {
  let failure: { error: unknown } | null = null
  for (const { what, ms, close } of steps) {
    try {
      await within(close(), ms, () => {
        log.error(
          `Stopping: ${what} did not close within ${ms} ms and is left behind. What was not committed by now ` +
            'comes again with the next start.',
        )
      })
    } catch (error) {
      if (failure) log.error(`Stopping: ${what} could not be closed: ${javaTrace(error)}`)
      failure ??= { error }
    }
  }
  if (failure) throw failure.error
}
