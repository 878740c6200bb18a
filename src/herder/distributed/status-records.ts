/**
 * Records of the status topic, written byte for byte as the JVM does (invariant 6) and read by its rules.
 * Java: org.apache.kafka.connect.storage.KafkaStatusBackingStore
 */
import { causes } from '../../data/errors.ts'
import type { ConnectorState, TaskId, TaskState } from '../../worker/status.ts'
import { taskIdAfter } from './config-keys.ts'
import { asInt, asLong, asObject, fieldOf, jsonText, type ReadObject, readValue } from './record-json.ts'

export interface StoredStatus<S extends ConnectorState = ConnectorState> {
  readonly state: S
  readonly trace: string | null
  readonly workerId: string
  /** Of the group when it was written. */
  readonly generation: number
  /** Of the plugin; null when the writer did not know it, or is older than Kafka 4.1. */
  readonly version: string | null
}

/** Java: org.apache.kafka.connect.runtime.TopicStatus */
export interface StoredTopic {
  readonly name: string
  readonly connector: string
  readonly task: number
  /** ms since 1970 */
  readonly discovered: number
}

/** A null `status` or `used` is a tombstone. */
export type StatusRecord =
  | { kind: 'connector'; connector: string; status: StoredStatus | null }
  | { kind: 'task'; id: TaskId; status: StoredStatus<TaskState> | null }
  | { kind: 'topic'; connector: string; topic: string; used: StoredTopic | null }

/** Passed over. `about` is what kind of key it has. */
export interface UnusableStatus {
  kind: 'unusable'
  about: string
  problem: string
}

const CONNECTOR = 'status-connector-'
const TASK = 'status-task-'
const TOPIC = 'status-topic-'
const TOPIC_SEPARATOR = ':connector-'

const TASK_STATES: readonly TaskState[] = ['UNASSIGNED', 'RUNNING', 'PAUSED', 'FAILED', 'RESTARTING']
const CONNECTOR_STATES: readonly ConnectorState[] = [...TASK_STATES, 'STOPPED']

export function statusKey(record: StatusRecord): string {
  switch (record.kind) {
    case 'connector':
      return CONNECTOR + record.connector
    case 'task':
      return `${TASK}${record.id.connector}-${record.id.task}`
    case 'topic':
      return `${TOPIC}${record.topic}${TOPIC_SEPARATOR}${record.connector}`
  }
}

/** The record's value; null for a tombstone. */
export function statusText(record: StatusRecord): string | null {
  if (record.kind === 'topic') return record.used && topicText(record.used)
  const { status } = record
  if (status === null) return null
  return jsonText([
    ['state', status.state],
    ['trace', status.trace],
    ['worker_id', status.workerId],
    ['generation', status.generation],
    ['version', status.version],
  ])
}

function topicText({ name, connector, task, discovered }: StoredTopic): string {
  const topic = jsonText([
    ['name', name],
    ['connector', connector],
    ['task', task],
    ['discoverTimestamp', discovered],
  ])
  return `{"topic":${topic}}`
}

/** Never throws: what cannot be used says why. */
export function readStatusRecord(
  keyBytes: Buffer | null,
  value: Buffer | null,
): StatusRecord | UnusableStatus {
  if (keyBytes === null) return unusable('null', 'its key is null')
  const key = keyBytes.toString()
  try {
    if (key.startsWith(CONNECTOR)) return connectorOf(key.slice(CONNECTOR.length), value)
    if (key.startsWith(TASK)) return taskOf(key, value)
    if (key.startsWith(TOPIC)) return topicOf(key, value)
  } catch (error) {
    return unusable('undecodable', `its value is not JSON: ${causes(error)}`)
  }
  return unusable('unknown', 'its key is of no kind that this version of Connect knows')
}

function unusable(about: string, problem: string): UnusableStatus {
  return { kind: 'unusable', about, problem }
}

function connectorOf(connector: string, bytes: Buffer | null): StatusRecord | UnusableStatus {
  if (connector === '') return unusable('status-connector', 'its key names no connector')
  if (bytes === null) return { kind: 'connector', connector, status: null }
  const status = statusOf(bytes, CONNECTOR_STATES)
  return typeof status === 'string'
    ? unusable('status-connector', status)
    : { kind: 'connector', connector, status }
}

function taskOf(key: string, bytes: Buffer | null): StatusRecord | UnusableStatus {
  const id = taskIdAfter(key, 2)
  if (id === null || id.task < 0)
    return unusable(
      'status-task',
      'its key does not end with the name of a connector and the number of a task',
    )
  if (bytes === null) return { kind: 'task', id, status: null }
  const status = statusOf(bytes, TASK_STATES)
  return typeof status === 'string' ? unusable('status-task', status) : { kind: 'task', id, status }
}

/** The status, or what is wrong with it. */
function statusOf<S extends ConnectorState>(bytes: Buffer, states: readonly S[]): StoredStatus<S> | string {
  const object = asObject(readValue(bytes))
  if (object === null) return 'its value is no object'
  const told = fieldOf(object, 'state')
  const state = states.find(known => known === told)
  if (state === undefined) return `its state is none of ${states.join(', ')}`
  const generation = asInt(fieldOf(object, 'generation'))
  if (generation === null) return '"generation" is no int'
  const trace = textOrNull(object, 'trace')
  const version = textOrNull(object, 'version')
  const workerId = textOrNull(object, 'worker_id')
  if (trace === undefined || version === undefined || workerId === undefined)
    return '"trace", "version" or "worker_id" is neither text nor null'
  return { state, trace, workerId: workerId ?? '', generation, version }
}

/** A field that is not there is null; undefined for what is no text. */
function textOrNull(object: ReadObject, name: string): string | null | undefined {
  const value = fieldOf(object, name) ?? null
  return value === null || typeof value === 'string' ? value : undefined
}

function topicOf(key: string, bytes: Buffer | null): StatusRecord | UnusableStatus {
  const colon = key.indexOf(':')
  const topic = key.slice(TOPIC.length, Math.max(colon, TOPIC.length))
  const connector = key.slice(colon + TOPIC_SEPARATOR.length)
  if (topic === '' || connector === '')
    return unusable('status-topic', 'its key names no topic, or no connector')
  if (bytes === null) return { kind: 'topic', connector, topic, used: null }
  const object = asObject(readValue(bytes))
  const fields = object && asObject(fieldOf(object, 'topic'))
  if (fields === null) return unusable('status-topic', 'its value has no object "topic"')
  const name = fieldOf(fields, 'name')
  const user = fieldOf(fields, 'connector')
  const task = asInt(fieldOf(fields, 'task'))
  const discovered = asLong(fieldOf(fields, 'discoverTimestamp'))
  if (typeof name !== 'string' || typeof user !== 'string' || task === null || discovered === null)
    return unusable('status-topic', 'it lacks "name", "connector", "task" or "discoverTimestamp"')
  return { kind: 'topic', connector, topic, used: { name, connector: user, task, discovered } }
}
