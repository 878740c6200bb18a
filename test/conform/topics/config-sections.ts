/** Sections about the config topic. */
import type { ConfigEvent } from '../../../src/herder/distributed/config-events.ts'
import { parseConfigKey } from '../../../src/herder/distributed/config-keys.ts'
import {
  commitRecord,
  connectorRecord,
  loggerRecord,
  readConfigRecord,
  removalRecords,
  restartRecord,
  type StoredConfig,
  sessionKeyRecord,
  targetStateRecord,
  taskCountRecord,
  taskRecord,
} from '../../../src/herder/distributed/config-records.ts'
import { ConfigState } from '../../../src/herder/distributed/config-state.ts'
import type { LogEntry } from '../../../src/stores/topic-log.ts'
import type { TargetState } from '../../../src/worker/status.ts'
import { type Comparison, each, plain, type Section } from './section.ts'

interface RecordVector {
  description: string
  key: string
  value: string | null
}

interface ParsedVector {
  parsed: Record<string, { connector: string; task: number } | null>
}

/** Each record is read, and what was read is written again by what writes that kind. */
function configTopic(vector: RecordVector | ParsedVector): Comparison {
  if ('parsed' in vector) return parsedKeys(vector.parsed, taskOf)
  const { key, value } = vector
  return { expected: { key, value }, got: { ...again(key, value) } }
}

function taskOf(key: string): unknown {
  const parsed = parseConfigKey(key)
  return parsed.kind === 'task' ? parsed.id : null
}

export function parsedKeys(expected: Record<string, unknown>, parse: (key: string) => unknown): Comparison {
  return { expected, got: Object.fromEntries(Object.keys(expected).map(key => [key, parse(key)])) }
}

export function again(key: string, value: string | null): LogEntry {
  const record = readConfigRecord(Buffer.from(key), value === null ? null : Buffer.from(value))
  switch (record.kind) {
    case 'connector':
      return record.config === null
        ? removalRecords(record.connector)[0]!
        : connectorRecord(record.connector, record.config)
    case 'task':
      return taskRecord(record.id, record.config)
    case 'commit':
      return commitRecord(record.connector, record.tasks!)
    case 'target-state':
      return record.state === null
        ? removalRecords(record.connector)[1]!
        : targetStateRecord(record.connector, record.state)
    case 'task-count':
      return taskCountRecord(record.connector, record.tasks)
    case 'session-key':
      return sessionKeyRecord(record.key)
    case 'restart':
      return restartRecord(record.request)
    case 'logger':
      return loggerRecord(record.namespace, record.level)
    case 'unusable':
    case 'undecodable':
      return { key, value: record.problem }
  }
}

interface ReplayVector {
  startupCompleteBeforeRecordIndex: number
  records: { offset: number; key: string; value: string | null; listenerCalls?: string[] }[]
  snapshot: { offset: number; connectors: string[]; hasSessionKey: boolean; c: Shown; d: Shown }
}

interface Shown {
  config: StoredConfig | null
  targetState: TargetState | null
  taskCount: number
  tasks: string[]
  taskConfigs: Record<string, StoredConfig>
  taskCountRecord: number | null
  pendingFencing: boolean
  taskConfigGeneration: number | null
  inconsistent: boolean
  appliedConnectorConfig: StoredConfig | null
}

function configTopicReplay({
  startupCompleteBeforeRecordIndex,
  records,
  snapshot,
}: ReplayVector): Comparison {
  const state = new ConfigState()
  const calls: string[][] = []
  for (const [i, { offset, key, value }] of records.entries()) {
    const read = readConfigRecord(Buffer.from(key), value === null ? null : Buffer.from(value))
    const started = startupCompleteBeforeRecordIndex >= 0 && i >= startupCompleteBeforeRecordIndex
    const events = state.apply(read, offset)
    calls.push(started ? events.map(callOf) : [])
  }
  const view = state.snapshot()
  const shown = (name: string): Shown => ({
    config: view.connectorConfig(name),
    targetState: view.targetState(name),
    taskCount: view.taskCount(name),
    tasks: view.tasks(name).map(({ connector, task }) => `${connector}-${task}`),
    taskConfigs: Object.fromEntries(
      [0, 1, 2, 3]
        .map(task => [task, view.taskConfig({ connector: name, task })] as const)
        .filter((entry): entry is readonly [number, Record<string, string>] => entry[1] !== null),
    ),
    taskCountRecord: view.taskCountRecord(name),
    pendingFencing: view.pendingFencing(name),
    taskConfigGeneration: view.taskConfigGeneration(name),
    inconsistent: view.inconsistent().includes(name),
    appliedConnectorConfig: view.appliedConfig(name),
  })
  return {
    expected: { snapshot, calls: records.map(record => record.listenerCalls ?? []) },
    got: {
      snapshot: plain({
        offset: view.offset,
        connectors: view.connectors().sort(),
        c: shown('c'),
        d: shown('d'),
        hasSessionKey: view.sessionKey !== null,
      }),
      calls,
    },
  }
}

/** As the listener of the JVM would have been called. */
function callOf(event: ConfigEvent): string {
  switch (event.type) {
    case 'connector':
      return `onConnectorConfigUpdate ${event.connector}`
    case 'connector-removed':
      return `onConnectorConfigRemove ${event.connector}`
    case 'tasks':
      return `onTaskConfigUpdate [${event.tasks.map(({ connector, task }) => `${connector}-${task}`).join(', ')}]`
    case 'target-state':
      return `onConnectorTargetStateChange ${event.connector}`
    case 'session-key':
      return 'onSessionKeyUpdate <key>'
    case 'restart': {
      const { connector, onlyFailed, includeTasks } = event.request
      const flags = `onlyFailed=${onlyFailed}, includeTasks=${includeTasks}`
      return `onRestartRequest restart request for {connectorName='${connector}', ${flags}}`
    }
    case 'logger':
      return `onLoggingLevelUpdate ${event.namespace} ${event.level}`
  }
}

export const configSections: Readonly<Record<string, Section>> = {
  configTopic: each(configTopic),
  configTopicReplay: each(configTopicReplay),
}
