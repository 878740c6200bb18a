import type { Database, Statement } from 'bun:sqlite'
import { SQLiteError } from 'bun:sqlite'
import type { SchemaType } from '../formats/schema-format.ts'
import { openDatabase } from './database.ts'
import { errors } from './errors.ts'
import type { RegisteredSchema, SchemaRecord, SubjectVersion } from './schema-record.ts'

interface SchemaRow {
  context: string
  id: number
  guid: string
  type: SchemaType
  text: string
  references: string
  metadata: string | null
  rule_set: string | null
}

interface VersionRow {
  subject: string
  version: number
  id: number
  deleted: number
  timestamp: number
}

export interface Place {
  readonly subject: string
  readonly version: number
}

/** What the table of settings keeps of a subject, a context or all. */
export type SettingsTable = 'configs' | 'modes'

const VERSION_COLUMNS = 'v.subject, v.version, v.id, v.deleted, v.timestamp'

/**
 * The schemas, their versions and settings in one SQLite file. Knows no rules: what may be written is the registry's
 * matter. Everything is synchronous, so nobody comes between the statements of one turn.
 */
export class RegistryStore {
  readonly #db: Database
  readonly #file: string
  readonly #statements = new Map<string, Statement>()
  readonly clusterId: string

  constructor(file: string) {
    this.#file = file
    this.#db = openDatabase(file)
    this.clusterId = this.#one<{ value: string }>('SELECT value FROM meta WHERE key = ?', 'cluster.id')!.value
  }

  /** All or nothing; on the disk when it returns (invariant 1). */
  write<T>(change: () => T): T {
    try {
      return this.#db.transaction(change).immediate()
    } catch (error) {
      if (!(error instanceof SQLiteError)) throw error
      throw errors.store(
        `Nothing was written: ${this.#file}: ${error.message}. See whether the disk has room`,
        error,
      )
    }
  }

  close(): void {
    for (const statement of this.#statements.values()) statement.finalize()
    this.#db.close(true)
  }

  contexts(): string[] {
    return this.#all<{ name: string }>('SELECT name FROM contexts ORDER BY name').map(row => row.name)
  }

  addContext(name: string): void {
    this.#run('INSERT OR IGNORE INTO contexts VALUES (?)', name)
  }

  /** Of one subject, soft deleted ones too, oldest first. */
  versions(subject: string): SubjectVersion[] {
    return this.#all<VersionRow>(
      `SELECT ${VERSION_COLUMNS} FROM versions v WHERE subject = ? ORDER BY version`,
      subject,
    ).map(versionOf)
  }

  version(subject: string, version: number): SubjectVersion | null {
    const row = this.#one<VersionRow>(
      `SELECT ${VERSION_COLUMNS} FROM versions v WHERE subject = ? AND version = ?`,
      subject,
      version,
    )
    return row && versionOf(row)
  }

  /** In Java's order of names. */
  subjects(): { subject: string; isDeleted: boolean }[] {
    return this.#all<{ subject: string; deleted: number }>(
      'SELECT subject, min(deleted) AS deleted FROM versions GROUP BY subject',
    )
      .map(({ subject, deleted }) => ({ subject, isDeleted: deleted === 1 }))
      .sort((a, b) => (a.subject < b.subject ? -1 : 1))
  }

  /** Where an id is registered, soft deleted ones too, by subject and version. */
  placesOf(context: string, id: number): SubjectVersion[] {
    return this.#all<VersionRow>(
      `SELECT ${VERSION_COLUMNS} FROM versions v WHERE context = ? AND id = ? ORDER BY subject, version`,
      context,
      id,
    ).map(versionOf)
  }

  schema(context: string, id: number): SchemaRecord | null {
    const row = this.#one<SchemaRow>('SELECT * FROM schemas WHERE context = ? AND id = ?', context, id)
    return row && schemaOf(row)
  }

  /** The one that came last where imports gave one schema several ids. */
  schemaByGuid(context: string, guid: string, type: SchemaType): SchemaRecord | null {
    const row = this.#one<SchemaRow>(
      'SELECT * FROM schemas WHERE guid = ? AND context = ? AND type = ? ORDER BY rowid DESC LIMIT 1',
      guid,
      context,
      type,
    )
    return row && schemaOf(row)
  }

  /** One for each context that has it, the default one first. */
  schemasByGuid(guid: string): SchemaRecord[] {
    return this.#all<SchemaRow>(
      'SELECT *, max(rowid) FROM schemas WHERE guid = ? GROUP BY context ORDER BY context',
      guid,
    ).map(schemaOf)
  }

  /** The languages that the versions of a subject are written in. */
  typesOf(subject: string): SchemaType[] {
    return this.#all<{ type: SchemaType }>(
      'SELECT DISTINCT s.type FROM versions v JOIN schemas s ON s.context = v.context AND s.id = v.id WHERE v.subject = ?',
      subject,
    ).map(row => row.type)
  }

  /** Of a version that exists. */
  registered(version: SubjectVersion, context: string): RegisteredSchema {
    return { ...version, schema: this.schema(context, version.id)! }
  }

  /** `references` name subjects with their contexts. */
  putSchema(record: SchemaRecord, references: readonly Place[]): void {
    const { context, id } = record
    this.#run(
      'INSERT INTO schemas VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      context,
      id,
      record.guid,
      record.type,
      record.text,
      JSON.stringify(record.references),
      record.metadata && JSON.stringify(record.metadata),
      record.ruleSet && JSON.stringify(record.ruleSet),
    )
    for (const { subject, version } of references)
      this.#run('INSERT OR IGNORE INTO refs VALUES (?, ?, ?, ?)', context, id, subject, version)
    this.#run(
      'INSERT INTO last_ids VALUES (?1, ?2) ON CONFLICT (context) DO UPDATE SET id = max(id, ?2)',
      context,
      id,
    )
  }

  nextId(context: string): number {
    return this.lastId(context) + 1
  }

  /** 0 where the context never had any. */
  lastId(context: string): number {
    return this.#one<{ id: number }>('SELECT id FROM last_ids WHERE context = ?', context)?.id ?? 0
  }

  putVersion(version: SubjectVersion, context: string): void {
    this.#run(
      'INSERT OR REPLACE INTO versions VALUES (?, ?, ?, ?, ?, ?)',
      version.subject,
      version.version,
      context,
      version.id,
      version.deleted ? 1 : 0,
      version.timestamp,
    )
  }

  /** For good. A schema that no version is left of goes with it. */
  removeVersion({ subject, version, id }: SubjectVersion, context: string): void {
    this.#run('DELETE FROM versions WHERE subject = ? AND version = ?', subject, version)
    this.dropIfUnused(context, id)
  }

  dropIfUnused(context: string, id: number): void {
    if (this.#one('SELECT 1 FROM versions WHERE context = ? AND id = ? LIMIT 1', context, id) !== null) return
    this.#run('DELETE FROM schemas WHERE context = ? AND id = ?', context, id)
    this.#run('DELETE FROM refs WHERE context = ? AND id = ?', context, id)
  }

  /** Ids of schemas that build on a version and have a version that is not deleted themselves, in their order. */
  referrers(subject: string, version: number): number[] {
    return this.#all<{ id: number }>(
      'SELECT DISTINCT r.id FROM refs r JOIN versions v ON v.context = r.context AND v.id = r.id AND v.deleted = 0 ' +
        'WHERE r.subject = ? AND r.version = ? ORDER BY r.id',
      subject,
      version,
    ).map(row => row.id)
  }

  setting(table: SettingsTable, subject: string): string | null {
    const row = this.#one<Record<string, string>>(`SELECT * FROM ${table} WHERE subject = ?`, subject)
    return row && (table === 'configs' ? row['config']! : row['mode']!)
  }

  putSetting(table: SettingsTable, subject: string, value: string): void {
    this.#run(`INSERT OR REPLACE INTO ${table} VALUES (?, ?)`, subject, value)
  }

  removeSetting(table: SettingsTable, subject: string): void {
    this.#run(`DELETE FROM ${table} WHERE subject = ?`, subject)
  }

  #one<R>(sql: string, ...values: (string | number | null)[]): R | null {
    return this.#statement(sql).get(...values) as R | null
  }

  #all<R>(sql: string, ...values: (string | number | null)[]): R[] {
    return this.#statement(sql).all(...values) as R[]
  }

  #run(sql: string, ...values: (string | number | null)[]): void {
    this.#statement(sql).run(...values)
  }

  #statement(sql: string): Statement {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#db.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}

function versionOf({ deleted, ...row }: VersionRow): SubjectVersion {
  return { ...row, deleted: deleted === 1 }
}

function schemaOf(row: SchemaRow): SchemaRecord {
  const { context, id, guid, type, text } = row
  return {
    context,
    id,
    guid,
    type,
    text,
    references: JSON.parse(row.references),
    metadata: row.metadata === null ? null : JSON.parse(row.metadata),
    ruleSet: row.rule_set === null ? null : JSON.parse(row.rule_set),
  }
}
