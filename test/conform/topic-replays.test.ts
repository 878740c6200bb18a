/**
 * Random sequences of records, good ones and garbage, give the state that Kafka Connect's own stores make of them:
 * java/TopicReplays.java printed it. Where the JVM's store throws (which ends its reading), ours goes on without the
 * record.
 */
import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConfigEvent, ConfigSnapshot } from '../../src/herder/distributed/config-events.ts'
import { readConfigRecord } from '../../src/herder/distributed/config-records.ts'
import { ConfigState } from '../../src/herder/distributed/config-state.ts'
import { StatusCache } from '../../src/herder/distributed/status-cache.ts'
import { readStatusRecord, type StoredStatus } from '../../src/herder/distributed/status-records.ts'
import { NAMES } from './java/topic-replay-inputs.ts'

type Entry = [key: string, value: string | null]
interface ConfigReplay {
  config: Entry[]
  live: number
  calls: string[]
  said: unknown
}
interface StatusReplay {
  status: Entry[]
  said: unknown
}

const replays = readFileSync(join(import.meta.dir, 'vectors/topic-replays.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as ConfigReplay | StatusReplay)

const bytes = (text: string | null) => (text === null ? null : Buffer.from(text))

test('the config topic', () => {
  const configs = replays.filter(replay => 'config' in replay)
  expect(configs.length).toBeGreaterThan(50)
  for (const { config, live, calls, said } of configs) {
    const state = new ConfigState()
    const told: string[] = []
    for (const [offset, [key, value]] of config.entries()) {
      const events = state.apply(readConfigRecord(bytes(key), bytes(value)), offset)
      if (offset >= live) told.push(...events.map(callOf))
    }
    expect(saidBy(state.snapshot())).toEqual(said)
    expect(told).toEqual(calls)
  }
})

function saidBy(snapshot: ConfigSnapshot): unknown {
  return {
    offset: snapshot.offset,
    key: snapshot.sessionKey?.createdAt ?? -1,
    connectors: snapshot.connectors().sort(),
    each: NAMES.map(name => ({
      config: snapshot.connectorConfig(name),
      target: snapshot.targetState(name),
      tasks: snapshot.tasks(name).map(({ task }) => task),
      configs: [0, 1, 2, 3].map(task => snapshot.taskConfig({ connector: name, task })),
      count: snapshot.taskCount(name),
      applied: snapshot.appliedConfig(name),
      record: snapshot.taskCountRecord(name),
      fencing: snapshot.pendingFencing(name),
      generation: snapshot.taskConfigGeneration(name),
      inconsistent: snapshot.inconsistent().includes(name),
    })),
  }
}

function callOf(event: ConfigEvent): string {
  switch (event.type) {
    case 'connector':
      return `onConnectorConfigUpdate ${event.connector}`
    case 'connector-removed':
      return `onConnectorConfigRemove ${event.connector}`
    case 'tasks':
      return `onTaskConfigUpdate [${event.tasks
        .map(({ connector, task }) => `${connector}-${task}`)
        .sort()
        .join(', ')}]`
    case 'target-state':
      return `onConnectorTargetStateChange ${event.connector}`
    case 'session-key':
      return 'onSessionKeyUpdate'
    case 'restart': {
      const { connector, onlyFailed, includeTasks } = event.request
      return `onRestartRequest restart request for {connectorName='${connector}', onlyFailed=${onlyFailed}, includeTasks=${includeTasks}}`
    }
    case 'logger':
      return `onLoggingLevelUpdate ${event.namespace} ${event.level}`
  }
}

test('the status topic', () => {
  const statuses = replays.filter(replay => 'status' in replay)
  expect(statuses.length).toBeGreaterThan(50)
  const text = (status: StoredStatus | null) =>
    status &&
    [
      status.state,
      status.workerId || 'null',
      status.generation,
      String(status.trace),
      String(status.version),
    ].join('|')
  for (const { status, said } of statuses) {
    const cache = new StatusCache()
    for (const [key, value] of status) {
      const read = readStatusRecord(bytes(key), bytes(value))
      if (read.kind !== 'unusable') cache.apply(read)
    }
    const got = NAMES.map(name => ({
      connector: text(cache.connector(name)),
      tasks: Object.fromEntries(cache.tasks(name).map(([task, one]) => [task, text(one)])),
      topics: cache.topics(name).sort(),
    }))
    expect(got).toEqual(said as never)
  }
})
