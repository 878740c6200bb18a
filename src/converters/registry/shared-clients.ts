import type { Config } from '../../sdk/plugin.ts'
import { type ClientSettings, clientSettings } from './client-settings.ts'
import { RegistryClient } from './registry-client.ts'

/** By fingerprint, for as long as a converter has it. */
const clients = new Map<string, WeakRef<RegistryClient>>()

/**
 * One for all converters of the process with the same settings, so that keys and values and many tasks ask once.
 * @throws ConfigException
 */
export function sharedClient(config: Config): { client: RegistryClient; settings: ClientSettings } {
  const settings = clientSettings(config)
  const known = clients.get(settings.fingerprint)?.deref()
  if (known !== undefined) return { client: known, settings }
  for (const [fingerprint, client] of clients) if (client.deref() === undefined) clients.delete(fingerprint)
  const made = new RegistryClient(settings)
  clients.set(settings.fingerprint, new WeakRef(made))
  return { client: made, settings }
}
