import { appendFileSync, createReadStream, existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Broker } from '../servers/kafka.ts'
import { freePort } from '../servers/ports.ts'
import { until } from '../servers/run.ts'
import { TopicProbe } from '../servers/topics.ts'
import { type ConnectWorker, startWorker } from '../servers/worker.ts'
import { ProgressLog } from './progress-log.ts'
import { commitSlackMs, isGone, randomFrom } from './worker-kill.ts'

export interface ErrorsKillRun {
  bootstrap: string
  dir: string
  /** Of each input; every seventh is bad. */
  lines: number
  /** SIGKILLs on the way: of the worker, or of this broker, which comes back. */
  kills: number
  broker?: Pick<Broker, 'kill' | 'start'>
  /** bunnect.task.hosts */
  hosts: number
  /** Start of the random sequence that chooses the moments. */
  seed: number
  say: (text: string) => void
}

/** What was found at one end. */
export interface End {
  /** Numbers that should be there and are not; the first ten. */
  missing: number[]
  /** Numbers that should not be there and are; the first ten. */
  strangers: number[]
  /** Beyond one each; of what a sink has written, beyond one for each record of its topic. */
  repeats: number
  /** The most repeats that may be: what followed the last flush before each kill. */
  bound: number
}

const ENDS = ['topic', 'file', 'letters', 'castTopic', 'castLetters'] as const
export type EndName = (typeof ENDS)[number]

const FLUSH_MS = 500
const isBad = (i: number) => i % 7 === 6
/** One that the sink's converter refuses, and one for each of its transformations. */
const BAD = [(i: number) => `{"n":${i}`, (i: number) => `"n ${i}"`, (i: number) => `{"n":"x ${i}"}`]
const jsonLine = (i: number) => (isBad(i) ? BAD[((i - 6) / 7) % BAD.length]!(i) : `{"n":${i}}`)
const castLine = (i: number) => (isBad(i) ? `x ${i}` : `${i}`)

/**
 * Numbered records, every seventh one bad, by one standalone worker that is killed and started again: a source whose
 * topic is created by it and a sink that has to find the bad ones, and a source that finds them itself.
 */
export async function runErrorsWithKills(run: ErrorsKillRun): Promise<Record<EndName, End>> {
  const pipelines = new Pipelines(run)
  try {
    return await pipelines.run()
  } finally {
    await pipelines.close()
  }
}

class Pipelines {
  readonly #run: ErrorsKillRun
  readonly #probe: TopicProbe
  readonly #name: string
  readonly #random: () => number
  readonly #progress = Object.fromEntries(ENDS.map(end => [end, new ProgressLog()])) as Record<
    EndName,
    ProgressLog
  >
  readonly #bounds = Object.fromEntries(ENDS.map(end => [end, 0])) as Record<EndName, number>
  #worker: ConnectWorker | undefined
  #port = 0
  #fed = 0

  constructor(run: ErrorsKillRun) {
    this.#run = run
    this.#probe = new TopicProbe(run.bootstrap)
    this.#name = `errors-${run.hosts}-${run.seed}-${process.pid}-${Date.now()}`
    this.#random = randomFrom(run.seed)
    rmSync(run.dir, { recursive: true, force: true })
    mkdirSync(run.dir, { recursive: true })
  }

  async run(): Promise<Record<EndName, End>> {
    const { kills, lines } = this.#run
    this.#port = await freePort()
    for (let kill = 1; kill <= kills; kill++) {
      const upTo = Math.floor((lines * kill) / (kills + 1))
      const atStart = kill % 3 === 0
      if (atStart) this.#feed(upTo)
      if (kill === 1 || this.#run.broker === undefined) await this.#start()
      if (!atStart) {
        await this.#settled()
        this.#feed(upTo)
      }
      const killedAt = await this.#killSomewhere(kill)
      const lastFlush = killedAt - FLUSH_MS - commitSlackMs
      const now = await this.#still()
      this.#run.say(`kill ${kill}: ${JSON.stringify(now)} of ${this.#fed} lines each`)
      for (const end of ENDS) this.#bounds[end] += now[end] - this.#progress[end].amountAt(lastFlush)
      // What a source drops is stored with the next record's offset, as in the JVM: a bad last line comes again.
      this.#bounds.castLetters++
    }
    this.#feed(lines)
    if (this.#run.broker === undefined) await this.#start()
    return await this.#finish()
  }

  async close(): Promise<void> {
    await this.#worker?.kill()
    await this.#probe.close()
  }

  #path(file: string): string {
    return join(this.#run.dir, file)
  }

  #topic(end: Exclude<EndName, 'file'>): string {
    return `${this.#name}-${end}`
  }

  async #start(): Promise<void> {
    const source = {
      'connector.class': 'FileStreamSource',
      'topic.creation.default.partitions': '1',
      'topic.creation.default.replication.factor': '1',
    }
    const json = {
      'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
      'value.converter.schemas.enable': 'false',
    }
    const cast = {
      'transforms.cast.type': 'org.apache.kafka.connect.transforms.Cast$Value',
      'transforms.cast.spec': 'int64',
    }
    const queue = (prefix: string, end: 'letters' | 'castLetters') => ({
      'errors.tolerance': 'all',
      [`${prefix}errors.deadletterqueue.topic.name`]: this.#topic(end),
      [`${prefix}errors.deadletterqueue.topic.replication.factor`]: '1',
      [`${prefix}errors.deadletterqueue.context.headers.enable`]: 'true',
    })
    this.#worker = await startWorker('bunnect', {
      bootstrap: this.#run.bootstrap,
      dir: this.#run.dir,
      port: this.#port,
      awaitRest: false,
      worker: {
        'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
        'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
        'offset.flush.interval.ms': String(FLUSH_MS),
        'bunnect.task.hosts': String(this.#run.hosts),
      },
      connectors: [
        {
          ...source,
          name: `${this.#name}-source`,
          file: this.#path('in.txt'),
          topic: this.#topic('topic'),
          'topic.creation.default.partitions': '3',
        },
        {
          ...json,
          ...cast,
          ...queue('', 'letters'),
          name: `${this.#name}-sink`,
          'connector.class': 'FileStreamSink',
          file: this.#path('out.txt'),
          topics: this.#topic('topic'),
          transforms: 'extract, cast',
          'transforms.extract.type': 'org.apache.kafka.connect.transforms.ExtractField$Value',
          'transforms.extract.field': 'n',
          // Else the consumer's question for the topic may make it, with other settings than the source's.
          'consumer.override.allow.auto.create.topics': 'false',
          'consumer.override.metadata.max.age.ms': '500',
          // A killed member is thought alive until its session ends; the least that brokers allow keeps the run short.
          'consumer.override.session.timeout.ms': '6000',
          'consumer.override.heartbeat.interval.ms': '1000',
        },
        {
          ...source,
          ...json,
          ...cast,
          ...queue('bunnect.', 'castLetters'),
          name: `${this.#name}-cast`,
          file: this.#path('cast.txt'),
          topic: this.#topic('castTopic'),
          transforms: 'cast',
        },
      ],
    })
  }

  /** Of three kills one comes some time after the start of the process, one while sources send, one while the sink writes. */
  async #killSomewhere(kill: number): Promise<number> {
    const worker = this.#worker!
    const fraction = this.#random()
    if (kill % 3 === 0) {
      const end = performance.now() + fraction * 1500
      while (performance.now() < end) await this.#sample()
    } else {
      const end = kill % 3 === 1 ? 'topic' : 'letters'
      const before = (await this.#sample())[end]
      const slice = this.#run.lines / (this.#run.kills + 1) / (end === 'letters' ? 7 : 1)
      const wanted = Math.max(1, Math.floor(slice * fraction))
      await until(
        `${wanted} more of ${end} before kill ${kill}`,
        async () => {
          this.#checkAlive(worker)
          return (await this.#sample())[end] - before >= wanted
        },
        120_000,
        5,
      )
    }
    const killedAt = performance.now()
    const { broker } = this.#run
    if (broker === undefined) await worker.kill()
    else {
      await broker.kill()
      await broker.start()
    }
    return killedAt
  }

  /** What is fed has arrived, and a flush since is certain: what comes twice is younger. */
  async #settled(): Promise<void> {
    const worker = this.#worker!
    const bad = Math.floor(this.#fed / 7)
    await until(
      'what was fed to arrive',
      async () => {
        this.#checkAlive(worker)
        const now = await this.#sample()
        return now.topic >= this.#fed && now.letters >= bad && now.castLetters >= bad
      },
      120_000,
    )
    const end = performance.now() + FLUSH_MS + commitSlackMs
    while (performance.now() < end) await this.#sample()
  }

  /** How much there is after a kill, with what a broker short of CPU still takes of the dead one: nothing new for 1 s. */
  async #still(): Promise<Record<EndName, number>> {
    let last = await this.#sample()
    for (let since = performance.now(); performance.now() - since < 1000; ) {
      await Bun.sleep(100)
      const now = await this.#sample()
      if (ENDS.some(end => now[end] !== last[end])) since = performance.now()
      last = now
    }
    return last
  }

  async #finish(): Promise<Record<EndName, End>> {
    const worker = this.#worker!
    const { lines } = this.#run
    const bad = Math.floor(lines / 7)
    let ends: Record<EndName, Uint32Array> | undefined
    await until(
      'everything to have arrived',
      async () => {
        this.#checkAlive(worker)
        const now = await this.#sample()
        if (now.topic < lines || now.letters < bad || now.castTopic < lines - bad || now.castLetters < bad)
          return false
        ends = await this.#ends()
        return [...ends.file].every((count, i) => isBad(i) || count > 0)
      },
      300_000,
      200,
    )
    await worker.stop()
    ends = await this.#ends()
    const { topic } = ends
    return {
      topic: this.#end('topic', topic, () => 1),
      file: this.#end('file', ends.file, i => (isBad(i) ? 0 : topic[i]!)),
      letters: this.#end('letters', ends.letters, i => (isBad(i) ? topic[i]! : 0)),
      castTopic: this.#end('castTopic', ends.castTopic, i => (isBad(i) ? 0 : 1)),
      castLetters: this.#end('castLetters', ends.castLetters, i => (isBad(i) ? 1 : 0)),
    }
  }

  #end(name: EndName, found: Uint32Array, wanted: (i: number) => number): End {
    const end: End = { missing: [], strangers: [], repeats: 0, bound: this.#bounds[name] }
    for (const [i, count] of found.entries()) {
      const want = wanted(i)
      if (want > 0 && count === 0 && end.missing.length < 10) end.missing.push(i)
      if (want === 0 && count > 0 && end.strangers.length < 10) end.strangers.push(i)
      end.repeats += count - want
    }
    return end
  }

  /** How often each number is there. */
  async #ends(): Promise<Record<EndName, Uint32Array>> {
    const counts = Object.fromEntries(ENDS.map(end => [end, new Uint32Array(this.#run.lines)])) as Record<
      EndName,
      Uint32Array
    >
    const add = (end: EndName, text: string) => {
      const number = Number(/\d+/.exec(text)?.[0])
      if (!(number < this.#run.lines)) throw new Error(`${end} holds ${JSON.stringify(text.slice(0, 200))}`)
      counts[end][number]!++
    }
    for (const end of ENDS) {
      if (end === 'file') continue
      for (let partition = 0; partition < (end === 'topic' ? 3 : 1); partition++) {
        for await (const { value } of this.#probe.read(this.#topic(end), partition)) add(end, `${value}`)
      }
    }
    for await (const line of createInterface({ input: createReadStream(this.#path('out.txt')) }))
      add('file', line)
    return counts
  }

  #checkAlive(worker: ConnectWorker): void {
    if (isGone(worker.pid))
      throw new Error(`the worker has ended by itself; its log is ${worker.dir}/worker.log`)
  }

  #feed(upTo: number): void {
    const numbers = Array.from({ length: upTo - this.#fed }, (_, i) => this.#fed + i)
    appendFileSync(this.#path('in.txt'), numbers.map(i => `${jsonLine(i)}\n`).join(''))
    appendFileSync(this.#path('cast.txt'), numbers.map(i => `${castLine(i)}\n`).join(''))
    this.#fed = upTo
  }

  /** How many records there are; of the file about how many lines, by its bytes. */
  async #sample(): Promise<Record<EndName, number>> {
    const asked = performance.now()
    const size = async (end: Exclude<EndName, 'file'>, partitions: number) => {
      const all = Array.from({ length: partitions }, (_, p) => this.#probe.endOffset(this.#topic(end), p))
      return (await Promise.all(all)).reduce((sum, each) => sum + each, 0)
    }
    const file = existsSync(this.#path('out.txt')) ? statSync(this.#path('out.txt')).size : 0
    const [topic, letters, castTopic, castLetters] = await Promise.all([
      size('topic', 3),
      size('letters', 1),
      size('castTopic', 1),
      size('castLetters', 1),
    ])
    // A line has a digit and a line feed at least, so these are no fewer than there are lines.
    const sample = {
      topic: topic!,
      file: Math.ceil(file / 2),
      letters: letters!,
      castTopic: castTopic!,
      castLetters: castLetters!,
    }
    for (const end of ENDS) this.#progress[end].add(asked, sample[end])
    return sample
  }
}
