import { enrichedSpec } from '../config/connector/alias-keys.ts'
import { connectorKeys } from '../config/connector/common.ts'
import type { ConfigSpec } from '../config/keys.ts'
import { withPrefix } from '../config/prefix.ts'
import { parseConfig } from '../config/validate.ts'
import { ConfigException, ConnectException } from '../data/errors.ts'
import type { ConnectRecord } from '../data/records.ts'
import type { Logger } from '../observe/log.ts'
import type { PluginMeters } from '../observe/metrics/plugin-meters.ts'
import { Chain, type ChainStage } from '../pipeline/chain.ts'
import { textOf } from '../pipeline/execution-exception.ts'
import { watchedPredicate, watchedTransformation } from '../pipeline/watchdog.ts'
import type { Config, Predicate } from '../sdk/plugin.ts'
import type { PluginLookup } from './worker-options.ts'

/** What of a connector's configuration makes its chain. */
const chainKeys = { transforms: connectorKeys.transforms, predicates: connectorKeys.predicates }

export interface TaskChainOptions {
  connector: Config
  plugins: PluginLookup
  /** bunnect.transform.timeout.ms: for a plugin that is not compiled in, and one record. */
  timeoutMs: number
  meters: PluginMeters
  log: Logger
}

/**
 * The transformations of one task, configured; null when there are none. Throws ConfigException for keys that cannot
 * be used, and ConnectException for what a plugin refuses. Java: ConnectorConfig.transformationStages
 */
export function taskChain<R extends ConnectRecord>(options: TaskChainOptions): Chain<R> | null {
  const { connector, plugins, timeoutMs, meters, log } = options
  const spec: ConfigSpec = enrichedSpec(chainKeys, connector, plugins)
  const values = parseConfig(spec, connector, plugins.resolveClass)
  const stages: ChainStage[] = []
  const chain = new Chain<R>(stages)
  try {
    for (const alias of values['transforms'] as readonly string[]) {
      const prefix = `transforms.${alias}.`
      const { predicate, negate, ...config } = withPrefix(connector, prefix)
      const plugin = plugins.transformation(values[`${prefix}type`])
      const made = plugin.create(parseConfig(plugin.config, config), config)
      made.withPluginMetrics?.(meters.of(['transformation', alias]))
      const name = `Transformation ${alias} (${plugin.className})`
      const stage: ChainStage = {
        alias,
        className: plugin.className,
        transformation: plugin.outside ? watchedTransformation(made, name, timeoutMs) : made,
        predicate: null,
        negate: negate?.toLowerCase() === 'true',
      }
      const at = stages.push(stage) - 1
      if (predicate !== undefined)
        stages[at] = { ...stage, predicate: predicateOf(predicate, values, options) }
    }
  } catch (error) {
    chain.close(log)
    throw new ConnectException(textOf(error), { cause: error })
  }
  return stages.length === 0 ? null : chain
}

function predicateOf(
  alias: string,
  values: Readonly<Record<string, unknown>>,
  { connector, plugins, timeoutMs, meters }: TaskChainOptions,
): Predicate {
  const prefix = `predicates.${alias}.`
  const type = values[`${prefix}type`]
  if (type === undefined) {
    // As in Java, where the lookup of a plugin wraps it a first time.
    const cause = new ConfigException(`Unknown configuration '${prefix}plugin.version'`, {
      hint: `Name ${alias} in predicates, or another predicate in the transformation.`,
    })
    throw new ConnectException(textOf(cause), { cause })
  }
  const config = withPrefix(connector, prefix)
  const plugin = plugins.predicate(type as string)
  const made = plugin.create(parseConfig(plugin.config, config), config)
  made.withPluginMetrics?.(meters.of(['predicate', alias]))
  const name = `Predicate ${alias} (${plugin.className})`
  return plugin.outside ? watchedPredicate(made, name, timeoutMs) : made
}
