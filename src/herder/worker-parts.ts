import type { WorkerConfig, WorkerMode } from '../config/worker-config.ts'
import { workerClientProperties } from '../kafka/client-layers.ts'
import type { KafkaClient } from '../kafka/port.ts'
import { ConnectMetrics } from '../observe/metrics/connect-metrics.ts'
import { CONNECT_COMMIT, CONNECT_VERSION } from '../observe/version.ts'
import type { ConfigProviderPlugin } from '../sdk/plugin.ts'
import type { HostSettings } from '../worker/hosts/settings.ts'
import type { PluginRegistry } from '../worker/plugins.ts'
import type { StatusListener } from '../worker/status.ts'
import { CONNECTOR_STOP_MS, Worker } from '../worker/worker.ts'
import type { TaskOffsetStore } from '../worker/worker-options.ts'
import { lookUpClusterId } from './cluster-lookup.ts'
import { ConfigResolver } from './config-resolver.ts'
import type { ServerInfo } from './herder.ts'
import { Validation } from './validation.ts'

/** What a worker of either kind is made of. */
export interface StartOptions<M extends WorkerMode> {
  config: WorkerConfig<M>
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

/** How long one thing may take to close, beyond what plugins are granted; the JVM's bound for a producer. */
export const CLOSE_TIMEOUT_MS = 30_000

/** How long the broker may take to answer the first question unless default.api.timeout.ms says it. */
const CLUSTER_TIMEOUT_MS = 60_000

export interface WorkerParts {
  worker: Worker
  resolver: ConfigResolver
  validation: Validation
  serverInfo(): Promise<ServerInfo>
  plugins: PluginRegistry['list']
  /** Rejects when the worker cannot go on; never resolves. */
  fatal: Promise<never>
  fail(error: unknown): void
  /** Fires when the worker stops. */
  stopping: AbortController
  /** How long plugins may take to stop, one batch of them. */
  graceMs: number
}

/** The cluster is asked for its id beside everything else: REST and connectors need not wait for it. */
export function workerParts<M extends WorkerMode>(
  { config, kafka, plugins, configProviders, hosts, workerId }: StartOptions<M>,
  { offsets, status }: { offsets: TaskOffsetStore; status: StatusListener },
): WorkerParts {
  const { raw, secrets } = config
  // Both modes have these keys.
  const values = config.values as WorkerConfig<'standalone'>['values']
  const resolver = new ConfigResolver({
    worker: raw,
    plugins,
    providers: configProviders,
    timeoutMs: values['bunnect.plugin.timeout.ms'],
  })
  const worker = new Worker({
    config: raw,
    secrets,
    gracefulStopMs: values['task.shutdown.graceful.timeout.ms'],
    offsetFlushIntervalMs: values['offset.flush.interval.ms'],
    offsetFlushTimeoutMs: values['offset.flush.timeout.ms'],
    kafka,
    plugins,
    offsets,
    status,
    ...(hosts && { hosts }),
    ...(values['bunnect.metrics'] && { metrics: connectMetrics(values, workerId) }),
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
  const fail = (error: unknown) => {
    if (!stopping.signal.aborted) fatal.reject(error)
  }
  cluster.catch(fail)
  return {
    worker,
    resolver,
    validation: new Validation(
      {
        plugins,
        worker: raw,
        pluginTimeoutMs: values['bunnect.plugin.timeout.ms'],
        ...distributedCheck(config),
      },
      resolver,
    ),
    serverInfo: async () => ({
      version: CONNECT_VERSION,
      commit: CONNECT_COMMIT,
      kafka_cluster_id: await cluster,
    }),
    plugins: connectorsOnly => plugins.list(connectorsOnly),
    fatal: fatal.promise,
    fail,
    stopping,
    graceMs: Math.max(values['task.shutdown.graceful.timeout.ms'], CONNECTOR_STOP_MS),
  }
}

/** Every metric of Kafka Connect is of level INFO, so `metrics.recording.level` leaves none out. */
function connectMetrics(values: WorkerConfig<'standalone'>['values'], workerId: string): ConnectMetrics {
  return new ConnectMetrics({
    workerId,
    version: CONNECT_VERSION,
    commit: CONNECT_COMMIT,
    samples: values['metrics.num.samples'],
    windowMs: values['metrics.sample.window.ms'],
  })
}

function distributedCheck<M extends WorkerMode>({ mode, values }: WorkerConfig<M>) {
  if (mode !== 'distributed') return {}
  const { 'group.id': groupId, 'exactly.once.source.support': support } =
    values as WorkerConfig<'distributed'>['values']
  const exactlyOnceSource = support.toLowerCase() as 'disabled' | 'preparing' | 'enabled'
  return { distributed: { groupId, exactlyOnceSource } }
}
