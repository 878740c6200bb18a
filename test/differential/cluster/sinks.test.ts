/**
 * A sink whose four tasks are split over a worker of ours (b) and the JVM's (j), and share a consumer group: no record
 * is lost, and none comes twice unless a worker was killed.
 */
import { beforeAll, expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeGroup } from '../../servers/described-group.ts'
import { ground } from '../../servers/ground.ts'
import { isTask } from '../../servers/group-view.ts'
import { until } from '../../servers/run.ts'
import type { WorkerGroup } from '../../servers/worker-group.ts'

const place = ground()
const PARTITIONS = 8
const WIDTH = 8

let group: WorkerGroup
let topic: string
let consumers: string
/** Folders of all workers so far: each writes to a file of its own. */
const folders: string[] = []
let written = 0

beforeAll(async () => {
  group = place.group('sinks', {
    'consumer.session.timeout.ms': '6000',
    'consumer.heartbeat.interval.ms': '500',
  })
  topic = `${group.name}-numbers`
  consumers = `connect-${group.name}-sink`
  await group.probe.create(topic, PARTITIONS)
  await start('b')
  await group.body('b', 'POST', '/connectors', {
    name: `${group.name}-sink`,
    config: {
      'connector.class': 'org.apache.kafka.connect.file.FileStreamSinkConnector',
      'tasks.max': '4',
      topics: topic,
      // Beside the properties of whichever worker runs the task.
      file: 'out.txt',
      'consumer.override.auto.offset.reset': 'earliest',
    },
  })
  await group.settled()
  await write()
  await allSeen()
  await start('j')
}, 300_000)

async function start(name: 'b' | 'j'): Promise<void> {
  const { dir } = await group.start(name, name === 'b' ? 'bunnect' : 'jvm')
  folders.push(dir)
}

/** 50 numbers for each partition. */
async function write(): Promise<void> {
  const records = Array.from({ length: PARTITIONS * 50 }, () => {
    const number = written++
    const value = Buffer.from(String(number).padStart(WIDTH, '0'))
    return { topic, partition: number % PARTITIONS, timestamp: Date.now(), key: null, value, headers: [] }
  })
  await group.probe.produceRecords(records)
}

/** Numbers by file. Two tasks of the JVM's worker may mix their ends of lines, not the numbers themselves. */
function seen(): number[][] {
  return folders
    .map(folder => join(folder, 'out.txt'))
    .filter(existsSync)
    .map(file => (readFileSync(file, 'utf8').replaceAll('\n', '').match(/\d{8}/g) ?? []).map(Number))
}

/** Waits until all numbers have been seen; how many of them came again. */
async function allSeen(): Promise<number> {
  await until(`${written} numbers`, () => new Set(seen().flat()).size === written, 90_000)
  return seen().flat().length - written
}

/** All partitions have an owner among so many consumers. */
async function shared(count: number): Promise<void> {
  await until(`${count} consumers`, async () => {
    const connection = await group.connection()
    const { state, members } = await connection.request(describeGroup, { group: consumers }, 10_000)
    return state === 'Stable' && members.length === count && members.every(m => m.assignment.length > 0)
  })
}

/** Each file has the numbers of a partition in their order. */
function expectOrder(): void {
  for (const numbers of seen())
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const ofPartition = numbers.filter(number => number % PARTITIONS === partition)
      expect(ofPartition).toEqual(ofPartition.toSorted((a, b) => a - b))
    }
}

async function halves(): Promise<void> {
  const { b, j } = await group.settled()
  for (const items of [b!, j!]) expect(items.filter(isTask)).toHaveLength(2)
  await shared(4)
}

test('two tasks on each side: every number once, in order', async () => {
  await halves()
  await write()
  expect(await allSeen()).toBe(0)
  expectOrder()
  expect(seen().filter(numbers => numbers.some(number => number >= PARTITIONS * 50))).toHaveLength(2)
}, 300_000)

test('ours ends: the JVM has all of them, and goes on behind what was put', async () => {
  await write()
  await group.stop('b')
  await write()
  await group.settled()
  await shared(4)
  await write()
  expect(await allSeen()).toBe(0)
}, 300_000)

test('ours is back, while numbers are written', async () => {
  await write()
  await start('b')
  await write()
  await halves()
  await write()
  expect(await allSeen()).toBe(0)
  expectOrder()
}, 300_000)

test('ours is killed: what it had not committed comes again, nothing is lost', async () => {
  await write()
  await group.kill('b')
  const before = written
  await write()
  await group.settled()
  await write()
  const again = await allSeen()
  // At most what it had been given when it was killed.
  expect(again).toBeLessThanOrEqual(before)
  await start('b')
  await halves()
  await write()
  expect(await allSeen()).toBe(again)
}, 300_000)
