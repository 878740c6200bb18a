import type { Context, Hono } from 'hono'
import { errors } from '../../errors.ts'
import type { Registry } from '../../registry.ts'
import type { RegisteredSchema, SubjectVersion } from '../../schema-record.ts'
import { normalizeSubject, parseSubject } from '../../subject.ts'
import { answer, contentBody, schemaBody, sent } from '../answers.ts'
import { aliased, flag, idOf, page } from '../parameters.ts'
import { matching } from './subjects.ts'

const LARGEST_PAGE = 1000

/** Java: io.confluent.kafka.schemaregistry.rest.resources.SchemasResource */
export function schemaRoutes(app: Hono, registry: Registry): void {
  const { store } = registry

  app.get('/schemas', c => {
    const deleted = flag(c, 'deleted')
    const ruleType = c.req.query('ruleType') ?? ''
    const versions = matching(registry, c.req.query('subjectPrefix') ?? '')
      .values()
      .flatMap(({ subject }) => {
        const all = store.versions(subject).filter(one => deleted || !one.deleted)
        return flag(c, 'latestOnly') ? all.slice(-1) : all
      })
    const registered = (one: SubjectVersion) => store.registered(one, parseSubject(one.subject).context)
    const shown =
      ruleType === ''
        ? page(c, versions, LARGEST_PAGE).map(registered)
        : page(
            c,
            versions.map(registered).filter(one => hasRule(one, ruleType)),
            LARGEST_PAGE,
          )
    return answer(
      c,
      shown.map(one => schemaBody(c, one)),
    )
  })

  app.get('/schemas/types', c => answer(c, registry.formats.types))

  app.get('/schemas/ids/:id', async c => {
    const { schema, place } = byId(c, registry)
    const text = await registry.formatted(schema, place.subject, c.req.query('format') ?? '')
    const body = contentBody(c, schema, { ...place, schema }, text)
    return answer(c, flag(c, 'fetchMaxId') ? { ...body, maxId: store.lastId(schema.context) } : body)
  })

  app.get('/schemas/ids/:id/schema', async c => {
    const { schema, place } = byId(c, registry)
    return sent(c, await registry.formatted(schema, place.subject, c.req.query('format') ?? ''))
  })

  app.get('/schemas/ids/:id/subjects', c => {
    const subjects = places(c, registry).map(({ subject }) => subject)
    return answer(c, page(c, [...new Set(subjects)], LARGEST_PAGE))
  })

  app.get('/schemas/ids/:id/versions', c => {
    const found = places(c, registry).map(({ subject, version }) => ({ subject, version }))
    return answer(c, page(c, found, LARGEST_PAGE))
  })

  app.get('/schemas/guids/:guid', async c => {
    const guid = c.req.param('guid').toLowerCase()
    const [schema] = store.schemasByGuid(guid)
    if (schema === undefined) throw errors.schemaNotFound(c.req.param('guid'))
    const [place] = store.placesOf(schema.context, schema.id)
    const text = await registry.formatted(schema, place!.subject, c.req.query('format') ?? '')
    return answer(c, contentBody(c, schema, null, text))
  })

  app.get('/schemas/guids/:guid/ids', c => {
    const found = store.schemasByGuid(c.req.param('guid').toLowerCase())
    return answer(
      c,
      found.map(({ context, id }) => ({ context, id })),
    )
  })
}

function byId(c: Context, registry: Registry) {
  const id = idOf(c)
  const found = registry.lookup.byId(id, subjectAsked(c, registry))
  if (found === null) throw errors.schemaNotFound(id)
  return found
}

function places(c: Context, registry: Registry) {
  const found = registry.lookup.byId(idOf(c), subjectAsked(c, registry))
  if (found === null) throw errors.schemaNotFound()
  const all = registry.store.placesOf(found.schema.context, found.schema.id)
  return all.filter(one => flag(c, 'deleted') || !one.deleted)
}

function subjectAsked(c: Context, registry: Registry): string | null {
  const text = c.req.query('subject')
  return text ? aliased(registry, normalizeSubject(text)) : null
}

function hasRule({ schema }: RegisteredSchema, type: string): boolean {
  const { migrationRules = [], domainRules = [], encodingRules = [] } = schema.ruleSet ?? {}
  return [...migrationRules, ...domainRules, ...encodingRules].some(rule => rule['type'] === type)
}
