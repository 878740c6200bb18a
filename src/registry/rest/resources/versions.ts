import type { Context, Hono } from 'hono'
import { deleteVersion } from '../../deletion.ts'
import { errors } from '../../errors.ts'
import type { Registry } from '../../registry.ts'
import type { RegisteredSchema } from '../../schema-record.ts'
import { isValidSubject } from '../../subject.ts'
import { answer, registeredBody, schemaBody, sent } from '../answers.ts'
import { readDraft } from '../bodies.ts'
import { flag, page, subjectOf, versionOf } from '../parameters.ts'

const LARGEST_PAGE = 20_000

/** Java: io.confluent.kafka.schemaregistry.rest.resources.SubjectVersionsResource */
export function versionRoutes(app: Hono, registry: Registry): void {
  app.get('/subjects/:subject/versions', c => {
    const subject = subjectOf(c, registry)
    const only = flag(c, 'deletedOnly')
    const negative = flag(c, 'deletedAsNegative')
    const all = only || negative || flag(c, 'deleted')
    if (!registry.lookup.hasSubject(subject, all)) throw errors.subjectNotFound(subject)
    const versions = registry.store
      .versions(subject)
      .filter(({ deleted }) => (only ? deleted : all || !deleted))
      .map(({ version, deleted }) => (negative && !only && deleted ? -version : version))
    return answer(c, page(c, versions, LARGEST_PAGE))
  })

  app.post('/subjects/:subject/versions', async c => {
    const draft = await readDraft(c)
    const subject = subjectOf(c, registry)
    // What it stands for where it is an alias, too.
    const invalid = [c.req.param('subject'), subject].find(one => !isValidSubject(one))
    if (invalid !== undefined) throw errors.invalidSubject(invalid)
    const registered = await registry.register(subject, draft, flag(c, 'normalize'))
    return answer(c, registeredBody(c, registered))
  })

  app.get('/subjects/:subject/versions/:version', async c => {
    const found = versionAsked(c, registry, flag(c, 'deleted'))
    const text = await registry.formatted(found.schema, found.subject, c.req.query('format') ?? '')
    return answer(c, schemaBody(c, found, text))
  })

  app.get('/subjects/:subject/versions/:version/schema', async c => {
    const { schema, subject } = versionAsked(c, registry, flag(c, 'deleted'))
    return sent(c, await registry.formatted(schema, subject, c.req.query('format') ?? ''))
  })

  app.get('/subjects/:subject/versions/:version/referencedby', c => {
    const { subject, version } = versionAsked(c, registry, true)
    return answer(c, registry.store.referrers(subject, version))
  })

  app.delete('/subjects/:subject/versions/:version', c => {
    const subject = subjectOf(c, registry)
    const asked = c.req.param('version')
    return answer(c, deleteVersion(registry, subject, versionOf(c), asked, flag(c, 'permanent')))
  })
}

function versionAsked(c: Context, registry: Registry, deleted: boolean): RegisteredSchema {
  const subject = subjectOf(c, registry)
  const version = versionOf(c)
  const found = registry.lookup.versionInContexts(subject, version, deleted)
  if (found !== null) return found
  throw registry.lookup.hasSubject(subject, deleted)
    ? errors.versionNotFound(version)
    : errors.subjectNotFound(subject)
}
