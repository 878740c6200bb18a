import type { Context, Hono } from 'hono'
import { RegistryError } from '../../errors.ts'
import type { Registry } from '../../registry.ts'
import { answer } from '../answers.ts'
import { readDraft } from '../bodies.ts'
import { flag, subjectOf, versionOf } from '../parameters.ts'

const INVALID_SCHEMA = 42201

/** Java: io.confluent.kafka.schemaregistry.rest.resources.CompatibilityResource */
export function compatibilityRoutes(app: Hono, registry: Registry): void {
  const check = async (c: Context, version: number | null) => {
    const verbose = flag(c, 'verbose')
    const draft = { ...(await readDraft(c)), version: 0, id: -1 }
    const reasons = await reasonsOf(
      () => registry.check(subjectOf(c, registry), draft, version, flag(c, 'normalize')),
      verbose,
    )
    const messages = verbose && reasons.length > 0 ? { messages: reasons } : {}
    return answer(c, { is_compatible: reasons.length === 0, ...messages })
  }
  app.post('/compatibility/subjects/:subject/versions', c => check(c, null))
  app.post('/compatibility/subjects/:subject/versions/:version', c => check(c, versionOf(c)))
}

/** Who wants to be told all is told of an invalid schema as of one that does not fit. */
async function reasonsOf(check: () => Promise<string[]>, verbose: boolean): Promise<string[]> {
  try {
    return await check()
  } catch (error) {
    if (verbose && error instanceof RegistryError && error.code === INVALID_SCHEMA) return [error.message]
    throw error
  }
}
