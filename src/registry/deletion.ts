import { errors } from './errors.ts'
import type { Registry } from './registry.ts'
import { MODES, type Mode } from './scopes.ts'
import { contextPrefix, parseSubject } from './subject.ts'

/** Marks a subject's versions deleted, or removes what was. Resolves to their numbers. Java: KafkaSchemaRegistry.deleteSubject */
export function deleteSubject(registry: Registry, subject: string, permanent: boolean): number[] {
  const { lookup, store } = registry
  if (!lookup.hasSubject(subject, true)) throw errors.subjectNotFound(subject)
  if (!permanent && !lookup.hasSubject(subject, false)) throw errors.subjectSoftDeleted(subject)
  registry.checkWritable(subject)
  const { context } = parseSubject(subject)
  return store.write(() => {
    const versions = store.versions(subject).filter(one => permanent || !one.deleted)
    for (const { version, deleted } of versions) {
      if (store.referrers(subject, version).length > 0) throw errors.referenced(subject, version)
      if (permanent && !deleted) throw errors.subjectNotSoftDeleted(subject)
    }
    for (const one of versions) {
      if (permanent) store.removeVersion(one, context)
      else store.putVersion({ ...one, deleted: true, timestamp: Date.now() }, context)
    }
    forgetSettings(registry, subject)
    return versions.map(one => one.version)
  })
}

/** `asked` is the version as it stands in the path. Java: SubjectVersionsResource.deleteSchemaVersion */
export function deleteVersion(
  registry: Registry,
  subject: string,
  version: number,
  asked: string,
  permanent: boolean,
): number {
  const { lookup, store } = registry
  const found = lookup.version(subject, version, true)
  if (found === null)
    throw lookup.hasSubject(subject, true) ? errors.versionNotFound(version) : errors.subjectNotFound(subject)
  if (!permanent && found.deleted) throw errors.versionSoftDeleted(subject, asked)
  registry.checkWritable(subject)
  const { context } = parseSubject(subject)
  return store.write(() => {
    if (store.referrers(subject, found.version).length > 0) throw errors.referenced(subject, found.version)
    if (permanent && !found.deleted) throw errors.versionNotSoftDeleted(subject, found.version)
    if (permanent) store.removeVersion(found, context)
    else store.putVersion({ ...found, deleted: true, timestamp: Date.now() }, context)
    forgetSettings(registry, subject)
    return found.version
  })
}

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

/** Settings of a subject end with its last version. */
function forgetSettings({ store, scopes }: Registry, subject: string): void {
  if (store.versions(subject).length > 0) return
  scopes.removeConfig(subject)
  scopes.removeMode(subject)
}
