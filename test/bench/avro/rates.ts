/**
 * What the Avro converter's own part takes for the records of orders.ts, structs to bytes in a batch or back:
 * `bun test/bench/avro/rates.ts write|read RECORDS`. Prints records per second of CPU, which a busy machine does not
 * change, peak RSS, and what the records came to.
 */
import { readFileSync } from 'node:fs'
import { parseConfig } from '../../../src/config/validate.ts'
import { AvroFormat } from '../../../src/converters/avro/avro-format.ts'
import { avroKeys, avroOptions } from '../../../src/converters/avro/config.ts'
import { SchemaAndValue } from '../../../src/data/schema.ts'
import { PackedBatch } from '../../../src/kafka/packed-batch.ts'
import { DISTINCT, order, orderSchema } from './orders.ts'

const records = Number(process.argv[3])
const format = new AvroFormat(avroOptions(parseConfig(avroKeys, {})))
const avro = format.schemaOf(orderSchema)
const write = format.writer(orderSchema, avro)
const read = format.reader(avro, null)
const values: unknown[] = Array.from({ length: DISTINCT }, (_, i) => order(i))
const batch = new PackedBatch(DISTINCT, DISTINCT * 256)
const topic = batch.topicNumber('orders')
const into = new SchemaAndValue()

function writeAll(count: number): void {
  batch.clear()
  for (let i = 0; i < count; i++) {
    batch.begin(topic, -1, -1)
    write(values[i], batch)
    batch.endValue()
    batch.commit()
  }
}

function readAll(count: number): void {
  for (let i = 0; i < count; i++) {
    const start = batch.valueStart(i)
    read(batch.data, start, start + batch.valueLength(i), into)
    values[i] = into.value
  }
}

const run = process.argv[2] === 'write' ? writeAll : readAll
writeAll(DISTINCT)
const before = process.cpuUsage()
for (let left = records; left > 0; left -= DISTINCT) run(Math.min(left, DISTINCT))
const { user, system } = process.cpuUsage(before)
const cpuSeconds = (user + system) / 1e6
writeAll(DISTINCT)
const hash = new Bun.CryptoHasher('sha256').update(batch.data.subarray(0, batch.dataLength)).digest('hex')
const peakKb = Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1])
console.log(
  JSON.stringify({
    rate: records / cpuSeconds,
    cpuSeconds,
    peakRssMb: (peakKb * 1024) / 1e6,
    sha256: hash,
    schema: avro.text,
  }),
)
