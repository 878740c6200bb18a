import { ConfigException } from '../../data/errors.ts'

/** Serves a registry's REST API without a socket. */
export type RegistryFetch = (request: Request) => Response | Promise<Response>

/** What `schema.registry.url` says for the registry in this process. */
export const EMBEDDED = 'embedded'

let opener: (() => RegistryFetch | Promise<RegistryFetch>) | null = null
let opened: Promise<RegistryFetch> | null = null

/** Told by a worker that has one; `open` is called when the first converter asks for a schema. Null takes it back. */
export function provideEmbeddedRegistry(open: (() => RegistryFetch | Promise<RegistryFetch>) | null): void {
  opener = open
  opened = null
}

/** @throws ConfigException in a process that has none */
export function requireEmbeddedRegistry(): void {
  if (opener !== null) return
  throw new ConfigException('schema.registry.url=embedded: this worker has no registry of its own', {
    hint: 'It is there in standalone mode, for tasks in the worker itself (bunnect.task.hosts=0); start one for many workers with `bunnect schema-registry` and name its URL.',
  })
}

/** The registry in this process, opened at the first call. A failure to open it is tried again at the next. */
export function embeddedRegistry(): Promise<RegistryFetch> {
  requireEmbeddedRegistry()
  if (opened === null) {
    const opening = Promise.resolve().then(opener!)
    opened = opening
    opening.catch(() => {
      if (opened === opening) opened = null
    })
  }
  return opened
}
