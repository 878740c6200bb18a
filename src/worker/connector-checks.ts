/**
 * What the JVM finds wrong with a connector only when it starts. Java: the constructors of SourceConnectorConfig and
 * SinkConnectorConfig in Worker.startConnector
 */
import { frameworkSpec } from '../config/connector/framework.ts'
import { type TopicCreationSettings, topicCreationSettings } from '../config/connector/topic-creation.ts'
import { InvalidConfigException, parseConfig } from '../config/validate.ts'
import { ConfigException } from '../data/errors.ts'
import type { Config, ConnectorPlugin } from '../sdk/plugin.ts'

/**
 * Throws ConfigException for a key of the framework that has become unusable since the connector was checked (a config
 * provider gives another value) and for bad `topic.creation.*` keys, which validation passes over. Returns lines for
 * the log.
 */
export function startWarnings(plugin: ConnectorPlugin, connector: Config, worker: Config): readonly string[] {
  try {
    parseConfig(frameworkSpec(plugin), connector)
  } catch (error) {
    // The JVM stops at the first.
    if (error instanceof InvalidConfigException) throw new ConfigException(error.problems[0]!.message)
    throw error
  }
  return plugin.kind === 'source' ? (topicCreationOf(connector, worker)?.warnings ?? []) : []
}

/** What makes a connector's topics; null where that is the broker's affair. Throws ConfigException for a bad key. */
export function topicCreationOf(connector: Config, worker: Config): TopicCreationSettings | null {
  const enabled = worker['topic.creation.enable']?.trim().toLowerCase() !== 'false'
  return enabled ? topicCreationSettings(connector) : null
}
