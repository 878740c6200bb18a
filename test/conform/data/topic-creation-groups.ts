import { sourceKeys } from '../../../src/config/connector/source.ts'
import { topicCreationSettings } from '../../../src/config/connector/topic-creation.ts'
import { InvalidConfigException, parseConfig } from '../../../src/config/validate.ts'
import { ConfigException } from '../../../src/data/errors.ts'
import type { Group } from './groups.ts'
import type { Vector } from './vectors.ts'

interface Input {
  config: Record<string, string>
  topics: string[]
}

/** Which group makes a topic, and with what. Java: SourceConnectorConfig, then TopicCreation.findFirstGroup */
function groupsOfTopics({ in: input }: Vector): unknown {
  const { config, topics } = input as Input
  try {
    parseConfig(sourceKeys, config)
  } catch (error) {
    if (error instanceof InvalidConfigException) throw new ConfigException(error.problems[0]!.message)
    throw error
  }
  const settings = topicCreationSettings(config)
  const newTopic = (topic: string) => {
    const found = settings?.groups.find(group => group.matches(topic))
    if (found === undefined) return null
    const { name, partitions, replicationFactor, configs } = found
    return { group: name, partitions, replicationFactor, configs }
  }
  return {
    usesTopicCreation: settings !== null,
    groups: settings?.groups.map(group => group.name) ?? [],
    newTopics: Object.fromEntries(topics.map(topic => [topic, newTopic(topic)])),
  }
}

export const topicCreationGroups: Readonly<Record<string, Group>> = { topiccreation: { run: groupsOfTopics } }
