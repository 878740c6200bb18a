import type { KafkaError } from '../port.ts'
import { kafkaError } from './errors.ts'
import type { EmbeddedOptions } from './options.ts'

/** Topic configs of Kafka 4.3 with a broker's defaults. Java: org.apache.kafka.common.config.TopicConfig */
const DEFAULTS: Readonly<Record<string, string>> = {
  'cleanup.policy': 'delete',
  'compression.gzip.level': '-1',
  'compression.lz4.level': '9',
  'compression.type': 'producer',
  'compression.zstd.level': '3',
  'delete.retention.ms': '86400000',
  'file.delete.delay.ms': '60000',
  'flush.messages': '9223372036854775807',
  'flush.ms': '9223372036854775807',
  'follower.replication.throttled.replicas': '',
  'index.interval.bytes': '4096',
  'leader.replication.throttled.replicas': '',
  'local.retention.bytes': '-2',
  'local.retention.ms': '-2',
  'max.compaction.lag.ms': '9223372036854775807',
  'max.message.bytes': '1048588',
  'message.timestamp.after.max.ms': '3600000',
  'message.timestamp.before.max.ms': '9223372036854775807',
  'message.timestamp.type': 'CreateTime',
  'min.cleanable.dirty.ratio': '0.5',
  'min.compaction.lag.ms': '0',
  'min.insync.replicas': '1',
  preallocate: 'false',
  'remote.log.copy.disable': 'false',
  'remote.log.delete.on.disable': 'false',
  'remote.storage.enable': 'false',
  'retention.bytes': '-1',
  'retention.ms': '604800000',
  'segment.bytes': '1073741824',
  'segment.index.bytes': '10485760',
  'segment.jitter.ms': '0',
  'segment.ms': '604800000',
  'unclean.leader.election.enable': 'false',
}
/** The configs that the embedded log acts on must be numbers; the others are only kept and shown. */
const NUMBERS = new Set(['retention.ms', 'retention.bytes', 'max.message.bytes'])

export function invalidConfig(configs: Readonly<Record<string, string>>): KafkaError | null {
  for (const [name, value] of Object.entries(configs)) {
    if (!(name in DEFAULTS)) return kafkaError('INVALID_CONFIG', `Unknown topic config name: ${name}`)
    if (NUMBERS.has(name) && !/^-?\d+$/.test(value.trim())) {
      return kafkaError(
        'INVALID_CONFIG',
        `Invalid value ${value} for configuration ${name}: Not a number of type LONG`,
      )
    }
  }
  return null
}

/** A topic's configs as `describeConfigs` answers them: its own over the worker's over the broker's defaults. */
export function effectiveConfigs(
  own: Readonly<Record<string, string>>,
  options: EmbeddedOptions,
): Map<string, string | null> {
  return new Map(
    Object.entries({
      ...DEFAULTS,
      'retention.ms': String(options.retentionMs),
      'retention.bytes': String(options.retentionBytes),
      ...own,
    }),
  )
}
