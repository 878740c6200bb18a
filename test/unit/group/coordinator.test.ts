/** Who looks for a coordinator, and what is told of it meanwhile. */
import { afterEach, expect, test } from 'bun:test'
import { Coordinator } from '../../../src/group/coordinator.ts'
import type { Logger } from '../../../src/observe/log.ts'
import { optionsFor } from '../../integration/group/group-worker.ts'
import { until } from '../../servers/run.ts'
import {
  cluster,
  coordinator,
  ScriptedBroker as Scripted,
  type ScriptedBroker,
} from '../kafka/scripted-brokers.ts'

const METADATA = 3
const FIND_COORDINATOR = 10
const NOT_AVAILABLE = 15

const ending = new AbortController()
const brokers: ScriptedBroker[] = []
afterEach(() => {
  ending.abort()
  for (const broker of brokers) broker.stop()
})

test('a broker that goes away while there is no coordinator yet is told of, and once', async () => {
  const script = { [METADATA]: [cluster()], [FIND_COORDINATOR]: [coordinator(1, NOT_AVAILABLE)] }
  const broker = await Scripted.start(1, script, brokers)
  const warned: string[] = []
  const log = { warn: (line: string) => warned.push(line), info: () => {}, debug: () => {} }
  const traffic = { opened: 0, closed: 0, requests: 0, responses: 0, bytesOut: 0, bytesIn: 0 }
  const options = optionsFor(`127.0.0.1:${broker.port}`, 'g', {
    reconnectBackoffMs: 5,
    reconnectBackoffMaxMs: 5,
  })
  const sought = new Coordinator(options, log as unknown as Logger, traffic)
  const found = sought.find(ending.signal)
  await until('it to be asked', () => broker.asked.filter(api => api === FIND_COORDINATOR).length > 1)
  expect(warned).toEqual([])
  broker.stop()
  await until('the warning', () => warned.length > 0)
  const { opened } = traffic
  await until('further attempts', () => traffic.opened > opened + 10)
  expect(warned).toHaveLength(1)
  expect(warned[0]).toContain('The coordinator of the group cannot be reached')
  ending.abort()
  expect(await found).toBe(false)
  sought.close()
})
