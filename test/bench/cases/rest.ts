import { connect } from 'node:net'
import type { BenchCase } from '../case.ts'
import { allRunning, smallSources } from '../small-sources.ts'
import { benchWorker, mark, since } from '../worker-run.ts'

const CONNECTORS = 100
const REQUESTS = 10_000
const WARM_UP = 5000
/** Who asks takes a core, too. */
const CONNECTIONS = 4

export const rest: BenchCase = {
  name: 'rest',
  about: `${REQUESTS} GET status of ${CONNECTORS} connectors over ${CONNECTIONS} connections, worker warm`,
  unit: 'requests/s',
  contenders: ['jvm', 'bunnect'],
  countsRecords: false,
  async run(bench, contender, round) {
    const topic = `rest-${contender.replaceAll(/\W+/g, '-')}-${round}-${process.pid}`
    await bench.probe.create(topic)
    const worker = await benchWorker(bench, contender, { mode: bench.mode })
    try {
      const sources = smallSources(bench.dir, topic, CONNECTORS)
      for (const source of sources) await worker.create(source)
      await allRunning(worker, CONNECTORS)
      const paths = sources.map(({ name }) => `/connectors/${name}/status`)
      await ask(worker.port, paths, WARM_UP)
      const from = mark(worker)
      const times = await ask(worker.port, paths, REQUESTS)
      const { figure: ms, ...cost } = since(from, worker)
      const sorted = times.toSorted((a, b) => a - b)
      return {
        ...cost,
        figure: REQUESTS / (ms / 1000),
        also: { 'ms p50': sorted[REQUESTS >> 1]!, 'ms p99': sorted[Math.floor(REQUESTS * 0.99)]! },
      }
    } finally {
      await worker.stop()
      await bench.probe.delete(topic)
    }
  },
}

/** How long each of the answers took, in ms; requests follow each other on each connection. */
async function ask(port: number, paths: readonly string[], count: number): Promise<number[]> {
  const times: number[] = []
  let next = 0
  const take = () => (next < count ? paths[next++ % paths.length]! : null)
  await Promise.all(Array.from({ length: CONNECTIONS }, () => askInTurn(port, take, times)))
  return times
}

/** Over a bare socket: an HTTP client would cost more than what is measured. */
function askInTurn(port: number, take: () => string | null, times: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.setNoDelay(true)
    let sent = 0
    let got = ''
    const send = () => {
      const path = take()
      if (path === null) {
        socket.end()
        resolve()
        return
      }
      sent = performance.now()
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
    }
    socket.on('error', reject)
    socket.on('connect', send)
    socket.on('data', bytes => {
      got += bytes.toString('latin1')
      const head = got.indexOf('\r\n\r\n')
      if (head < 0) return
      const length = Number(/^content-length: (\d+)/im.exec(got)?.[1] ?? Number.NaN)
      if (!got.startsWith('HTTP/1.1 200 ') || Number.isNaN(length)) reject(new Error(`answered ${got}`))
      if (got.length < head + 4 + length) return
      times.push(performance.now() - sent)
      got = ''
      send()
    })
  })
}
