/**
 * The records of a distributed worker on the JVM (../differential/worker-records.ts) are what we write for the same requests,
 * byte for byte: a connector that moves between the two is not written anew.
 */
import { expect, test } from 'bun:test'
import { builtInPlugins } from '../../src/cli/builtins.ts'
import { connectorRecord, readConfigRecord, taskRecord } from '../../src/herder/distributed/config-records.ts'
import { ConfigState } from '../../src/herder/distributed/config-state.ts'
import { readStatusRecord, statusKey, statusText } from '../../src/herder/distributed/status-records.ts'
import { patched } from '../../src/herder/patched.ts'
import { completeTaskConfigs, taskConfigsChanged } from '../../src/worker/task-configs.ts'
import { again } from './topics/config-sections.ts'
import written from './vectors/jvm-worker-records.json'

type Record_ = [key: string, value: string | null]
type Config = Record<string, string>

const config = written.config as Record_[]
const status = written.status as Record_[]
const configs = written.configs as Record<string, Config>
const plugins = builtInPlugins()

const bytes = (text: string | null) => (text === null ? null : Buffer.from(text))
const valuesOf = (key: string) => config.filter(([one]) => one === key).map(([, value]) => value)
/** As the request is completed before it is written. */
const named = (name: string): Config => (configs[name]!['name'] ? configs[name]! : { ...configs[name], name })
/** What the file connectors give to their tasks, with what the framework adds. */
const taskOf = (one: Config) =>
  completeTaskConfigs([one], plugins.connector(one['connector.class']!), one)[0]!

test('every record of the config topic, read and written again', () => {
  expect(config.length).toBeGreaterThan(40)
  for (const [key, value] of config) expect(again(key, value)).toEqual({ key, value })
})

test('every record of the status topic, read and written again', () => {
  expect(status.length).toBeGreaterThan(40)
  for (const [key, value] of status) {
    const read = readStatusRecord(Buffer.from(key), bytes(value))
    if (read.kind === 'unusable') throw new Error(`${key}: ${read.problem}`)
    expect([statusKey(read), statusText(read)]).toEqual([key, value])
  }
})

for (const name of Object.keys(configs)) {
  test(`${name}: the connector as it was submitted, and its tasks`, () => {
    const connector = named(name)
    expect(connectorRecord(name, connector).value).toBe(valuesOf(`connector-${name}`)[0]!)
    const id = { connector: name, task: 0 }
    expect(taskRecord(id, taskOf(connector)).value).toBe(valuesOf(`task-${name}-0`)[0]!)
  })
}

test('a connector that was patched, and its tasks', () => {
  const after = patched(named('s4'), written.patch) as Config
  expect(connectorRecord('s4', after).value).toBe(valuesOf('connector-s4')[1]!)
  expect(taskRecord({ connector: 's4', task: 0 }, taskOf(after)).value).toBe(valuesOf('task-s4-0')[1]!)
})

test('nothing is to be written again by who takes the connectors over', () => {
  const state = new ConfigState()
  for (const [offset, [key, value]] of config.entries())
    state.apply(readConfigRecord(Buffer.from(key), bytes(value)), offset)
  const snapshot = state.snapshot()
  expect(snapshot.inconsistent()).toEqual([])
  for (const name of snapshot.connectors()) {
    const stored = snapshot.tasks(name).map(id => snapshot.taskConfig(id)!)
    if (name === 's2') expect(stored).toEqual([])
    if (stored.length === 0) continue
    const connector = snapshot.connectorConfig(name) as Config
    const next = stored.map(() => taskOf(connector))
    expect(taskConfigsChanged(stored, snapshot.appliedConfig(name) as Config, next, connector)).toBe(false)
  }
})
