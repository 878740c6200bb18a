/**
 * Which client properties a connector may override.
 * Java: org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy and its four built-in ones
 */
import { ConnectException } from '../data/errors.ts'
import { parseValue } from './parse.ts'

export interface OverridePolicy {
  /** As it stands in the complaint. */
  readonly name: string
  allows(key: string): boolean
}

const INTERFACE = 'org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy'
const PACKAGE = 'org.apache.kafka.connect.connector.policy.'
const SUFFIX = 'ConnectorClientConfigOverridePolicy'
const PRINCIPAL = new Set(['sasl.jaas.config', 'sasl.mechanism', 'security.protocol'])

/** The policy of `connector.client.config.override.policy`; ConnectException for a class nobody knows. */
export function overridePolicy(worker: Readonly<Record<string, string>>): OverridePolicy {
  const given = worker['connector.client.config.override.policy']?.trim() ?? 'All'
  const name = given.replace(PACKAGE, '').replace(SUFFIX, '')
  switch (name) {
    case 'All':
      return { name, allows: () => true }
    case 'None':
      return { name, allows: () => false }
    case 'Principal':
      return { name, allows: key => PRINCIPAL.has(key) }
    case 'Allowlist': {
      const key = 'connector.client.config.override.allowlist'
      const list = parseValue('LIST', key, worker[key] ?? '').value as readonly string[]
      return { name, allows: key => list.includes(key) }
    }
    default:
      throw new ConnectException(
        `Failed to find any class that implements interface ${INTERFACE} and which name matches ${given}`,
        { hint: 'Known policies: All, None, Principal, Allowlist.' },
      )
  }
}

/** Java: AbstractConnectorClientConfigOverridePolicy.validate */
export function notAllowed(policy: OverridePolicy, key: string): string {
  return `The '${policy.name}' policy does not allow '${key}' to be overridden in the connector configuration.`
}
