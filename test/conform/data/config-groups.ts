/** Groups connectorconfig and sinkconfig: what Java's classes throw when they are made from a configuration. */
import { builtInPlugins } from '../../../src/cli/builtins.ts'
import { enrichedSpec } from '../../../src/config/connector/alias-keys.ts'
import { connectorKeys } from '../../../src/config/connector/common.ts'
import { sinkCrossChecks } from '../../../src/config/connector/sink-checks.ts'
import { invalidValue, parseConfig, type RawConfig } from '../../../src/config/validate.ts'
import { ConfigException } from '../../../src/data/errors.ts'
import type { Group } from './groups.ts'
import type { Vector } from './vectors.ts'

const plugins = builtInPlugins()

/** The framework's keys, the aliases' plugins, then all keys: Java stops at the first of the three. */
function constructed({ in: input }: Vector): unknown {
  const config: RawConfig = { name: 'n', 'connector.class': 'c', ...input }
  parseConfig(connectorKeys, config, plugins.resolveClass)
  const spec = enrichedSpec(connectorKeys, config, plugins)
  const { transforms } = parseConfig(spec, config, plugins.resolveClass)
  return `ok; transforms=[${(transforms as string[]).join(', ')}]`
}

function crossChecked({ in: input }: Vector): unknown {
  const problems = { topics: [] as string[], 'topics.regex': [] as string[] }
  sinkCrossChecks(input, problems.topics, problems['topics.regex'])
  for (const [key, [why]] of Object.entries(problems)) {
    if (why !== undefined) throw new ConfigException(invalidValue(key, input[key] ?? null, why))
  }
  return 'ok'
}

export const configGroups: Readonly<Record<string, Group>> = {
  connectorconfig: { run: constructed },
  sinkconfig: { run: crossChecked },
}
