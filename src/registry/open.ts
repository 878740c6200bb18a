import { builtInFormats } from './built-in-formats.ts'
import type { RegistrySettings } from './registry.ts'
import { registryApp } from './rest/app.ts'
import { RegistryStore } from './store.ts'

export interface OpenRegistry {
  /** Answers as the server would; only the path and what follows it count. */
  fetch(request: Request): Promise<Response>
  close(): void
}

/**
 * A schema registry in this process, kept in one SQLite file that no other process may have open. Throws
 * ConnectException where the file cannot be used.
 */
export function openRegistry(options: { file: string; settings?: Partial<RegistrySettings> }): OpenRegistry {
  const store = new RegistryStore(options.file)
  const app = registryApp(store, builtInFormats(), options.settings)
  return {
    fetch: async request => await app.fetch(request),
    close: () => store.close(),
  }
}
