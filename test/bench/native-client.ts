/**
 * bun test/bench/native-client.ts [records]: rates of the native client alone, 100-byte values, one partition, acks=all.
 * Starts a broker of its own, or uses BUNNECT_TEST_BROKER.
 */
import { propertyTable } from '../../src/kafka/client-properties.ts'
import { librdkafkaClient } from '../../src/kafka/librdkafka/client.ts'
import { PackedBatch } from '../../src/kafka/packed-batch.ts'
import type { ClientProperties } from '../../src/kafka/port.ts'
import { startBroker } from '../servers/kafka.ts'

const records = Number(process.argv[2] ?? 2_000_000)
const BATCH = 2000
const external = process.env['BUNNECT_TEST_BROKER']
const broker = external ? null : await startBroker({ measured: true })
const bootstrap = external ?? broker!.bootstrap
const client = librdkafkaClient(propertyTable)
const value = Buffer.from('x'.repeat(100))

interface Figure {
  seconds: number
  cpu: number
}
async function measured(deed: () => Promise<void>): Promise<Figure> {
  const cpu = process.cpuUsage()
  const start = performance.now()
  await deed()
  const { user, system } = process.cpuUsage(cpu)
  return { seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 }
}
function report(what: string, { seconds, cpu }: Figure): void {
  const rate = Math.round(records / seconds / 1000)
  const rss = Math.round(process.memoryUsage.rss() / (1 << 20))
  console.log(
    `${what.padEnd(42)} ${String(rate).padStart(5)} k/s  ${((cpu / records) * 1e6).toFixed(2)} CPU-s a million  RSS ${rss} MB`,
  )
}

async function produce(topic: string, headers: number, more: ClientProperties): Promise<void> {
  const producer = await client.producer({ 'bootstrap.servers': bootstrap, acks: 'all', ...more })
  let failed = 0
  producer.onDelivery = runs => {
    for (const run of runs) if (run.error) failed += run.count
  }
  const batch = new PackedBatch(BATCH, BATCH * 200)
  const number = batch.topicNumber(topic)
  const fill = () => {
    batch.clear()
    for (let i = 0; i < BATCH; i++) {
      batch.begin(number, 0, -1)
      batch.putNull()
      batch.endKey()
      batch.putBytes(value)
      batch.endValue()
      for (let h = 0; h < headers; h++) batch.header('name', value.subarray(0, 5))
      batch.commit()
    }
  }
  const send = async (count: number) => {
    for (let sent = 0; sent < count; sent += BATCH) {
      fill()
      for (let from = 0; from < batch.count; ) {
        from += producer.send(batch, from)
        if (from < batch.count) await producer.room()
      }
      // Outcomes come on the event loop.
      if ((sent / BATCH) % 8 === 0) await new Promise(resolve => setImmediate(resolve))
    }
    if (!(await producer.flush(120_000))) throw new Error('not all records have an outcome')
  }
  await send(BATCH)
  report(
    `produce ${JSON.stringify(more)}${headers ? `, ${headers} header` : ''}`,
    await measured(() => send(records)),
  )
  if (failed > 0) throw new Error(`${failed} records failed`)
  await producer.close(10_000)
}

async function consume(topic: string, text: boolean): Promise<void> {
  const consumer = await client.consumer({
    'bootstrap.servers': bootstrap,
    'max.partition.fetch.bytes': '8388608',
  })
  const batch = new PackedBatch(BATCH, BATCH * 200)
  const limits = { maxRecords: BATCH, maxBytes: 1 << 20, timeoutMs: 10_000 }
  consumer.assign([{ topic, partition: 0, offset: 0 }])
  const read = async (count: number) => {
    for (let got = 0; got < count; ) {
      const n = await consumer.poll(batch, limits)
      if (n === 0) throw new Error('no records')
      if (text) for (let i = 0; i < n; i++) batch.value(i)!.toString('latin1')
      got += n
    }
  }
  await read(1)
  report(`consume${text ? ', values as strings' : ''}`, await measured(() => read(records)))
  await consumer.close()
}

const name = `bench-${Date.now()}`
const connect = { 'enable.idempotence': 'false', 'max.in.flight.requests.per.connection': '1' }
for (let round = 0; round < 2; round++) {
  await produce(`${name}-plain`, 0, connect)
  await produce(`${name}-idempotent`, 0, { 'enable.idempotence': 'true' })
  await produce(`${name}-header`, 1, connect)
  await consume(`${name}-plain`, false)
  await consume(`${name}-plain`, true)
}
await broker?.stop()
process.exit(0)
