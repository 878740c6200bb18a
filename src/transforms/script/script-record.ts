/** A record as scripts see it, and what they return as records. The shapes are told in script-types.ts. */
import { DataException } from '../../data/errors.ts'
import { ConnectHeader, ConnectHeaders } from '../../data/headers.ts'
import { isPlainObject } from '../../data/java-class.ts'
import type { ConnectRecord } from '../../data/records.ts'
import type { Schema } from '../../data/schema.ts'
import { fromScript, toScript } from './struct-object.ts'

export interface ScriptHeader {
  key: string
  value: unknown
}

export interface ScriptRecord {
  topic: string | null
  partition: number | null
  key: unknown
  value: unknown
  headers: ScriptHeader[]
  timestamp: number | null
}

/** Values without a schema are the record's own, not copies; what a schema describes is a copy. */
export function scriptRecord(record: ConnectRecord): ScriptRecord {
  const { keySchema, key, valueSchema, value } = record
  return {
    topic: record.topic,
    partition: record.kafkaPartition,
    key: keySchema === null || key === null ? key : toScript(keySchema, key),
    value: valueSchema === null || value === null ? value : toScript(valueSchema, value),
    headers: record.hasHeaders ? [...record.headers].map(seenHeader) : [],
    timestamp: record.timestamp,
  }
}

function seenHeader({ key, schema, value }: ConnectHeader): ScriptHeader {
  return { key, value: schema === null ? value : toScript(schema, value) }
}

/** What the script returned for `record`, which it saw as `seen`. Throws DataException for what is no record. */
export function recordsOf<R extends ConnectRecord>(
  result: unknown,
  record: R,
  seen: ScriptRecord,
): R | null | readonly R[] {
  if (result === seen) return recordOf(seen, record, seen)
  if (result === null || result === undefined) return null
  if (Array.isArray(result)) {
    if (result.length === 0) return null
    return result.map(each => recordOf(asRecord(each), record, seen))
  }
  return recordOf(asRecord(result), record, seen)
}

const MEMBERS: ReadonlySet<string> = new Set<keyof ScriptRecord>([
  'topic',
  'partition',
  'key',
  'value',
  'headers',
  'timestamp',
])

function asRecord(given: unknown): Partial<ScriptRecord> {
  if (given instanceof Promise)
    throw new DataException('The script returned a Promise; it must answer at once, without async and await.')
  if (!isPlainObject(given))
    throw new DataException(
      `The script must return a record, several in an array, or null, not ${said(given)}.`,
    )
  const stranger = Object.keys(given).find(name => !MEMBERS.has(name))
  if (stranger !== undefined)
    throw new DataException(
      `The script returned a record with "${stranger}"; a record has ${[...MEMBERS].join(', ')}. Content goes into its value: { ...record, value: { … } }.`,
    )
  return given as Partial<ScriptRecord>
}

/** What `given` does not say is as it was; the record itself where nothing differs. */
function recordOf<R extends ConnectRecord>(given: Partial<ScriptRecord>, record: R, seen: ScriptRecord): R {
  const { topic = record.topic, partition = record.kafkaPartition, timestamp = record.timestamp } = given
  const { keySchema, valueSchema } = record
  const key = part(keySchema, given.key === undefined ? seen.key : given.key, record.key, 'key')
  const value = part(valueSchema, given.value === undefined ? seen.value : given.value, record.value, 'value')
  const headers = headersOf(given.headers ?? seen.headers, record)
  const same =
    topic === record.topic &&
    partition === record.kafkaPartition &&
    timestamp === record.timestamp &&
    Object.is(key, record.key) &&
    Object.is(value, record.value)
  if (same && headers === undefined) return record
  if (typeof topic !== 'string' || topic === '')
    throw new DataException(`The script gave the record the topic ${said(topic)}; it must be a text.`)
  checkNumber('partition', partition)
  checkNumber('timestamp', timestamp)
  return record.newRecord(
    topic,
    partition,
    schemaFor(keySchema, key),
    key,
    schemaFor(valueSchema, value),
    value,
    timestamp,
    headers,
  )
}

function part(schema: Schema | null, given: unknown, before: unknown, path: string): unknown {
  // A tombstone is null whatever the schema says.
  return schema === null || given === null ? given : fromScript(schema, given, before, path)
}

function schemaFor(schema: Schema | null, value: unknown): Schema | null {
  return value === null && schema !== null && !schema.optional ? null : schema
}

/** undefined where nothing differs. */
function headersOf(given: unknown, record: ConnectRecord): ConnectHeaders | undefined {
  if (!Array.isArray(given))
    throw new DataException(
      `The script gave the record ${said(given)} as headers; it must be an array of { key, value }.`,
    )
  if (given.length === 0 && !record.hasHeaders) return undefined
  const before = [...record.headers]
  const next = given.map((header, i) => headerOf(header, i, before))
  if (next.length === before.length && next.every((header, i) => header === before[i])) return undefined
  const headers = new ConnectHeaders()
  for (const header of next) headers.addHeader(header)
  return headers
}

/** A header that was there keeps its schema while the value fits; others have none. */
function headerOf(given: unknown, i: number, before: readonly ConnectHeader[]): ConnectHeader {
  if (!isPlainObject(given) || typeof given['key'] !== 'string')
    throw new DataException(
      `The script gave the record ${said(given)} as headers[${i}]; it must be { key, value }.`,
    )
  const { key, value = null } = given
  const same = before[i]?.key === key ? before[i] : before.find(header => header.key === key)
  if (!same) return new ConnectHeader(key, null, value)
  if (same.schema === null) return Object.is(same.value, value) ? same : same.with(null, value)
  const fitting = value === null ? null : fromScript(same.schema, value, same.value, `headers[${i}]`)
  return Object.is(fitting, same.value) ? same : same.with(schemaFor(same.schema, fitting), fitting)
}

function checkNumber(name: string, value: unknown): void {
  if (value === null || (Number.isSafeInteger(value) && (value as number) >= 0)) return
  throw new DataException(
    `The script gave the record the ${name} ${said(value)}; it must be a whole number or null.`,
  )
}

function said(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? `a ${value.constructor?.name ?? 'object'}` : `a ${typeof value}`
}
