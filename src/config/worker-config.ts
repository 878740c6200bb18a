/**
 * A worker's configuration. Java: org.apache.kafka.connect.runtime.standalone.StandaloneConfig and
 * org.apache.kafka.connect.runtime.distributed.DistributedConfig
 */
import { ConfigException, ConnectException } from '../data/errors.ts'
import { key, type Parsed } from './keys.ts'
import { overridePolicy } from './override-policy.ts'
import type { ClassResolver } from './parse.ts'
import { unknownKeyWarnings } from './unknown-keys.ts'
import { invalidValue, parseConfig } from './validate.ts'
import { bunnectKeys } from './worker/bunnect.ts'
import { commonKeys } from './worker/common.ts'
import { distributedKeys } from './worker/distributed.ts'
import { type Listener, parseListener } from './worker/listeners.ts'
import { restKeys } from './worker/rest.ts'
import { saslKeys } from './worker/sasl.ts'
import { sslKeys } from './worker/ssl.ts'
import { ineffectiveKeys, refuseRestExtensions } from './worker/unsupported.ts'

const everyWorker = { ...commonKeys, ...sslKeys, ...restKeys, ...bunnectKeys }

/** Java: org.apache.kafka.connect.runtime.standalone.StandaloneConfig */
export const standaloneConfig = {
  ...everyWorker,
  listeners: { ...restKeys.listeners, default: ['http://127.0.0.1:8083'] },
  'offset.storage.file.filename': key.string({
    doc: 'File to store source connector offsets',
    importance: 'high',
  }),
}

/** Java: org.apache.kafka.connect.runtime.distributed.DistributedConfig */
export const distributedConfig = { ...everyWorker, ...distributedKeys, ...saslKeys }

export type WorkerMode = 'standalone' | 'distributed'
const SPECS = { standalone: standaloneConfig, distributed: distributedConfig }

export interface WorkerConfig<M extends WorkerMode> {
  mode: M
  /** As the person wrote it, keys of clients and plugins included; values stand where references were. */
  raw: Readonly<Record<string, string>>
  /** What of it may be seen nowhere (invariant 5). */
  secrets: readonly string[]
  values: Parsed<(typeof SPECS)[M]>
  listeners: readonly Listener[]
  /** Of `/admin` alone; none where `admin.listeners` is unset or empty. */
  adminListeners: readonly Listener[]
  /** Each is a line for the log. */
  warnings: readonly string[]
}

export interface WorkerConfigOptions {
  resolveClass?: ClassResolver
  /** Where a key stands (file and line), for warnings. */
  place?: (key: string) => string
  /** Values of config providers, and passwords. */
  secrets?: readonly string[]
}

/** Throws what the JVM's worker ends with (exit code 2), all unusable keys at once. */
export function parseWorkerConfig<M extends WorkerMode>(
  mode: M,
  raw: Readonly<Record<string, string>>,
  options: WorkerConfigOptions = {},
): WorkerConfig<M> {
  checkPluginDiscovery(raw)
  const spec = SPECS[mode]
  const values = parseConfig<typeof everyWorker>(spec, raw, options.resolveClass)
  const listeners = values.listeners.map(parseListener)
  refuseRestExtensions(values['rest.extension.classes'])
  overridePolicy(raw)
  if (mode === 'distributed') checkDistributed(values as Parsed<typeof distributedConfig>)
  const other = mode === 'standalone' ? 'distributed' : 'standalone'
  return {
    mode,
    raw,
    secrets: options.secrets ?? [],
    values: values as Parsed<(typeof SPECS)[M]>,
    listeners,
    adminListeners: (values['admin.listeners'] ?? []).map(parseListener),
    warnings: [
      ...unknownKeyWarnings(raw, spec, { mode: other, spec: SPECS[other] }, options.place),
      ...ineffectiveKeys(values),
      ...(mode === 'distributed' ? sharedTopics(values as Parsed<typeof distributedConfig>) : []),
    ],
  }
}

/** The JVM reads this key before all others. Java: Plugins.PluginDiscoveryMode */
function checkPluginDiscovery(raw: Readonly<Record<string, string>>): void {
  const given = raw['plugin.discovery']?.trim().toLowerCase()
  const modes = ['only_scan', 'hybrid_warn', 'hybrid_fail', 'service_load']
  if (given !== undefined && !modes.includes(given)) {
    throw new ConnectException(`Invalid plugin.discovery value, must be one of [${modes.join(', ')}]`)
  }
}

const STORAGE_TOPICS = ['config.storage.topic', 'offset.storage.topic', 'status.storage.topic'] as const

/** The JVM's worker takes one topic for two purposes without a word, and its stores then complain of each record. */
function sharedTopics(values: Parsed<typeof distributedConfig>): string[] {
  return [...Map.groupBy(STORAGE_TOPICS, name => values[name])]
    .filter(([, names]) => names.length > 1)
    .map(([topic, names]) => `${names.join(' and ')} both name ${topic}: give each a topic of its own.`)
}

function checkDistributed(values: Parsed<typeof distributedConfig>): void {
  if (values['bootstrap.servers'].includes('embedded'))
    throw new ConfigException(
      invalidValue('bootstrap.servers', 'embedded', 'The embedded log is for a standalone worker'),
      {
        hint: 'Name a Kafka broker (host:port), or run bunnect standalone.',
      },
    )
  const blank = (
    name: 'config.storage.topic' | 'offset.storage.topic' | 'status.storage.topic',
    text: string,
  ) => {
    if (values[name].trim() === '') throw new ConfigException(text)
  }
  blank('offset.storage.topic', 'Offset storage topic must be specified')
  blank('config.storage.topic', 'Must specify topic for connector configuration.')
  blank('status.storage.topic', 'Must specify topic for connector status.')
  const algorithm = values['inter.worker.signature.algorithm']
  if (!values['inter.worker.verification.algorithms'].includes(algorithm)) {
    throw new ConfigException(
      invalidValue(
        'inter.worker.signature.algorithm',
        algorithm,
        'Signature algorithm must be present in inter.worker.verification.algorithms list',
      ),
    )
  }
  if (values['heartbeat.interval.ms'] >= values['session.timeout.ms']) {
    throw new ConfigException('Heartbeat must be set lower than the session timeout', {
      hint: 'heartbeat.interval.ms is usually a third of session.timeout.ms.',
    })
  }
}
