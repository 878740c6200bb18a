import { errors } from './errors.ts'
import type { Registry } from './registry.ts'
import { MODES, type Mode } from './scopes.ts'
import { contextPrefix, parseSubject } from './subject.ts'

/** `subject` null is all. With `force` a subject that has schemas may be imported to. Java: KafkaSchemaRegistry.setMode */
export function setMode(registry: Registry, subject: string | null, written: string, force: boolean): Mode {
  const mode = MODES.find(one => one === written.toUpperCase())
  if (mode === undefined) throw errors.invalidMode()
  checkMutable(registry)
  const { store, scopes } = registry
  store.write(() => {
    if (mode === 'IMPORT' && scopes.mode(subject) !== 'IMPORT' && !force) clearForImport(registry, subject)
    scopes.putMode(subject, mode)
  })
  return mode
}

/** Returns the mode that it had. */
export function removeMode(registry: Registry, subject: string): Mode {
  const mode = registry.scopes.ownMode(subject)
  if (mode === null) throw errors.subjectNotFound(subject)
  checkMutable(registry)
  registry.store.write(() => registry.scopes.removeMode(subject))
  return mode
}

function checkMutable({ settings }: Registry): void {
  if (!settings.modeMutability) throw errors.notPermitted('Mode changes are not allowed')
}

/** An import brings its own ids: there may be none, and what is softly deleted goes. */
function clearForImport({ store }: Registry, scope: string | null): void {
  const subjects = store.subjects().filter(({ subject }) => isIn(subject, scope))
  if (subjects.some(({ isDeleted }) => !isDeleted))
    throw errors.notPermitted('Cannot import since found existing subjects')
  const versions = subjects.flatMap(({ subject }) => store.versions(subject))
  for (const { subject, version } of versions)
    if (store.referrers(subject, version).length > 0) throw errors.referenced(subject, version)
  for (const one of versions) store.removeVersion(one, parseSubject(one.subject).context)
}

function isIn(subject: string, scope: string | null): boolean {
  if (scope === null || subject === scope) return true
  const { context, name } = parseSubject(scope)
  return (
    name === '' && subject.startsWith(contextPrefix(context)) && parseSubject(subject).context === context
  )
}
