import type { SubmittedConfig } from '../herder/herder.ts'

/** A body that cannot be read: always the client's doing. The JVM answers 500, we 400 (DIFFERENCES.md). */
export class BodyError extends Error {}

/** A number keeps its literal text: config values are strings and `1.50` must stay `1.50`. */
class NumberText {
  constructor(readonly text: string) {}
}

/** Parses a request body; numbers become their source text, so nothing passes through a double. */
export function parseBody(text: string): unknown {
  const trimmed = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  if (trimmed.trim() === '') return null
  try {
    return JSON.parse(trimmed, (_key, value, context?: { source?: string }) =>
      typeof value === 'number' ? new NumberText(context?.source ?? String(value)) : value,
    )
  } catch (error) {
    throw new BodyError(`The request body is not valid JSON: ${(error as Error).message}`)
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText)
  )
}

/** Scalars become strings as Jackson's coercion does; objects and arrays are refused. */
export function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (value instanceof NumberText) return value.text
  const token = Array.isArray(value)
    ? 'Array value (token `JsonToken.START_ARRAY`)'
    : 'Object value (token `JsonToken.START_OBJECT`)'
  throw new BodyError(`Cannot deserialize value of type \`java.lang.String\` from ${token}`)
}

/** A flat map of strings. */
export function asConfig(value: unknown): SubmittedConfig {
  if (!isObject(value)) {
    throw new BodyError('A JSON object with the connector configuration is needed as the request body')
  }
  const config: SubmittedConfig = {}
  for (const [key, entry] of Object.entries(value)) config[key] = asText(entry)
  return config
}

const CREATE_FIELDS = ['config', 'name', 'initial_state']

export interface CreateRequest {
  name: string
  config: SubmittedConfig
  initialState: string | null
}

/** Java: org.apache.kafka.connect.runtime.rest.entities.CreateConnectorRequest */
export function asCreateRequest(value: unknown): CreateRequest {
  if (!isObject(value)) {
    throw new BodyError('A JSON object with "name" and "config" is needed as the request body')
  }
  for (const field of Object.keys(value)) {
    if (!CREATE_FIELDS.includes(field)) {
      throw new BodyError(
        `Unrecognized field "${field}" (class org.apache.kafka.connect.runtime.rest.entities.CreateConnectorRequest), not marked as ignorable (3 known properties: ${CREATE_FIELDS.map(f => `"${f}"`).join(', ')})`,
      )
    }
  }
  return {
    name: (asText(value['name']) ?? '').trim(),
    config: asConfig(value['config']),
    initialState: asText(value['initial_state']),
  }
}
