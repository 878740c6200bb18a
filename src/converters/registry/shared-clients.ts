import type { Config } from '../../sdk/plugin.ts'
import { type ClientSettings, clientSettings } from './client-settings.ts'
import { RegistryClient, SharedAnswers } from './registry-client.ts'

/** By fingerprint, for as long as a converter has them. */
const shared = new Map<string, WeakRef<SharedAnswers>>()

/**
 * A client for one converter. Those of the process with the same settings share what they can, so that keys and values
 * and many tasks ask once. @throws ConfigException
 */
export function sharedClient(config: Config): { client: RegistryClient; settings: ClientSettings } {
  const settings = clientSettings(config)
  return { client: new RegistryClient(settings, sharedAnswers(settings)), settings }
}

function sharedAnswers(settings: ClientSettings): SharedAnswers {
  const known = shared.get(settings.fingerprint)?.deref()
  if (known !== undefined) return known
  for (const [fingerprint, answers] of shared) if (answers.deref() === undefined) shared.delete(fingerprint)
  const made = new SharedAnswers(settings)
  shared.set(settings.fingerprint, new WeakRef(made))
  return made
}
