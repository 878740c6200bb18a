/**
 * Opens and closes clients for a long time under everything that goes wrong: rebalances in flight, a broker that is
 * killed and comes back, addresses that refuse, do not resolve or never answer.
 */
import { readdirSync } from 'node:fs'
import { propertyTable } from '../../src/kafka/client-properties.ts'
import { librdkafkaClient } from '../../src/kafka/librdkafka/client.ts'
import { PackedBatch } from '../../src/kafka/packed-batch.ts'
import type { ClientProperties, Consumer, KafkaClient, Producer } from '../../src/kafka/port.ts'
import { type Broker, startBroker } from '../servers/kafka.ts'

export interface SoakOptions {
  /** Producers opened, used and closed; consumers are as many. */
  rounds: number
  /** The broker is killed and started again each so many rounds. */
  killEvery: number
  /** Clients to dead addresses are opened and closed each so many rounds. */
  deadEvery: number
  sample(sample: SoakSample): void
  sampleEvery: number
}

export interface SoakSample {
  round: number
  seconds: number
  rssMb: number
  threads: number
  files: number
  sent: number
  /** Records read, those that came twice included. */
  read: number
  /** Different records read, of those that were sent. */
  distinct: number
  rebalances: number
  kills: number
  dead: number
}

const TOPIC = 'soak'
const RECORDS = 200
const TIMEOUT_MS = 60_000
const LIMITS = { maxRecords: 500, maxBytes: 1 << 20, timeoutMs: 200 }

export async function soak(options: SoakOptions): Promise<SoakSample[]> {
  const broker = await startBroker()
  // Accepts and never says a word.
  const silent = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  try {
    return await new Soak(options, broker, silent.port).run()
  } finally {
    silent.stop(true)
    await broker.stop()
  }
}

/** The median RSS of a quarter (1 … 4) of the samples, because a sample may fall into a burst. */
export function quarterRss(samples: readonly SoakSample[], quarter: number): number {
  const bound = (n: number) => Math.round((samples.length * n) / 4)
  const list = samples.slice(bound(quarter - 1), bound(quarter)).map(sample => sample.rssMb)
  return list.sort((a, b) => a - b)[list.length >> 1] ?? 0
}

/** What all members have seen. */
class Tally {
  read = 0
  distinct = 0
  rebalances = 0
  readonly #seen: Uint8Array

  constructor(records: number) {
    this.#seen = new Uint8Array(records)
  }

  /** `value` begins with the record's number. */
  take(value: string | null): void {
    const number = Number.parseInt(value ?? '', 10)
    if (!(number < this.#seen.length)) throw new Error(`this record was never sent: ${value}`)
    this.read++
    if (this.#seen[number]) return
    this.#seen[number] = 1
    this.distinct++
  }
}

class Soak {
  readonly #client: KafkaClient = librdkafkaClient(propertyTable)
  readonly #batch = new PackedBatch(RECORDS, RECORDS * 100)
  readonly #started = Date.now()
  readonly #samples: SoakSample[] = []
  readonly #members: Member[] = []
  readonly #tally: Tally
  #sent = 0
  #kills = 0
  #dead = 0

  constructor(
    readonly options: SoakOptions,
    readonly broker: Broker,
    readonly silentPort: number,
  ) {
    this.#tally = new Tally(options.rounds * RECORDS)
  }

  async run(): Promise<SoakSample[]> {
    await this.#createTopic()
    const { rounds, killEvery, deadEvery, sampleEvery } = this.options
    for (let round = 1; round <= rounds; round++) {
      // Three members overlap: each arrival and each leave is a rebalance while records flow.
      const properties = this.#properties({ 'group.id': 'soak' })
      this.#members.push(await Member.join(this.#client, properties, this.#tally))
      const transactional = round % 5 === 0
      const kill = round % killEvery === 0
      await this.#produce(transactional, kill)
      if (round % deadEvery === 0) await this.#deadAddresses()
      if (this.#members.length > 3) await this.#members.shift()!.close()
      if (round % sampleEvery === 0) this.#sample(round)
    }
    await this.#untilAllIsRead()
    await Promise.all(this.#members.map(member => member.close()))
    this.#members.length = 0
    this.#sample(rounds)
    return this.#samples
  }

  #properties(more: ClientProperties = {}): ClientProperties {
    return { 'bootstrap.servers': this.broker.bootstrap, ...more }
  }

  /** Members go on until nothing is missing, or nothing has come for a minute. */
  async #untilAllIsRead(): Promise<void> {
    let [distinct, at] = [-1, Date.now()]
    while (this.#tally.distinct < this.#sent && Date.now() - at < TIMEOUT_MS) {
      if (this.#tally.distinct > distinct) [distinct, at] = [this.#tally.distinct, Date.now()]
      await Bun.sleep(50)
    }
  }

  async #createTopic(): Promise<void> {
    const admin = await this.#client.admin(this.#properties())
    await admin.createTopics([{ topic: TOPIC, partitions: 6, replicationFactor: 1 }])
    await admin.close()
  }

  async #produce(transactional: boolean, kill: boolean): Promise<void> {
    const producer = await this.#client.producer(
      this.#properties(transactional ? { 'transactional.id': 'soak' } : { 'enable.idempotence': 'false' }),
    )
    let settled = 0
    let failure: Error | null = null
    producer.onDelivery = runs => {
      for (const run of runs) {
        settled += run.count
        if (run.error) failure ??= run.error
      }
    }
    if (transactional) {
      await producer.initTransactions(TIMEOUT_MS)
      await producer.beginTransaction()
    }
    fill(this.#batch, this.#sent)
    this.#sent += await sendAll(producer, this.#batch)
    // Half of the kills hit a producer that waits for its outcomes.
    const restarted = kill ? this.#killBroker() : null
    if (transactional) await producer.commitTransaction(TIMEOUT_MS)
    else if (!(await producer.flush(TIMEOUT_MS))) throw new Error('no outcome within a minute')
    await restarted
    if (settled !== RECORDS) throw new Error(`${settled} outcomes of ${RECORDS} records`)
    if (failure) throw failure
    await producer.close(TIMEOUT_MS)
  }

  async #killBroker(): Promise<void> {
    this.#kills++
    await this.broker.kill()
    await this.broker.start()
  }

  async #deadAddresses(): Promise<void> {
    const addresses = ['127.0.0.1:1', 'no-such-host.invalid:9092', `127.0.0.1:${this.silentPort}`]
    await Promise.all(
      addresses.map(async address => {
        this.#dead++
        const properties = { 'bootstrap.servers': address }
        const producer = await this.#client.producer({ ...properties, 'transactional.id': 'dead' })
        await producer.initTransactions(100).then(
          () => Promise.reject(new Error(`${address} answered`)),
          () => {},
        )
        await producer.close(100)
        const consumer = await this.#client.consumer({ ...properties, 'group.id': 'dead' })
        consumer.subscribe([TOPIC], { assigned() {}, revoked() {}, lost() {} })
        await consumer.poll(new PackedBatch(8, 64), { ...LIMITS, timeoutMs: 50 })
        await consumer.close()
      }),
    )
  }

  #sample(round: number): void {
    Bun.gc(true)
    const sample: SoakSample = {
      round,
      seconds: Math.round((Date.now() - this.#started) / 1000),
      rssMb: Math.round((process.memoryUsage.rss() / (1 << 20)) * 10) / 10,
      threads: readdirSync('/proc/self/task').length,
      files: readdirSync('/proc/self/fd').length,
      sent: this.#sent,
      read: this.#tally.read,
      distinct: this.#tally.distinct,
      rebalances: this.#tally.rebalances,
      kills: this.#kills,
      dead: this.#dead,
    }
    this.#samples.push(sample)
    this.options.sample(sample)
  }
}

/** A group member that polls and commits until it is closed. */
class Member {
  #closed = false
  readonly #consumer: Consumer
  readonly #tally: Tally
  readonly #done: Promise<void>

  private constructor(consumer: Consumer, tally: Tally) {
    this.#consumer = consumer
    this.#tally = tally
    const count = () => void tally.rebalances++
    consumer.subscribe([TOPIC], { assigned: count, revoked: count, lost: count })
    this.#done = this.#run()
  }

  static async join(client: KafkaClient, properties: ClientProperties, tally: Tally): Promise<Member> {
    // As Connect's: what is committed by itself may not have been seen by anybody.
    const more = { 'auto.offset.reset': 'earliest', 'enable.auto.commit': 'false' }
    return new Member(await client.consumer({ ...properties, ...more }), tally)
  }

  async #run(): Promise<void> {
    const batch = new PackedBatch()
    while (!this.#closed) {
      const count = await this.#consumer.poll(batch, LIMITS)
      for (let i = 0; i < count; i++) this.#tally.take(batch.valueText(i))
      if (count === 0) continue
      const last = count - 1
      const next = { topic: TOPIC, partition: batch.partition(last), offset: batch.offset(last) + 1 }
      // A rebalance or a dead broker may refuse it; the next one comes soon.
      await this.#consumer.commit([next]).catch(() => {})
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#consumer.wakeup()
    await this.#done
    await this.#consumer.close()
  }
}

/** `first` is the number of the batch's first record; each value begins with that of its record. */
function fill(batch: PackedBatch, first: number): void {
  batch.clear()
  const topic = batch.topicNumber(TOPIC)
  for (let i = 0; i < RECORDS; i++) {
    batch.begin(topic, -1, -1)
    batch.putUtf8(`key-${i}`)
    batch.endKey()
    batch.putUtf8(`${first + i} ${'x'.repeat(50)}`)
    batch.endValue()
    batch.header('h', null)
    batch.commit()
  }
}

async function sendAll(producer: Producer, batch: PackedBatch): Promise<number> {
  for (let from = 0; from < batch.count; ) {
    from += producer.send(batch, from)
    if (from < batch.count) await producer.room()
  }
  return batch.count
}
