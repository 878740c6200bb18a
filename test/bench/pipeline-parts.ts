/** Converters and chains of the bench cases, for the runners without a worker around them. */

import { withPrefix } from '../../src/config/prefix.ts'
import { parseConfig } from '../../src/config/validate.ts'
import { jsonConverterPlugin } from '../../src/converters/json/json-converter.ts'
import { simpleHeaderConverterPlugin } from '../../src/converters/simple-header.ts'
import { stringConverterPlugin } from '../../src/converters/string.ts'
import type { ConnectRecord } from '../../src/data/records.ts'
import { Chain } from '../../src/pipeline/chain.ts'
import type { TaskConverters } from '../../src/pipeline/converters.ts'
import type { TaskListener } from '../../src/pipeline/task-runner.ts'
import type { Config, Converter, PluginIdentity } from '../../src/sdk/plugin.ts'
import { builtInPredicates, builtInTransformations } from '../../src/transforms/index.ts'

/** BUNNECT_BENCH_METRICS=alternate runs every second round without metrics. */
export const alternates = process.env['BUNNECT_BENCH_METRICS'] === 'alternate'

export const string = stringConverterPlugin.converter!({}, false)

export function json(schemas: boolean): Converter {
  return jsonConverterPlugin.converter!({ 'schemas.enable': String(schemas) }, false)
}

export function convertersWith(value: Converter): TaskConverters {
  const header = simpleHeaderConverterPlugin.headerConverter!({})
  return { key: string, value, header, classNames: { key: '', value: '', header: '' } }
}

/** The chain that a connector's configuration asks for. */
export function chainOf<R extends ConnectRecord>(config: Config): Chain<R> {
  const aliases = config['transforms']!.split(',')
  return new Chain<R>(
    aliases.map(alias => {
      const { predicate, ...keys } = withPrefix(config, `transforms.${alias}.`)
      const plugin = named(builtInTransformations, keys['type']!)
      const condition = predicate === undefined ? null : withPrefix(config, `predicates.${predicate}.`)
      const made = condition === null ? null : named(builtInPredicates, condition['type']!)
      return {
        alias,
        className: plugin.className,
        transformation: plugin.create(parseConfig(plugin.config, keys), keys),
        predicate: made === null ? null : made.create(parseConfig(made.config, condition!), condition!),
        negate: false,
      }
    }),
  )
}

function named<P extends PluginIdentity>(plugins: readonly P[], className: string): P {
  const found = plugins.find(plugin => plugin.className === className)
  if (found === undefined) throw new Error(`there is no ${className}`)
  return found
}

/** A task that fails ends the measurement. */
export const throwing: TaskListener = {
  onStart() {},
  onPause() {},
  onResume() {},
  onTopic() {},
  onFailure(error) {
    throw error
  },
  onShutdown() {},
}
