import type { Context } from 'hono'
import type { RegisteredSchema, SchemaRecord } from '../schema-record.ts'
import type { SubjectConfig } from '../scopes.ts'
import { answeredType } from './media-types.ts'

/** Clients of today send it with `true`: they take fields that older ones would refuse. */
const NEW_FIELDS = 'Confluent-Accept-Unknown-Properties'

export function answer(c: Context, body: unknown, status = 200): Response {
  return sent(c, JSON.stringify(body), status)
}

/** A text as it stands. */
export function sent(c: Context, text: string, status = 200): Response {
  return new Response(text, { status, headers: { 'content-type': answeredType(accepted(c))! } })
}

export function refusal(c: Context, status: number, code: number, message: string): Response {
  const type = answeredType(accepted(c)) ?? 'application/json'
  const body = JSON.stringify({ error_code: code, message })
  return new Response(body, { status, headers: { 'content-type': type } })
}

function accepted(c: Context): string | null {
  return c.req.header('accept') ?? null
}

/** Java: io.confluent.kafka.schemaregistry.client.rest.entities.Schema */
export function schemaBody(c: Context, found: RegisteredSchema, text = found.schema.text) {
  const { subject, version, id, schema } = found
  const { lead, tail } = newFields(c, found, schema)
  return { subject, version, id, ...lead, ...content(schema, text), ...tail }
}

/** Java: …client.rest.entities.requests.RegisterSchemaResponse */
export function registeredBody(c: Context, found: RegisteredSchema) {
  const { version, id, schema } = found
  const { lead, tail } = newFields(c, found, schema)
  return { id, version, ...lead, ...content(schema, schema.text), ...tail }
}

/** Java: …client.rest.entities.SchemaString */
export function contentBody(c: Context, schema: SchemaRecord, found: RegisteredSchema | null, text: string) {
  if (found === null) return { ...guidAndType(c, schema), ...content(schema, text) }
  const { lead, tail } = newFields(c, found, schema)
  const place = takesNewFields(c) ? { subject: found.subject, version: found.version } : {}
  return { ...place, ...lead, ...content(schema, text), ...tail }
}

function content({ type, references, metadata, ruleSet }: SchemaRecord, text: string) {
  return {
    ...(type !== 'AVRO' && { schemaType: type }),
    ...(references.length > 0 && { references }),
    ...(metadata !== null && { metadata }),
    ...(ruleSet !== null && { ruleSet }),
    schema: text,
  }
}

function newFields(c: Context, found: RegisteredSchema, schema: SchemaRecord) {
  if (!takesNewFields(c)) return { lead: {}, tail: {} }
  return { lead: guidAndType(c, schema), tail: { ts: found.timestamp, deleted: found.deleted } }
}

function guidAndType(c: Context, { guid, type }: SchemaRecord) {
  return takesNewFields(c) ? { guid, schemaType: type } : {}
}

function takesNewFields(c: Context): boolean {
  return c.req.header(NEW_FIELDS)?.toLowerCase() === 'true'
}

/** What `PUT /config` gives back: the level has another name there. */
export function changedConfigBody({ compatibilityLevel, ...config }: SubjectConfig) {
  return { ...config, ...(compatibilityLevel !== undefined && { compatibility: compatibilityLevel }) }
}
