/** `producer.override.*`, `consumer.override.*` and `admin.override.*` of clients that the connector uses. */
import { ConfigException } from '../../data/errors.ts'
import { hashMapOrder } from '../../data/java-hash.ts'
import { type ClientKind, clientKeys } from '../client/index.ts'
import { notAllowed, overridePolicy } from '../override-policy.ts'
import { javaTrim, parseValue } from '../parse.ts'
import { withPrefix } from '../prefix.ts'
import { invalidValue, type RawConfig } from '../validate.ts'
import { BUNNECT_DLQ_TOPIC } from './bunnect.ts'
import { type CheckedKey, checkedKey } from './checked-key.ts'
import type { ConnectorCheck } from './plugin-shape.ts'

/**
 * What the policy says of each override. Throws ConfigException for a value of the wrong type, of which the JVM
 * makes no list either. Java: AbstractHerder.validateClientOverrides
 */
export function clientOverrides(
  config: RawConfig,
  kind: 'source' | 'sink',
  check: ConnectorCheck,
): CheckedKey[] {
  const policy = overridePolicy(check.worker)
  const inHashOrder = Object.fromEntries(hashMapOrder(Object.keys(config)).map(name => [name, config[name]!]))
  return clientsOf(config, kind, check).flatMap(client => {
    const prefix = `${client}.override.`
    const overrides = withPrefix<string | null>(inHashOrder, prefix)
    return hashMapOrder(Object.keys(overrides)).map(name => {
      const raw = overrides[name] ?? null
      const spec = clientKeys[client][name] ?? null
      const parsed = spec ? parseValue(spec.type, name, raw) : { value: raw, why: null }
      if (parsed.why !== null) throw new ConfigException(invalidValue(name, raw, parsed.why))
      const errors = policy.allows(name) ? [] : [notAllowed(policy, name)]
      const named = spec && { ...spec, displayName: spec.displayName ?? name }
      return checkedKey(prefix + name, named, parsed.value, errors)
    })
  })
}

/** In the order of the answer. Java: AbstractHerder.connectorUsesProducer, …Consumer, …Admin and DistributedHerder's */
function clientsOf(
  config: RawConfig,
  kind: 'source' | 'sink',
  { distributed }: ConnectorCheck,
): ClientKind[] {
  const given = (name: string) => javaTrim(config[name] ?? '') !== ''
  if (kind === 'sink') {
    return given('errors.deadletterqueue.topic.name') ? ['producer', 'consumer', 'admin'] : ['consumer']
  }
  const offsets =
    distributed !== undefined &&
    (distributed.exactlyOnceSource === 'enabled' || given('offsets.storage.topic'))
  const createsTopics =
    Object.keys(config).some(name => name.startsWith('topic.creation.')) || given(BUNNECT_DLQ_TOPIC)
  const clients: ClientKind[] = ['producer']
  if (offsets) clients.push('consumer')
  if (offsets || createsTopics) clients.push('admin')
  return clients
}
