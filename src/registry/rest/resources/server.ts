import type { Hono } from 'hono'
import { COMMIT, VERSION } from '../../../observe/version.ts'
import type { Registry } from '../../registry.ts'
import { DEFAULT_CONTEXT } from '../../subject.ts'
import { answer } from '../answers.ts'
import { page } from '../parameters.ts'

const LARGEST_PAGE = 20_000
/** Java's default of `schema.registry.group.id`. */
const GROUP_ID = 'schema-registry'

/** Java: RootResource, ServerMetadataResource, ContextsResource of the registry */
export function serverRoutes(app: Hono, { store }: Registry): void {
  app.get('/', c => answer(c, {}))
  app.post('/', c => answer(c, {}))
  app.get('/contexts', c => answer(c, page(c, [DEFAULT_CONTEXT, ...store.contexts()], LARGEST_PAGE)))
  app.get('/v1/metadata/version', c => answer(c, { version: VERSION, commitId: COMMIT }))
  app.get('/v1/metadata/id', c => {
    const clusters = { 'kafka-cluster': store.clusterId, 'schema-registry-cluster': GROUP_ID }
    return answer(c, { scope: { path: [], clusters }, id: '' })
  })
}
