import { javaTrim } from '../config/parse.ts'
import { HerderError } from '../herder/errors.ts'
import type { SubmittedConfig, TargetState, TaskId } from '../herder/herder.ts'
import { BodyError, MOST_VALUES_OF_WORKERS, parseBody } from './json-body.ts'
import type { JsonSlice } from './json-slice.ts'

const PACKAGE = 'org.apache.kafka.connect.runtime.rest.entities'
const CREATE_REQUEST = `${PACKAGE}.CreateConnectorRequest`
const CREATE_FIELDS = ['config', 'name', 'initial_state']
const NO_SOURCE = '[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)'
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
  if (request.kind !== 'object') throw wrongType(request, CREATE_REQUEST, [])
  const members = request.members()
  for (const field of members.keys()) {
    if (CREATE_FIELDS.includes(field)) continue
    // Jackson has read the whole object before it complains of a field.
    const known = CREATE_FIELDS.map(name => `"${name}"`).join(', ')
    throw new BodyError(
      `Unrecognized field "${field}" (class ${CREATE_REQUEST}), not marked as ignorable (3 known properties: ${known})\n at ${request.placeOfEnd()} (through reference chain: ${CREATE_REQUEST}["${field}"])`,
    )
  }
  const chain = (field: string) => [`${CREATE_REQUEST}["${field}"]`]
  return {
    name: javaTrim(text(members.get('name'), chain('name')) ?? ''),
    config: config(members.get('config'), chain('config')),
    initialState: initialState(members.get('initial_state'), chain('initial_state')),
  }
}

/** The body of `PUT /connectors/{connector}/config`: a flat map of strings. Throws BodyError with the JVM's text. */
export function readConfig(body: Buffer): SubmittedConfig {
  return config(parseBody(body), [])
}

/** The body of `PATCH /connectors/{connector}/config`, null for none; a null value removes its key. */
export function readPatch(body: Buffer): SubmittedConfig | null {
  const patch = parseBody(body)
  return patch === null ? null : config(patch, [])
}

export function nullPatch(): BodyError {
  return nullPointer('java.util.Map.forEach(java.util.function.BiConsumer)', 'patch')
}

/** The level in the body of `PUT /admin/loggers/{logger}`; other keys do not count. */
export function readLevel(body: Buffer): string {
  const map = parseBody(body)
  if (map === null) throw nullPointer('java.util.Map.get(Object)', 'levelMap')
  const level = config(map, [])['level']
  if (level === null || level === undefined)
    throw new HerderError('BAD_REQUEST', "Desired 'level' parameter was not specified in request.")
  if (level === '') throw new BodyError('Illegal null or empty Level name.')
  return level
}

/** The body of `POST /connectors/{connector}/tasks`. Throws BodyError with the JVM's text. */
export function readTaskConfigs(body: Buffer): SubmittedConfig[] {
  const list = parseBody(body, MOST_VALUES_OF_WORKERS)
  if (list === null) {
    if (body.length > 0) return []
    throw new BodyError(`No content to map due to end-of-input\n at ${NO_SOURCE}; line: 1]`)
  }
  if (list.kind !== 'array')
    throw mismatch(list, 'java.util.ArrayList<java.util.Map<java.lang.String,java.lang.String>>', [])
  return list.elements().map((entry, i) => {
    const chain = [`java.util.ArrayList[${i}]`]
    if (entry.kind === 'null') return {}
    if (entry.kind !== 'object') throw mismatch(entry, STRING_MAP, chain)
    return config(entry, chain)
  })
}

/** The body of `POST /bunnect/take-over`. Throws BodyError. */
export function readTakeOver(body: Buffer): { worker: string; connectors: string[]; tasks: TaskId[] } {
  const value = parseBody(body, MOST_VALUES_OF_WORKERS)
  const members = value?.kind === 'object' ? value.members() : null
  const [worker, connectors, tasks] = ['worker', 'connectors', 'tasks'].map(name => members?.get(name))
  if (worker?.kind !== 'string' || connectors?.kind !== 'array' || tasks?.kind !== 'array')
    throw new BodyError('The body has to be {"worker": URL, "connectors": […], "tasks": […]}')
  return {
    worker: worker.text(),
    connectors: connectors.elements().map(one => {
      if (one.kind !== 'string') throw new BodyError(`A name was expected\n at ${one.place()}`)
      return one.text()
    }),
    tasks: tasks.elements().map(one => {
      const id = one.kind === 'object' ? one.members() : null
      const connector = id?.get('connector')
      const task = id?.get('task')
      if (connector?.kind !== 'string' || task?.kind !== 'number' || !/^\d{1,9}$/.test(task.text()))
        throw new BodyError(`{"connector": NAME, "task": NUMBER} was expected\n at ${one.place()}`)
      return { connector: connector.text(), task: Number(task.text()) }
    }),
  }
}

function config(value: JsonSlice | null | undefined, chain: Chain): SubmittedConfig {
  if (value === null || value === undefined || value.kind === 'null')
    throw nullPointer('java.util.Map.get(Object)', 'connectorConfig')
  if (value.kind !== 'object') throw wrongType(value, STRING_MAP, chain)
  const entries = [...value.members()].map(([key, entry]) => {
    const { kind } = entry
    const scalar = kind !== 'object' && kind !== 'array'
    // Only where it is told of: a body may have very many keys.
    return [key, text(entry, scalar ? chain : [...chain, `java.util.LinkedHashMap["${key}"]`])] as const
  })
  return Object.fromEntries(entries)
}

function initialState(value: JsonSlice | undefined, chain: Chain): TargetState | null {
  const name = text(value, chain)?.toUpperCase() ?? null
  if (value === undefined || name === null) return null
  const state = Object.hasOwn(INITIAL_STATES, name) ? INITIAL_STATES[name] : undefined
  if (state !== undefined) return state
  throw new BodyError(
    `Cannot construct instance of \`${CREATE_REQUEST}$InitialState\`, problem: No enum constant ${CREATE_REQUEST}.InitialState.${name}\n at ${placed(value, chain)}`,
  )
}

/** Scalars become strings as Jackson's coercion does; objects and arrays are refused. */
function text(value: JsonSlice | undefined, chain: Chain): string | null {
  if (value === undefined || value.kind === 'null') return null
  if (value.kind === 'object' || value.kind === 'array') throw wrongType(value, 'java.lang.String', chain)
  return value.text()
}

function wrongType(value: JsonSlice, type: string, chain: Chain): BodyError {
  const construct = (scalar: string) =>
    new BodyError(
      `Cannot construct instance of \`${type.replace(/<.*/, '')}\` (although at least one Creator exists): no ${scalar}\n at ${placed(value, chain)}`,
    )
  switch (value.kind) {
    case 'string':
      return construct(
        `String-argument constructor/factory method to deserialize from String value ('${value.text()}')`,
      )
    case 'boolean':
      return construct(
        `boolean/Boolean-argument constructor/factory method to deserialize from boolean value (${value.text()})`,
      )
    case 'number':
      return construct(
        `${isWhole(value) ? 'int/Int' : 'double/Double'}-argument constructor/factory method to deserialize from Number value (${value.text()})`,
      )
    default:
      return mismatch(value, type, chain)
  }
}

/** What Jackson says where a value of this type could not come from the JSON that is there. */
function mismatch(value: JsonSlice, type: string, chain: Chain): BodyError {
  return new BodyError(
    `Cannot deserialize value of type \`${type}\` from ${tokenOf(value)}\n at ${placed(value, chain)}`,
  )
}

function tokenOf(value: JsonSlice): string {
  switch (value.kind) {
    case 'array':
      return 'Array value (token `JsonToken.START_ARRAY`)'
    case 'string':
      return 'String value (token `JsonToken.VALUE_STRING`)'
    case 'boolean':
      return `Boolean value (token \`JsonToken.VALUE_${value.text().toUpperCase()}\`)`
    case 'number':
      return isWhole(value)
        ? 'Integer value (token `JsonToken.VALUE_NUMBER_INT`)'
        : 'Floating-point value (token `JsonToken.VALUE_NUMBER_FLOAT`)'
    default:
      return 'Object value (token `JsonToken.START_OBJECT`)'
  }
}

function isWhole(value: JsonSlice): boolean {
  return /^-?\d+$/.test(value.text())
}

/** What the JVM says of an absent or null body; no sentence for people, hence the hint that BodyError carries. */
function nullPointer(call: string, variable: string): BodyError {
  return new BodyError(`Cannot invoke "${call}" because "${variable}" is null`)
}

/** Jackson's way from the body to a value. */
type Chain = readonly string[]

function placed(value: JsonSlice, chain: Chain): string {
  return value.place() + (chain.length > 0 ? ` (through reference chain: ${chain.join('->')})` : '')
}
