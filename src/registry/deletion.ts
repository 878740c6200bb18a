import { errors } from './errors.ts'
import type { Registry } from './registry.ts'
import { parseSubject } from './subject.ts'

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

/** Settings of a subject end with its last version. */
function forgetSettings({ store, scopes }: Registry, subject: string): void {
  if (store.versions(subject).length > 0) return
  scopes.removeConfig(subject)
  scopes.removeMode(subject)
}
