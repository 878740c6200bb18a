/**
 * Records of the config topic, written byte for byte as the JVM does (invariant 6) and read by its rules.
 * Java: org.apache.kafka.connect.storage.KafkaConfigBackingStore
 */

import { causes } from '../../data/errors.ts'
import { hashMapOrder, tableSizeOfCopy } from '../../data/java-hash.ts'
import { quoted } from '../../data/json/text.ts'
import type { LogEntry } from '../../stores/topic-log.ts'
import type { TargetState, TaskId } from '../../worker/status.ts'
import type { RestartRequest, SessionKey } from './config-events.ts'
import { configKey, loggerKey, parseConfigKey, SESSION_KEY, taskKey } from './config-keys.ts'
import {
  asInt,
  asLong,
  asObject,
  entriesOf,
  fieldOf,
  jsonText,
  type ReadObject,
  readValue,
} from './record-json.ts'

export type StoredConfig = Readonly<Record<string, string | null>>

export type ConfigRecord =
  | { kind: 'connector'; connector: string; config: StoredConfig | null }
  | { kind: 'task'; id: TaskId; config: Readonly<Record<string, string>> }
  /** null: the value is unusable, yet of a connector that is gone the commit has an effect. */
  | { kind: 'commit'; connector: string; tasks: number | null; problem?: string }
  | { kind: 'target-state'; connector: string; state: TargetState | null }
  | { kind: 'task-count'; connector: string; tasks: number }
  | { kind: 'session-key'; key: SessionKey }
  | { kind: 'restart'; request: RestartRequest }
  | { kind: 'logger'; namespace: string; level: string }
  /** Passed over. `about` is what kind of key it has. */
  | { kind: 'unusable'; about: string; problem: string }
  /** Passed over, and in Java not even counted as read. */
  | { kind: 'undecodable'; problem: string }

/** More than a group can give out: what its members run is kept in one record, 4 bytes a task, of 1 MiB by default. */
const MOST_TASKS = 2 ** 18
const TARGET_STATES: readonly TargetState[] = ['STARTED', 'PAUSED', 'STOPPED']

/** Fields in the order of the configuration, which is that of the request that brought it. */
export function connectorRecord(connector: string, config: StoredConfig): LogEntry {
  return {
    key: configKey('connector', connector),
    value: jsonText([['properties', config]]),
  }
}

/** Java makes a HashMap of each task's configuration before it writes it. */
export function taskRecord(id: TaskId, config: Readonly<Record<string, string>>): LogEntry {
  const names = Object.keys(config)
  const fields = hashMapOrder(names, tableSizeOfCopy(names.length)).map(
    name => `${quoted(name)}:${quoted(config[name]!)}`,
  )
  return { key: taskKey(id), value: `{"properties":{${fields.join(',')}}}` }
}

export function commitRecord(connector: string, tasks: number): LogEntry {
  return { key: configKey('commit', connector), value: jsonText([['tasks', tasks]]) }
}

/** Workers before Kafka 3.5 know no STOPPED and read the first field. */
export function targetStateRecord(connector: string, state: TargetState): LogEntry {
  const forOld = state === 'STOPPED' ? 'PAUSED' : state
  return {
    key: configKey('target-state', connector),
    value: jsonText([
      ['state', forOld],
      ['state.v2', state],
    ]),
  }
}

/** What makes the connector unknown. */
export function removalRecords(connector: string): LogEntry[] {
  return [
    { key: configKey('connector', connector), value: null },
    { key: configKey('target-state', connector), value: null },
  ]
}

export function taskCountRecord(connector: string, tasks: number): LogEntry {
  return { key: configKey('task-count', connector), value: jsonText([['task-count', tasks]]) }
}

export function sessionKeyRecord({ key, algorithm, createdAt }: SessionKey): LogEntry {
  return {
    key: SESSION_KEY,
    value: jsonText([
      ['key', key.toString('base64')],
      ['algorithm', algorithm],
      ['creation-timestamp', createdAt],
    ]),
  }
}

export function restartRecord({ connector, includeTasks, onlyFailed }: RestartRequest): LogEntry {
  return {
    key: configKey('restart', connector),
    value: jsonText([
      ['include-tasks', includeTasks],
      ['only-failed', onlyFailed],
    ]),
  }
}

export function loggerRecord(namespace: string, level: string): LogEntry {
  return { key: loggerKey(namespace), value: jsonText([['level', level]]) }
}

/** Never throws: what cannot be used says why. */
export function readConfigRecord(keyBytes: Buffer | null, valueBytes: Buffer | null): ConfigRecord {
  let value: unknown
  try {
    value = readValue(valueBytes)
  } catch (error) {
    return { kind: 'undecodable', problem: `its value is not JSON: ${causes(error)}` }
  }
  if (keyBytes === null) return unusable('null', 'its key is null')
  const key = parseConfigKey(keyBytes.toString())
  switch (key.kind) {
    case 'connector':
      return connectorOf(key.connector, value)
    case 'task':
      return taskOf(key.id, value)
    case 'commit':
      return commitOf(key.connector, value)
    case 'target-state':
      return targetStateOf(key.connector, value)
    case 'task-count':
      return taskCountOf(key.connector, value)
    case 'session-key':
      return sessionKeyOf(value)
    case 'restart':
      return restartOf(key.connector, value)
    case 'logger':
      return loggerOf(key.namespace, value)
    case 'bad-task':
      return unusable('task', 'its key does not end with the name of a connector and the number of a task')
    case 'unknown':
      return unusable('unknown', 'its key is of no kind that this version of Connect knows')
  }
}

function unusable(about: string, problem: string): ConfigRecord & { kind: 'unusable' } {
  return { kind: 'unusable', about, problem }
}

function connectorOf(connector: string, value: unknown): ConfigRecord {
  if (value === null) return { kind: 'connector', connector, config: null }
  const config = propertiesOf(value)
  if (typeof config === 'string') return unusable('connector', config)
  return { kind: 'connector', connector, config }
}

function taskOf(id: TaskId, value: unknown): ConfigRecord {
  if (id.task < 0) return unusable('task', 'the number of its task is negative')
  if (value === null) return unusable('task', 'it is a tombstone, which configurations of tasks never get')
  const config = propertiesOf(value)
  if (typeof config === 'string') return unusable('task', config)
  const missing = Object.keys(config).find(name => config[name] === null)
  if (missing !== undefined) return unusable('task', `its property "${missing}" is null`)
  return { kind: 'task', id, config: config as Readonly<Record<string, string>> }
}

/** The properties, or what is wrong with them. */
function propertiesOf(value: unknown): StoredConfig | string {
  const object = asObject(value)
  if (object === null) return 'its value is no object'
  const properties = asObject(fieldOf(object, 'properties'))
  if (properties === null) return 'its value has no object "properties"'
  const entries: [string, string | null][] = []
  for (const [name, property] of entriesOf(properties)) {
    if (property !== null && typeof property !== 'string')
      return `its property "${name}" is neither text nor null`
    entries.push([name, property])
  }
  // Not name by name: `__proto__` is one like any other.
  return Object.fromEntries(entries)
}

function commitOf(connector: string, value: unknown): ConfigRecord {
  const object = asObject(value)
  if (object === null) return { kind: 'commit', connector, tasks: null, problem: 'its value is no object' }
  const tasks = asInt(fieldOf(object, 'tasks'))
  // Java takes a negative one, and from then on cannot even list the connector's tasks.
  return tasks === null || tasks < 0
    ? { kind: 'commit', connector, tasks: null, problem: '"tasks" is no number of tasks' }
    : { kind: 'commit', connector, tasks }
}

function targetStateOf(connector: string, value: unknown): ConfigRecord {
  if (value === null) return { kind: 'target-state', connector, state: null }
  const object = asObject(value)
  if (object === null) return unusable('target-state', 'its value is no object')
  const newer = fieldOf(object, 'state.v2')
  const told = typeof newer === 'string' ? newer : fieldOf(object, 'state')
  const state = TARGET_STATES.find(known => known === told)
  if (state === undefined) return unusable('target-state', `its state is none of ${TARGET_STATES.join(', ')}`)
  return { kind: 'target-state', connector, state }
}

function taskCountOf(connector: string, value: unknown): ConfigRecord {
  const object = asObject(value)
  const tasks = object && asInt(fieldOf(object, 'task-count'))
  if (tasks === null || tasks < 0 || tasks > MOST_TASKS)
    return unusable('tasks-fencing', '"task-count" is no number of tasks')
  return { kind: 'task-count', connector, tasks }
}

function sessionKeyOf(value: unknown): ConfigRecord {
  const object = asObject(value)
  if (object === null) return unusable('session-key', 'its value is no object')
  const text = fieldOf(object, 'key')
  const algorithm = fieldOf(object, 'algorithm')
  const createdAt = asLong(fieldOf(object, 'creation-timestamp'))
  if (typeof text !== 'string' || typeof algorithm !== 'string' || createdAt === null)
    return unusable('session-key', 'it lacks "key", "algorithm" or "creation-timestamp"')
  const key = Buffer.from(text, 'base64')
  // Buffer passes over what is no base64; Java refuses it, and an empty key.
  if (key.length === 0 || key.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, ''))
    return unusable('session-key', '"key" is not base64')
  return { kind: 'session-key', key: { key, algorithm, createdAt } }
}

function restartOf(connector: string, value: unknown): ConfigRecord {
  const object = asObject(value)
  if (object === null) return unusable('restart-connector', 'its value is no object')
  return {
    kind: 'restart',
    request: {
      connector,
      onlyFailed: flag(object, 'only-failed'),
      includeTasks: flag(object, 'include-tasks'),
    },
  }
}

function flag(object: ReadObject, name: string): boolean {
  return fieldOf(object, name) === true
}

function loggerOf(namespace: string, value: unknown): ConfigRecord {
  const object = asObject(value)
  const level = object && fieldOf(object, 'level')
  return typeof level === 'string'
    ? { kind: 'logger', namespace, level }
    : unusable('logger-cluster', '"level" is no text')
}
