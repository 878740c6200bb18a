import { HerderError } from '../herder/errors.ts'
import type { SubmittedConfig, TargetState } from '../herder/herder.ts'
import { BodyError, endOf, NumberText, parseBody, placeOf } from './json-body.ts'

const PACKAGE = 'org.apache.kafka.connect.runtime.rest.entities'
const CREATE_REQUEST = `${PACKAGE}.CreateConnectorRequest`
const CREATE_FIELDS = ['config', 'name', 'initial_state']
const STRING_MAP = 'java.util.LinkedHashMap<java.lang.String,java.lang.String>'
const INITIAL_STATES: Readonly<Record<string, TargetState>> = {
  RUNNING: 'STARTED',
  PAUSED: 'PAUSED',
  STOPPED: 'STOPPED',
}

/** Java: org.apache.kafka.connect.runtime.rest.entities.CreateConnectorRequest */
export interface CreateRequest {
  /** Trimmed; empty where there was none. */
  name: string
  config: SubmittedConfig
  initialState: TargetState | null
}

/** The body of `POST /connectors`. Throws BodyError with the JVM's text. */
export function readCreateRequest(body: Buffer): CreateRequest {
  const request = parseBody(body)
  if (request === null) throw nullPointer(`${CREATE_REQUEST}.name()`, 'createRequest')
  const at = new Place(body, [])
  if (!isObject(request)) throw wrongType(request, CREATE_REQUEST, at)
  for (const field of Object.keys(request)) {
    if (CREATE_FIELDS.includes(field)) continue
    // Jackson has read the whole object before it complains of a field.
    const known = CREATE_FIELDS.map(name => `"${name}"`).join(', ')
    throw new BodyError(
      `Unrecognized field "${field}" (class ${CREATE_REQUEST}), not marked as ignorable (3 known properties: ${known})\n at ${endOf(body)} (through reference chain: ${CREATE_REQUEST}["${field}"])`,
    )
  }
  return {
    name: (text(request['name'], at.of('name', CREATE_REQUEST)) ?? '').trim(),
    config: config(request['config'], at.of('config', CREATE_REQUEST)),
    initialState: initialState(request['initial_state'], at.of('initial_state', CREATE_REQUEST)),
  }
}

/** The body of `PUT /connectors/{connector}/config`: a flat map of strings. Throws BodyError with the JVM's text. */
export function readConfig(body: Buffer): SubmittedConfig {
  return config(parseBody(body), new Place(body, []))
}

/** The body of `PATCH /connectors/{connector}/config`, null for none; a null value removes its key. */
export function readPatch(body: Buffer): SubmittedConfig | null {
  const patch = parseBody(body)
  return patch === null ? null : config(patch, new Place(body, []))
}

export function nullPatch(): BodyError {
  return nullPointer('java.util.Map.forEach(java.util.function.BiConsumer)', 'patch')
}

/** The level in the body of `PUT /admin/loggers/{logger}`; other keys do not count. */
export function readLevel(body: Buffer): string {
  const map = parseBody(body)
  if (map === null) throw nullPointer('java.util.Map.get(Object)', 'levelMap')
  const level = config(map, new Place(body, []))['level']
  if (level === null || level === undefined)
    throw new HerderError('BAD_REQUEST', "Desired 'level' parameter was not specified in request.")
  if (level === '') throw new BodyError('Illegal null or empty Level name.')
  return level
}

/** The body of `POST /connectors/{connector}/tasks`. Throws BodyError with the JVM's text. */
export function readTaskConfigs(body: Buffer): SubmittedConfig[] {
  const list = parseBody(body)
  if (list === null && body.length === 0)
    throw new BodyError(
      `No content to map due to end-of-input\n at ${placeOf(body, []).replace(/, column.*\]/, ']')}`,
    )
  if (list === null) return []
  const at = new Place(body, [])
  if (!Array.isArray(list))
    throw mismatch(list, 'java.util.ArrayList<java.util.Map<java.lang.String,java.lang.String>>', at)
  return list.map((entry: unknown, i) => {
    const place = at.at(i)
    if (entry === null) return {}
    if (!isObject(entry)) throw mismatch(entry, STRING_MAP, place)
    return config(entry, place)
  })
}

function config(value: unknown, at: Place): SubmittedConfig {
  if (value === null || value === undefined) throw nullPointer('java.util.Map.get(Object)', 'connectorConfig')
  const map = 'java.util.LinkedHashMap'
  if (!isObject(value)) throw wrongType(value, STRING_MAP, at)
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, text(entry, at.of(key, map))]))
}

function initialState(value: unknown, at: Place): TargetState | null {
  const name = text(value, at)?.toUpperCase() ?? null
  if (name === null) return null
  const state = Object.hasOwn(INITIAL_STATES, name) ? INITIAL_STATES[name] : undefined
  if (state !== undefined) return state
  throw new BodyError(
    `Cannot construct instance of \`${CREATE_REQUEST}$InitialState\`, problem: No enum constant ${CREATE_REQUEST}.InitialState.${name}\n at ${at}`,
  )
}

/** Scalars become strings as Jackson's coercion does; objects and arrays are refused. */
function text(value: unknown, at: Place): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (value instanceof NumberText) return value.text
  throw wrongType(value, 'java.lang.String', at)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText)
  )
}

function wrongType(value: unknown, type: string, at: Place): BodyError {
  const construct = (scalar: string) =>
    new BodyError(
      `Cannot construct instance of \`${type.replace(/<.*/, '')}\` (although at least one Creator exists): no ${scalar}\n at ${at}`,
    )
  if (typeof value === 'string')
    return construct(
      `String-argument constructor/factory method to deserialize from String value ('${value}')`,
    )
  if (typeof value === 'boolean')
    return construct(
      `boolean/Boolean-argument constructor/factory method to deserialize from boolean value (${value})`,
    )
  if (value instanceof NumberText) {
    const kind = /^-?\d+$/.test(value.text) ? 'int/Int' : 'double/Double'
    return construct(
      `${kind}-argument constructor/factory method to deserialize from Number value (${value.text})`,
    )
  }
  return mismatch(value, type, at)
}

/** What Jackson says where a value of this type could not come from the JSON that is there. */
function mismatch(value: unknown, type: string, at: Place): BodyError {
  return new BodyError(`Cannot deserialize value of type \`${type}\` from ${tokenOf(value)}\n at ${at}`)
}

function tokenOf(value: unknown): string {
  if (Array.isArray(value)) return 'Array value (token `JsonToken.START_ARRAY`)'
  if (typeof value === 'string') return 'String value (token `JsonToken.VALUE_STRING`)'
  if (typeof value === 'boolean')
    return `Boolean value (token \`JsonToken.VALUE_${String(value).toUpperCase()}\`)`
  if (value instanceof NumberText)
    return /^-?\d+$/.test(value.text)
      ? 'Integer value (token `JsonToken.VALUE_NUMBER_INT`)'
      : 'Floating-point value (token `JsonToken.VALUE_NUMBER_FLOAT`)'
  return 'Object value (token `JsonToken.START_OBJECT`)'
}

/** What the JVM says of an absent or null body; no sentence for people, hence the hint that BodyError carries. */
function nullPointer(call: string, variable: string): BodyError {
  return new BodyError(`Cannot invoke "${call}" because "${variable}" is null`)
}

/** Where in the body a value stands: Jackson's location and the way to it. */
class Place {
  constructor(
    private readonly body: Buffer,
    private readonly path: readonly (string | number)[],
    private readonly chain: readonly string[] = [],
  ) {}

  of(name: string, owner: string): Place {
    return new Place(this.body, [...this.path, name], [...this.chain, `${owner}["${name}"]`])
  }

  at(index: number): Place {
    return new Place(this.body, [...this.path, index], [...this.chain, `java.util.ArrayList[${index}]`])
  }

  toString(): string {
    const chain = this.chain.length > 0 ? ` (through reference chain: ${this.chain.join('->')})` : ''
    return placeOf(this.body, this.path) + chain
  }
}
