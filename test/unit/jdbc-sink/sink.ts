import { confluentSinkKeys } from '../../../connectors/jdbc/sink/confluent-keys.ts'
import { confluentSettings, type SinkSettings } from '../../../connectors/jdbc/sink/settings.ts'
import { jdbcSinkConnector } from '../../../connectors/jdbc/sink.ts'
import { type Config, parseConfig, type Schema, SinkRecord } from '../../../src/sdk/index.ts'

export const URL = 'jdbc:sqlite::memory:'

export function settingsOf(config: Config = {}): SinkSettings {
  const given = { name: 'sink', 'connection.url': URL, ...config }
  return confluentSettings(parseConfig(confluentSinkKeys, given), given)
}

export interface Parts {
  topic?: string
  partition?: number
  offset?: number
  keySchema?: Schema | null
  key?: unknown
  valueSchema?: Schema | null
  value?: unknown
}

export function record(parts: Parts = {}): SinkRecord {
  const { topic = 'orders', partition = 0, offset = 0 } = parts
  return new SinkRecord(
    topic,
    partition,
    parts.keySchema ?? null,
    parts.key ?? null,
    parts.valueSchema ?? null,
    parts.value ?? null,
    offset,
  )
}

export const plugin = jdbcSinkConnector
