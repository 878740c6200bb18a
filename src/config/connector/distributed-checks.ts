/** What a distributed worker asks beyond a standalone one. Java: DistributedHerder.validate…ConnectorConfig */
import type { RawConfig } from '../validate.ts'
import { type CheckedKey, checkedKey } from './checked-key.ts'
import { named } from './framework.ts'
import type { ConnectorCheck, ConnectorShape } from './plugin-shape.ts'

type Distributed = NonNullable<ConnectorCheck['distributed']>

/** Adds to the errors of the framework's keys; `own` are the connector's own ones, checked. */
export function exactlyOnceChecks(
  keys: readonly CheckedKey[],
  own: readonly CheckedKey[],
  plugin: ConnectorShape,
  { exactlyOnceSource }: Distributed,
): void {
  const support = named(keys, 'exactly.once.support')
  if (support.errors.length === 0 && String(support.value).toLowerCase() === 'required') {
    if (exactlyOnceSource !== 'enabled')
      support.errors.push('This worker does not have exactly-once source support enabled.')
    const problem = supportProblem(plugin, own)
    if (problem !== null) support.errors.push(problem)
  }
  const boundary = named(keys, 'transaction.boundary')
  if (boundary.errors.length === 0 && String(boundary.value).toLowerCase() === 'connector') {
    boundary.errors.push(
      'The connector does not support connector-defined transaction boundaries with the given configuration. Please reconfigure it to use a different transaction boundary definition.',
    )
  }
}

function supportProblem(plugin: ConnectorShape, own: readonly CheckedKey[]): string | null {
  if (!plugin.exactlyOnceSupport) {
    return 'The connector does not implement the API required for preflight validation of exactly-once source support. Please consult the documentation for the connector to determine whether it supports exactly-once semantics, and then consider reconfiguring the connector to use the value "requested" for this property (which will disable this preflight check and allow the connector to be created).'
  }
  try {
    const values = Object.fromEntries(
      own.map(({ name, value }) => [name, typeof value === 'bigint' ? Number(value) : value]),
    )
    return plugin.exactlyOnceSupport(values) === 'SUPPORTED'
      ? null
      : 'The connector does not support exactly-once semantics with the provided configuration.'
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    const more = text === '' ? '; please see the worker logs for more details.' : `: ${text}`
    return `An unexpected error occurred during validation${more}`
  }
}

/** A sink's consumers may not join the worker's own group. Returns entries for keys without a definition. */
export function consumerGroupChecks(
  config: RawConfig,
  keys: readonly CheckedKey[],
  { groupId }: Distributed,
): CheckedKey[] {
  const override = 'consumer.override.group.id'
  if (Object.hasOwn(config, override)) {
    const group = config[override] ?? null
    const clash = `Consumer group ${group} conflicts with Connect worker group ${groupId}`
    return [checkedKey(override, null, group, group === groupId ? [clash] : [])]
  }
  const name = named(keys, 'name')
  if (groupId === `connect-${name.value}`) {
    name.errors.push(
      `Consumer group for sink connector named ${name.value} conflicts with Connect worker group ${groupId}`,
    )
  }
  return []
}

/** What the group protocol can write of a connector, in bytes: a STRING of Kafka's. */
const LONGEST_NAME = 32_767

/**
 * A name that no assignment can carry is refused. Java takes it, and the group has no leader that can assign anything
 * until the connector is deleted.
 */
export function nameChecks(keys: readonly CheckedKey[]): void {
  const { value, errors } = named(keys, 'name')
  const bytes = typeof value === 'string' ? Buffer.byteLength(value) : 0
  if (bytes > LONGEST_NAME)
    errors.push(
      `A connector's name may have ${LONGEST_NAME} bytes in a group of workers, this one has ${bytes}: choose a shorter one`,
    )
}
