import { afterAll, beforeAll, expect, test } from 'bun:test'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConnectorStatus } from '../../src/herder/herder.ts'
import { Cluster } from '../servers/cluster.ts'
import { ground } from '../servers/ground.ts'
import { startBroker } from '../servers/kafka.ts'
import { lineBytes, numberedLine } from '../servers/numbered-lines.ts'
import { until } from '../servers/run.ts'
import type { Side } from '../servers/worker.ts'
import { checkFile, checkTopic } from './number-check.ts'
import { isGone } from './worker-kill.ts'

/** BUNNECT_CHAOS=long: more of everything; else short enough for every run of the suite. */
const long = process.env['BUNNECT_CHAOS'] === 'long'
const kills = long ? 12 : 2
/** How long the broker is away; longer than the session of worker and sink. */
const awayMs = long ? 15_000 : 7_000
/** BUNNECT_CHAOS_SIDE=jvm runs the same on JVM Connect, to see that the checks themselves are right. */
const side = (process.env['BUNNECT_CHAOS_SIDE'] ?? 'bunnect') as Side

let cluster: Cluster
afterAll(() => cluster.close(), 120_000)
const place = ground(startBroker)
beforeAll(() => {
  cluster = new Cluster(place.broker.bootstrap, 'outlasts', place.probe)
})

test(
  'a broker that is killed under a distributed worker: it goes on by itself, every line arrives, REST always answers',
  async () => {
    const input = join(cluster.folder, 'in')
    const output = join(cluster.folder, 'out')
    writeFileSync(input, '')
    await cluster.probe.create('lines')
    const session = { 'session.timeout.ms': '6000', 'heartbeat.interval.ms': '500' }
    const worker = await cluster.start(side, session)
    const names = ['source', 'sink']
    await worker.create({
      name: 'source',
      'connector.class': 'FileStreamSource',
      file: input,
      topic: 'lines',
    })
    await worker.create({
      name: 'sink',
      'connector.class': 'FileStreamSink',
      file: output,
      topics: 'lines',
      'consumer.override.session.timeout.ms': '6000',
      'consumer.override.heartbeat.interval.ms': '500',
    })
    for (const name of names) await worker.awaitState(name, 'RUNNING')

    let fed = 0
    let outage = false
    const answers = { running: 0, away: 0 }
    const failures: string[] = []
    const end = new AbortController()
    const feeder = (async () => {
      while (!end.signal.aborted) {
        for (let i = 0; i < 50; i++) appendFileSync(input, `${numberedLine(fed++)}\n`)
        await Bun.sleep(10)
      }
    })()
    const asker = (async () => {
      while (!end.signal.aborted) {
        const wasAway = outage
        for (const path of [
          '/',
          '/health',
          '/connectors',
          '/connectors/sink/status',
          '/connectors/source/config',
        ]) {
          // The JVM's reads need no broker; 60 s is what a client waits for.
          const answer = await worker.fetch(path, { signal: AbortSignal.timeout(60_000) }).catch(String)
          if (typeof answer === 'string') failures.push(`${path}: ${answer}`)
          else {
            answers[wasAway ? 'away' : 'running']++
            // 409 and 503 while it joins its group again; they say so.
            if (![200, 409, 503].includes(answer.status)) failures.push(`${path}: ${answer.status}`)
            if (answer.status !== 200) expect(await answer.text()).toMatch(/rebalance|worker|group|broker/i)
          }
        }
        await Bun.sleep(100)
      }
    })()
    for (let kill = 0; kill < kills; kill++) {
      const before = await cluster.probe.endOffset('lines')
      await until('lines to flow', async () => (await cluster.probe.endOffset('lines')) > before + 500)
      await place.broker.kill()
      outage = true
      const created = worker.fetch('/connectors', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({
          name: `during-${kill}`,
          config: { 'connector.class': 'FileStreamSource', file: '/dev/null', topic: 'other' },
        }),
        signal: AbortSignal.timeout(120_000),
      })
      await Bun.sleep(awayMs)
      await place.broker.start()
      outage = false
      const answer = await created
      const body = (await answer.json()) as { message?: string }
      // What was written before it gave up may be there all the same.
      if (answer.status !== 201) {
        expect(answer.status).toBeGreaterThanOrEqual(409)
        expect(body.message).toMatch(/Kafka|rebalance|group|broker|timed out/i)
      }
      await until('the worker to be whole again', async () => {
        for (const name of names) {
          const answer = await worker.fetch(`/connectors/${name}/status`)
          const { connector, tasks } = (await answer.json()) as ConnectorStatus
          const states = [connector, ...tasks].map(({ state }) => state)
          if (states.length !== 2 || states.some(state => state !== 'RUNNING')) return false
        }
        return (await worker.fetch('/health')).status === 200
      })
    }
    const atEnd = await cluster.probe.endOffset('lines')
    await until('lines to flow again', async () => (await cluster.probe.endOffset('lines')) > atEnd + 500)
    end.abort()
    await Promise.all([feeder, asker])
    expect(failures).toEqual([])
    expect(answers.away).toBeGreaterThan(0)
    expect(isGone(worker.pid)).toBe(false)
    const last = `${numberedLine(fed - 1)}\n`
    await until('the last line', () => readFileSync(output, 'latin1').slice(-lineBytes - 1) === last)
    expect(await worker.stop()).toBe(143)
    for (const seen of [await checkTopic(cluster.probe, 'lines'), await checkFile(output)]) {
      expect(seen.faults).toEqual([])
      expect(seen.distinct).toBe(fed)
    }
    const offsets = (await cluster.entries('offsets')).map(({ value }) => value)
    expect(offsets.at(-1)).toBe(`{"position":${readFileSync(input).length}}`)
  },
  long ? 1_800_000 : 240_000,
)
