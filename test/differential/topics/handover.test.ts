/**
 * One cluster whose worker is by turns the JVM's and ours, on the same group and topics: the same connectors in the
 * same states, positions that go on, and not a record more in the config topic.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Cluster, type Entry } from '../../servers/cluster.ts'
import { sharedBroker } from '../../servers/kafka.ts'
import { until } from '../../servers/run.ts'
import { TopicProbe } from '../../servers/topics.ts'
import type { Side } from '../../servers/worker.ts'

let broker: Awaited<ReturnType<typeof sharedBroker>>
let probe: TopicProbe
beforeAll(async () => {
  broker = await sharedBroker()
  probe = new TopicProbe(broker.bootstrap)
}, 300_000)
afterAll(async () => {
  await probe.close()
  await broker.stop()
}, 300_000)

const records = (entries: Entry[]) => entries.map(({ key, value }) => [key, value])

/** What every turn has to find. */
const wanted: Record<string, string> = {
  source: 'RUNNING',
  'source-0': 'RUNNING',
  sink: 'RUNNING',
  'sink-0': 'RUNNING',
  'sink-1': 'RUNNING',
  'a-1': 'RUNNING',
  'a-1-0': 'RUNNING',
  paused: 'PAUSED',
  'paused-0': 'PAUSED',
  stopped: 'STOPPED',
  'ünï ☃': 'RUNNING',
  'ünï ☃-0': 'FAILED',
}

for (const turns of [
  ['jvm', 'bunnect', 'jvm'],
  ['bunnect', 'jvm', 'bunnect'],
] as const satisfies Side[][]) {
  test(`${turns.join(', then ')}: the same connectors, going on where the other stopped, nothing rewritten`, async () => {
    const group = `handover-${turns[0]}-${process.pid}-${Date.now()}`
    const cluster = new Cluster(broker.bootstrap, group, probe)
    const input = join(cluster.folder, 'in')
    const output = join(cluster.folder, 'out')
    const lines = `${group}-lines`
    const source = { 'connector.class': 'FileStreamSource', 'tasks.max': '3', file: input, topic: lines }
    const sink = { 'connector.class': 'FileStreamSink', 'tasks.max': '2', file: output, topics: lines }
    const failing = { ...sink, 'tasks.max': '1', file: '/not/here/out', topics: `${group}-other` }
    const chain = {
      transforms: 'h,x',
      'transforms.h.type': 'org.apache.kafka.connect.transforms.HoistField$Value',
      'transforms.h.field': 'f',
      'transforms.x.type': 'org.apache.kafka.connect.transforms.ExtractField$Value',
      'transforms.x.field': 'f',
    }
    const values = async () => (await probe.readAll(lines)).map(({ value }) => String(value)).sort()
    writeFileSync(input, '')
    let written: string[] = []
    /** A line through the source, the one with transformations and the sink, and the positions behind it. */
    const flow = async (text: string) => {
      appendFileSync(input, `${text}\n`)
      written.push(text, text)
      const expected = written.toSorted()
      await until(`${text} in the topic`, async () => (await values()).length >= expected.length)
      expect(await values()).toEqual(expected)
      const lineCount = () => readFileSync(output, 'utf8').split('\n').length - 1
      await until(`${text} in the file`, () => lineCount() >= expected.length)
      expect(readFileSync(output, 'utf8').trimEnd().split('\n').sort()).toEqual(expected)
      const position = `{"position":${readFileSync(input).length}}`
      await until(`the positions after ${text}`, async () => {
        const ends = (await cluster.entries('offsets')).filter(({ value }) => value === position)
        return new Set(ends.map(({ key }) => key)).size === 2
      })
      const committed = async () => (await probe.committed([`${group}-sink`])).get(`${group}-sink`) ?? 0
      await until('the commit of the sink', async () => (await committed()) === expected.length)
    }
    try {
      await cluster.start(turns[0])
      const own = { 'consumer.override.group.id': `${group}-sink` }
      const create = (name: string, config: object, initial_state?: string) =>
        cluster.ask('POST', '/connectors', { name, config, ...(initial_state && { initial_state }) })
      await create('source', source)
      await create('sink', { ...sink, ...own })
      await create('a-1', { ...source, ...chain })
      await create('paused', source)
      await create('stopped', source, 'STOPPED')
      await create('ünï ☃', failing)
      const allAre = (states: Record<string, string>) =>
        until(`the states of ${group}`, async () => {
          const now = await cluster.states()
          return Object.entries(states).every(([name, state]) => now[name] === state)
        })
      await allAre({ ...wanted, paused: 'RUNNING', 'paused-0': 'RUNNING' })
      await cluster.ask('PUT', '/connectors/paused/pause')
      await allAre(wanted)
      written = []
      await flow(`first of ${turns[0]}`)
      let before = records(await cluster.entries('configs'))
      for (const [turn, side] of turns.entries()) {
        if (turn > 0) {
          const code = await cluster.stop()
          const left = await cluster.states()
          // A JVM that was stuck in its stop has told nothing.
          if (turns[turn - 1] !== 'jvm' || code !== 137)
            for (const [name, state] of Object.entries(wanted))
              expect([name, left[name]]).toEqual([name, state === 'FAILED' ? state : 'UNASSIGNED'])
          await cluster.until(() => cluster.start(side), wanted)
          await flow(`${turn} by ${side}`)
        }
        const seen = (await cluster.ask('GET', '/connectors?expand=status&expand=info')) as Record<
          string,
          unknown
        >
        expect(Object.keys(seen).sort()).toEqual(['a-1', 'paused', 'sink', 'source', 'stopped', 'ünï ☃'])
        const after = records(await cluster.entries('configs'))
        expect(after).toEqual(before)
        before = after
      }
    } finally {
      await cluster.close()
    }
  }, 300_000)
}
