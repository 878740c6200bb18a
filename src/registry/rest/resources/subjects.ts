import type { Hono } from 'hono'
import { deleteSubject } from '../../deletion.ts'
import { errors } from '../../errors.ts'
import type { Registry } from '../../registry.ts'
import type { DeletedFilter } from '../../schema-record.ts'
import { contextPrefix, EVERY_CONTEXT } from '../../subject.ts'
import { answer, schemaBody } from '../answers.ts'
import { readDraft } from '../bodies.ts'
import { flag, page, subjectOf } from '../parameters.ts'

const LARGEST_PAGE = 20_000

/** Java: io.confluent.kafka.schemaregistry.rest.resources.SubjectsResource */
export function subjectRoutes(app: Hono, registry: Registry): void {
  app.get('/subjects', c => {
    const filter: DeletedFilter = flag(c, 'deletedOnly') ? 'only' : flag(c, 'deleted') ? 'with' : 'without'
    const subjects = matching(registry, c.req.query('subjectPrefix') ?? EVERY_CONTEXT)
      .filter(({ isDeleted }) => filter === 'with' || isDeleted === (filter === 'only'))
      .map(({ subject }) => subject)
    return answer(c, page(c, subjects, LARGEST_PAGE))
  })

  app.post('/subjects/:subject', async c => {
    const subject = subjectOf(c, registry)
    const deleted = flag(c, 'deleted')
    const found = await registry.find(subject, await readDraft(c), flag(c, 'normalize'), deleted)
    if (found === null) throw notFound(registry, subject, deleted)
    const text = await registry.formatted(found.schema, found.subject, c.req.query('format') ?? '')
    return answer(c, schemaBody(c, found, text))
  })

  app.get('/subjects/:subject/metadata', c => {
    const subject = subjectOf(c, registry)
    const deleted = flag(c, 'deleted')
    const values = c.req.queries('value') ?? []
    const wanted = (c.req.queries('key') ?? []).slice(0, values.length)
    for (const one of registry.store.versions(subject).toReversed()) {
      const found = registry.lookup.version(subject, one.version, deleted)
      const properties = found?.schema.metadata?.properties
      if (found && properties && wanted.every((key, i) => properties[key] === values[i]))
        return answer(c, schemaBody(c, found))
    }
    throw notFound(registry, subject, deleted)
  })

  app.delete('/subjects/:subject', c =>
    answer(c, deleteSubject(registry, subjectOf(c, registry), flag(c, 'permanent'))),
  )
}

/** Subjects whose names begin so, sorted; the prefix may name every context. */
export function matching({ store }: Registry, prefix: string) {
  if (!prefix.startsWith(EVERY_CONTEXT))
    return store.subjects().filter(({ subject }) => subject.startsWith(prefix))
  const name = prefix.slice(EVERY_CONTEXT.length)
  const prefixes = ['', ...store.contexts().map(contextPrefix)].map(context => context + name)
  return store.subjects().filter(({ subject }) => prefixes.some(one => subject.startsWith(one)))
}

function notFound({ lookup }: Registry, subject: string, deleted: boolean) {
  return lookup.hasSubject(subject, deleted) ? errors.schemaNotFound() : errors.subjectNotFound(subject)
}
