import { join } from 'node:path'
import { provideEmbeddedRegistry } from '../converters/registry/embedded-registry.ts'
import type { OpenRegistry } from '../registry/open.ts'

/** Of a schema registry, below bunnect.data.dir: what a worker keeps there `bunnect schema-registry` serves as well. */
export const REGISTRY_FILE = 'schema-registry.db'

/**
 * Lets converters of this process say `schema.registry.url=embedded`. Opened when the first of them asks for a schema;
 * what it returns closes it.
 */
export function offerRegistry(dataDir: string): () => void {
  let registry: OpenRegistry | null = null
  let isOver = false
  provideEmbeddedRegistry(async () => {
    const { openRegistry } = await import('../registry/open.ts')
    if (isOver) throw new Error('this worker stops')
    registry = openRegistry({ file: join(dataDir, REGISTRY_FILE) })
    return registry.fetch
  })
  return () => {
    isOver = true
    provideEmbeddedRegistry(null)
    registry?.close()
    registry = null
  }
}
