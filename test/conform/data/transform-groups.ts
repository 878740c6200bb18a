/** Groups smt, predicate and projector. */
import type { ConfigSpec, Parsed } from '../../../src/config/keys.ts'
import { InvalidConfigException, parseConfig } from '../../../src/config/validate.ts'
import { ConfigException } from '../../../src/data/errors.ts'
import { isPlainObject } from '../../../src/data/java-class.ts'
import { keysInHashOrder } from '../../../src/data/java-hash.ts'
import type { ConnectRecord } from '../../../src/data/records.ts'
import { project } from '../../../src/data/schema-projector.ts'
import type { Config } from '../../../src/sdk/plugin.ts'
import { builtInPredicates, builtInTransformations } from '../../../src/transforms/index.ts'
import type { Group } from './groups.ts'
import { fromRecord, plainForm, toRecord } from './records.ts'
import { fromValue, toSchema, toValue } from './values.ts'
import type { Vector } from './vectors.ts'

type Form = (value: unknown) => unknown
const asIs: Form = value => value

const transformed =
  (form: Form) =>
  ({ in: input, order }: Vector): unknown => {
    const record = toRecord(input.record, form)
    let result: typeof record | null = record
    for (const step of [input, ...(input.then ?? [])]) if (result !== null) result = applied(step, result)
    if (result === null) return null
    // Only the plain form's maps are the HashMaps that the JVM was given.
    if (order && form === plainForm && isPlainObject(result.value))
      checkOrder(keysInHashOrder(result.value), order)
    return result === record ? { sameRecord: true } : fromRecord(result)
  }

function applied(step: { class: string; config: Config }, record: ConnectRecord): ConnectRecord | null {
  const plugin = named(builtInTransformations, step.class)
  const transformation = plugin.create(parsed(plugin.config, step.config), step.config)
  const result = transformation.apply(record)
  transformation.close?.()
  if (Array.isArray(result)) throw new Error('several records, where the JVM gives one')
  return result as ConnectRecord | null
}

function checkOrder(keys: readonly string[], order: readonly string[]): void {
  if (!Bun.deepEquals(keys, order)) throw new Error(`order ${keys.join()} where the JVM has ${order.join()}`)
}

const tested =
  (form: Form) =>
  ({ in: input }: Vector): unknown => {
    const plugin = named(builtInPredicates, input.class)
    const predicate = plugin.create(parsed(plugin.config, input.config), input.config)
    return predicate.test(toRecord(input.record, form))
  }

const projected =
  (form: Form) =>
  ({ in: input }: Vector): unknown => {
    const source = toSchema(input.source)!
    const target = toSchema(input.target)!
    return fromValue(project(source, form(toValue(input.value, source)), target), target)
  }

function named<P extends { className: string }>(plugins: readonly P[], className: string): P {
  const found = plugins.find(plugin => plugin.className === className)
  if (found === undefined) throw new Error(`${className} is not built in`)
  return found
}

/** The JVM stops at the first problem. */
function parsed(spec: ConfigSpec, config: Config): Parsed<ConfigSpec> {
  try {
    return parseConfig(spec, config)
  } catch (error) {
    if (error instanceof InvalidConfigException) throw new ConfigException(error.problems[0]!.message)
    throw error
  }
}

export const transformGroups: Readonly<Record<string, Group>> = {
  smt: { run: transformed(asIs), again: transformed(plainForm) },
  predicate: { run: tested(asIs), again: tested(plainForm) },
  projector: { run: projected(asIs), again: projected(plainForm) },
}
