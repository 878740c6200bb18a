import { BadRequestException, checkConnector } from '../config/connector-config.ts'
import type { WorkerConfig } from '../config/worker-config.ts'
import { ConnectException } from '../data/errors.ts'
import { workerClientProperties } from '../kafka/client-layers.ts'
import type { KafkaClient } from '../kafka/port.ts'
import { CONNECT_COMMIT, CONNECT_VERSION } from '../observe/version.ts'
import { openOffsets } from '../stores/open-offsets.ts'
import type { PluginRegistry } from '../worker/plugins.ts'
import { Worker } from '../worker/worker.ts'
import { lookUpClusterId } from './cluster-lookup.ts'
import { HerderError } from './errors.ts'
import { MemoryStatuses } from './memory-statuses.ts'
import { StandaloneHerder } from './standalone.ts'

export interface StandaloneParts {
  config: WorkerConfig<'standalone'>
  kafka: KafkaClient
  plugins: PluginRegistry
  /** Advertised host:port. */
  workerId: string
  /** How long a request waits; the JVM's 90 s unless given. */
  requestTimeoutMs?: number
}

export interface RunningStandalone {
  herder: StandaloneHerder
  worker: Worker
  /** Rejects when the cluster does not answer in time: the worker cannot go on. Never resolves. */
  fatal: Promise<never>
  /** Stops everything within the graceful timeouts and closes what is open. Safe to call twice. */
  stop(): Promise<void>
}

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
  workerId,
  requestTimeoutMs,
}: StandaloneParts): Promise<RunningStandalone> {
  const { raw, values } = config
  const offsets = await openOffsets(values['offset.storage.file.filename'])
  const statuses = new MemoryStatuses(workerId)
  const worker = new Worker({
    config: raw,
    gracefulStopMs: values['task.shutdown.graceful.timeout.ms'],
    offsetFlushIntervalMs: values['offset.flush.interval.ms'],
    offsetFlushTimeoutMs: values['offset.flush.timeout.ms'],
    kafka,
    plugins,
    offsets,
    status: statuses,
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
    validate: async submitted => {
      try {
        return checkConnector(submitted, { plugins, worker: raw })
      } catch (error) {
        if (error instanceof BadRequestException) throw HerderError.because('BAD_REQUEST', error)
        if (error instanceof ConnectException) throw HerderError.because('INTERNAL', error)
        throw error
      }
    },
  })
  let stopped: Promise<void> | null = null
  const stop = async () => {
    stopping.abort()
    await herder.stop()
    await offsets.close()
    await kafka.close()
  }
  return { herder, worker, fatal: fatal.promise, stop: () => (stopped ??= stop()) }
}
