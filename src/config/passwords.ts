/** Passwords in configurations, so that no text of a plugin or a client takes them along (invariant 5). */
import { clientKeys } from './client/index.ts'
import type { ConfigSpec } from './keys.ts'
import { withPrefix } from './prefix.ts'
import type { RawConfig } from './validate.ts'
import { saslKeys } from './worker/sasl.ts'
import { sslKeys } from './worker/ssl.ts'

/** Looks up what keys a plugin has. */
interface Specs {
  find(classOrAlias: string): { config: ConfigSpec } | null
}

const CLIENTS = ['producer', 'consumer', 'admin'] as const
const CONVERTERS = ['key.converter', 'value.converter', 'header.converter'] as const

/** The values of a connector's PASSWORD keys: its own, its clients', its converters', its transformations'. */
export function connectorPasswords(config: RawConfig, plugins: Specs): string[] {
  const found = passwords(config, '', specOf(config['connector.class'], plugins))
  for (const client of CLIENTS) found.push(...passwords(config, `${client}.override.`, clientKeys[client]))
  for (const key of CONVERTERS) found.push(...passwords(config, `${key}.`, specOf(config[key], plugins)))
  for (const [key, value] of Object.entries(config)) {
    const [, prefix] = /^((?:transforms|predicates)\..+\.)type$/.exec(key) ?? []
    if (prefix !== undefined) found.push(...passwords(config, prefix, specOf(value, plugins)))
  }
  return found
}

/** The values of a worker's PASSWORD keys: its own and those for clients, listeners and converters. */
export function workerPasswords(config: RawConfig, plugins: Specs): string[] {
  const found = passwords(config, '', {
    ...clientKeys.producer,
    ...clientKeys.consumer,
    ...sslKeys,
    ...saslKeys,
  })
  for (const client of CLIENTS) found.push(...passwords(config, `${client}.`, clientKeys[client]))
  for (const prefix of ['listeners.https.', 'admin.listeners.https.'])
    found.push(...passwords(config, prefix, sslKeys))
  for (const key of CONVERTERS) found.push(...passwords(config, `${key}.`, specOf(config[key], plugins)))
  return found
}

function specOf(className: string | null | undefined, plugins: Specs): ConfigSpec {
  return (className && plugins.find(className.trim())?.config) || {}
}

function passwords(config: RawConfig, prefix: string, spec: ConfigSpec): string[] {
  const found: string[] = []
  for (const [name, value] of Object.entries(prefix === '' ? config : withPrefix(config, prefix))) {
    if (value !== null && Object.hasOwn(spec, name) && spec[name]!.secret)
      found.push(value, ...optionsIn(value))
  }
  return found
}

/** What a JAAS configuration, itself a secret, keeps secret: messages may show its options one by one. */
function optionsIn(value: string): string[] {
  const pattern = /(?:password|secret)\w*\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s;"']+))/gi
  return [...value.matchAll(pattern)].map(([, double, single, bare]) => double ?? single ?? bare ?? '')
}
