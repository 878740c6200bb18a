import { createHash } from 'node:crypto'
import type { SchemaContent } from './schema-record.ts'

/**
 * The name that a schema has everywhere: MD5 of text, references, metadata and rules, as a UUID. Schemas of one name
 * and type are one schema. Java: io.confluent.kafka.schemaregistry.client.rest.entities.Schema.getGuid
 */
export function guidOf({ text, references, metadata, ruleSet }: SchemaContent): string {
  const md5 = createHash('md5').update(text)
  for (const { name, subject, version } of references) {
    const number = Buffer.alloc(4)
    number.writeInt32BE(version)
    md5.update(name).update(subject).update(number)
  }
  if (metadata !== null) {
    md5.update('\u0001')
    for (const [path, tags] of byKey(metadata.tags)) {
      md5.update(path)
      for (const tag of tags.toSorted()) md5.update(tag)
    }
    for (const [key, value] of byKey(metadata.properties)) md5.update(key).update(value)
    for (const key of metadata.sensitive?.toSorted() ?? []) md5.update(key)
  }
  if (ruleSet !== null) md5.update('\u0001').update(JSON.stringify(ruleSet))
  return md5.digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

function byKey<T>(map: Readonly<Record<string, T>> | undefined): [string, T][] {
  return Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
}
