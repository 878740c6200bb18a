import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { taskHosts } from '../integration/hosts/support.ts'
import { lineBytes, numberedLine, sha256 } from '../servers/numbered-lines.ts'
import { freePort } from '../servers/ports.ts'
import { until } from '../servers/run.ts'
import { TopicProbe } from '../servers/topics.ts'
import { type ConnectWorker, type Side, startWorker } from '../servers/worker.ts'
import { checkFile, checkTopic, type NumberCheck } from './number-check.ts'
import { ProgressLog } from './progress-log.ts'

export interface KillRun {
  side: Side
  /** distributed: the connectors are made over REST once, and every start has to find them again; default standalone */
  mode?: 'standalone' | 'distributed'
  bootstrap: string
  dir: string
  lines: number
  /** SIGKILLs on the way; 0 = none */
  kills: number
  /** start of the random sequence that chooses the moments */
  seed: number
  /** bunnect.task.hosts: both connectors run in hosts, and hosts are killed instead of the worker */
  hosts?: number
  flushIntervalMs?: number
  say?: (text: string) => void
}

export interface KillReport {
  topic: NumberCheck
  sink: NumberCheck
  /** lines in the sink file beyond one for each record of the topic */
  sinkRepeats: number
  /** most that may come twice: what followed the last flush before each kill, see ProgressLog */
  topicBound: number
  sinkBound: number
  /** offsets that the sink's group had committed, where one was below an earlier one: from, to */
  commitsBackwards: [number, number][]
  /** input and sink file are byte for byte the same */
  identical: boolean
}

/** Time a commit may take from its timer to its end: a busy machine, a broker that syncs. */
export const commitSlackMs = 2000

/**
 * Numbered lines from a file through a topic into a file by one worker that is killed and restarted, or
 * whose hosts are killed, which it replaces itself.
 * The input grows by one slice before each kill and one after the last, so that every kill hits flowing records.
 */
export async function runWithKills(run: KillRun): Promise<KillReport> {
  const pipeline = new Pipeline(run)
  try {
    return await pipeline.run()
  } finally {
    await pipeline.close()
  }
}

class Pipeline {
  readonly #run: KillRun
  readonly #probe: TopicProbe
  readonly #topic: string
  readonly #input: string
  readonly #output: string
  readonly #flushMs: number
  readonly #records = new ProgressLog()
  readonly #bytes = new ProgressLog()
  readonly #random: () => number
  #worker: ConnectWorker | undefined
  #port: number | undefined
  #fed = 0
  #made = false
  #committed = 0
  readonly #commitsBackwards: [number, number][] = []

  constructor(run: KillRun) {
    this.#run = run
    this.#probe = new TopicProbe(run.bootstrap)
    this.#topic = `kill-${run.side}-${run.seed}-${process.pid}-${Date.now()}`
    this.#input = join(run.dir, 'in.txt')
    this.#output = join(run.dir, 'out.txt')
    this.#flushMs = run.flushIntervalMs ?? 500
    this.#random = randomFrom(run.seed)
    mkdirSync(run.dir, { recursive: true })
    rmSync(this.#input, { force: true })
    rmSync(this.#output, { force: true })
  }

  async run(): Promise<KillReport> {
    const { kills, lines } = this.#run
    await this.#probe.create(this.#topic)
    this.#port = await freePort()
    this.#feed(kills === 0 ? lines : Math.floor(lines / (kills + 1)))
    await this.#start()
    const bounds = { topic: 0, sink: 0 }
    for (let kill = 1; kill <= kills; kill++) {
      const killedAt = await this.#killSomewhere(kill)
      const lastFlush = killedAt - this.#flushMs - commitSlackMs
      bounds.topic += (await this.#sample()).records - this.#records.amountAt(lastFlush)
      bounds.sink += Math.ceil((this.#outputBytes() - this.#bytes.amountAt(lastFlush)) / (lineBytes + 1))
      this.#feed(kill === kills ? lines : Math.floor((lines * (kill + 1)) / (kills + 1)))
      if (!this.#run.hosts) await this.#start()
    }
    await this.#finish()
    const topic = await checkTopic(this.#probe, this.#topic)
    const sink = await checkFile(this.#output)
    return {
      topic,
      sink,
      sinkRepeats: sink.total - topic.total,
      topicBound: bounds.topic,
      sinkBound: bounds.sink,
      commitsBackwards: this.#commitsBackwards,
      identical: (await sha256(this.#input)) === (await sha256(this.#output)),
    }
  }

  async close(): Promise<void> {
    await this.#worker?.kill()
    await this.#probe.close()
  }

  async #start(): Promise<void> {
    const distributed = this.#run.mode === 'distributed'
    this.#worker = await startWorker(this.#run.side, {
      bootstrap: this.#run.bootstrap,
      dir: this.#run.dir,
      ...(this.#port === undefined ? {} : { port: this.#port }),
      awaitRest: false,
      worker: {
        'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
        'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
        'offset.flush.interval.ms': String(this.#flushMs),
        ...(this.#run.hosts && { 'bunnect.task.hosts': String(this.#run.hosts) }),
        ...(distributed && this.#groupKeys()),
      },
      ...(distributed ? { mode: 'distributed' } : { connectors: this.#connectors() }),
    })
    if (distributed && !this.#made) await this.#make()
    this.#made = true
  }

  #groupKeys(): Record<string, string> {
    const stores = ['config', 'offset', 'status'].flatMap(store => [
      [`${store}.storage.topic`, `${this.#topic}-${store}`],
      [`${store}.storage.replication.factor`, '1'],
    ])
    // As with the sink's group: a killed worker is thought alive until its session ends.
    const session = { 'session.timeout.ms': '6000', 'heartbeat.interval.ms': '1000' }
    return { 'group.id': this.#topic, ...session, ...Object.fromEntries(stores) }
  }

  /** As the topics are to find them after every kill. */
  async #make(): Promise<void> {
    const worker = this.#worker!
    await until('a worker that can make connectors', async () => (await worker.fetch('/health')).ok)
    for (const connector of this.#connectors()) await worker.create(connector)
  }

  #connectors(): Record<string, string>[] {
    return [
      {
        name: `${this.#topic}-source`,
        'connector.class': 'FileStreamSource',
        'tasks.max': '1',
        file: this.#input,
        topic: this.#topic,
      },
      {
        name: `${this.#topic}-sink`,
        'connector.class': 'FileStreamSink',
        'tasks.max': '1',
        file: this.#output,
        topics: this.#topic,
        // a killed member is thought alive until its session ends; the least that brokers allow keeps the run short
        'consumer.override.session.timeout.ms': '6000',
        'consumer.override.heartbeat.interval.ms': '1000',
      },
    ]
  }

  /** Of four kills one comes some time after the start of the process, one while the source writes, two while the sink does. */
  async #killSomewhere(kill: number): Promise<number> {
    const worker = this.#worker!
    const fraction = this.#random()
    const moment = kill % 4
    if (moment === 0) {
      const end = performance.now() + fraction * 1500
      while (performance.now() < end) {
        await this.#sample()
        await Bun.sleep(10)
      }
    } else {
      const before = await this.#sample()
      const slice = Math.floor(this.#run.lines / (this.#run.kills + 1))
      const wanted = Math.max(1, Math.floor(slice * fraction))
      await until(
        `${wanted} more records before kill ${kill}`,
        async () => {
          await this.#checkAlive(worker)
          const now = await this.#sample()
          if (moment >= 2) return now.bytes - before.bytes >= wanted * (lineBytes + 1)
          return now.records - before.records >= wanted
        },
        120_000,
        5,
      )
    }
    const killedAt = performance.now()
    if (this.#run.hosts) await this.#killHost(worker)
    else await worker.kill()
    this.#run.say?.(`kill ${kill}: ${JSON.stringify(await this.#sample())} of ${this.#fed} lines fed`)
    return killedAt
  }

  async #finish(): Promise<void> {
    const worker = this.#worker!
    const lastLine = `${numberedLine(this.#run.lines - 1)}\n`
    await until(
      'the last line to arrive in the sink file',
      async () => {
        await this.#checkAlive(worker)
        await this.#sample()
        return tailOf(this.#output, lastLine.length) === lastLine
      },
      900_000,
      20,
    )
    for (const connector of this.#connectors()) await worker.awaitState(connector['name']!, 'RUNNING')
    await worker.stop()
  }

  async #killHost(worker: ConnectWorker): Promise<void> {
    const hosts = await until('a host', async () => {
      const hosts = await taskHosts(worker)
      return hosts.length > 0 && hosts
    })
    const host = hosts[Math.floor(this.#random() * hosts.length)]!
    process.kill(host, 'SIGKILL')
    await until('its end', () => isGone(host))
  }

  async #checkAlive(worker: ConnectWorker): Promise<void> {
    if (isGone(worker.pid))
      throw new Error(`the worker has ended by itself; its log is ${worker.dir}/worker.log`)
    if (!this.#run.hosts) return
    // After some hosts in a few minutes a task is left to people.
    for (const side of ['source', 'sink']) {
      const path = `/connectors/${this.#topic}-${side}`
      const status = await worker.fetch(`${path}/status`)
      if (status.ok && (await status.text()).includes('"FAILED"'))
        await worker.fetch(`${path}/restart?includeTasks=true&onlyFailed=true`, { method: 'POST' })
    }
  }

  #feed(upTo: number): void {
    let chunk = ''
    for (; this.#fed < upTo; this.#fed++) {
      chunk += `${numberedLine(this.#fed)}\n`
      if (chunk.length > 1 << 20) {
        appendFileSync(this.#input, chunk)
        chunk = ''
      }
    }
    appendFileSync(this.#input, chunk)
  }

  async #sample(): Promise<{ records: number; bytes: number }> {
    const bytes = this.#outputBytes()
    this.#bytes.add(performance.now(), bytes)
    const asked = performance.now()
    const records = await this.#probe.endOffset(this.#topic)
    this.#records.add(asked, records)
    const group = `connect-${this.#topic}-sink`
    const committed = (await this.#probe.committed([group])).get(group) ?? 0
    if (committed < this.#committed) this.#commitsBackwards.push([this.#committed, committed])
    this.#committed = committed
    return { records, bytes }
  }

  #outputBytes(): number {
    return existsSync(this.#output) ? statSync(this.#output).size : 0
  }
}

function tailOf(file: string, bytes: number): string {
  if (!existsSync(file)) return ''
  const size = statSync(file).size
  const tail = Buffer.alloc(Math.min(bytes, size))
  const handle = openSync(file, 'r')
  try {
    readSync(handle, tail, 0, tail.length, size - tail.length)
  } finally {
    closeSync(handle)
  }
  return tail.toString('latin1')
}

export function isGone(pid: number): boolean {
  return !existsSync(`/proc/${pid}/exe`)
}

/** Numbers in [0, 1) that are the same for the same seed (mulberry32), so that a bad run can be run again. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
