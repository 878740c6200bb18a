/**
 * Sends numbered records to topic `crash` of the log in argv[2], from argv[3] on, until it is killed. For each
 * delivery it writes `acked N` to standard output: all numbers up to N are acknowledged. Every third batch goes
 * through a transaction to topic `crash-txn` besides, told by `committed N`.
 */
import { writeSync } from 'node:fs'
import { embeddedClient } from '../../../src/kafka/embedded/client.ts'
import { PackedBatch } from '../../../src/kafka/packed-batch.ts'

const [, , dataDir, from] = process.argv
const client = embeddedClient(dataDir!)
const producer = await client.producer({ 'buffer.memory': '4194304' })
const transactional = await client.producer({ 'transactional.id': 'crash' })
await transactional.initTransactions(10_000)
const first = Number(from)
// Outcomes may come in any order: tell the longest acknowledged prefix.
const done = new Map<number, number>()
let acked = 0
producer.onDelivery = runs => {
  for (const run of runs) {
    if (run.error) throw run.error
    done.set(run.first, run.count)
  }
  for (let count = done.get(acked); count !== undefined; count = done.get(acked)) {
    done.delete(acked)
    acked += count
  }
  writeSync(1, `acked ${first + acked}\n`)
}

const batch = new PackedBatch()
let next = first
for (let round = 0; ; round++) {
  batch.clear()
  const topic = batch.topicNumber('crash')
  for (const end = next + 1 + (round % 400); next < end; next++) put(topic, next)
  for (let at = 0; at < batch.count; ) {
    at += producer.send(batch, at)
    if (at < batch.count) await producer.room()
  }
  if (round % 3 === 0) {
    batch.clear()
    const other = batch.topicNumber('crash-txn')
    for (let i = 0; i < 5; i++) put(other, round)
    await transactional.beginTransaction()
    transactional.send(batch)
    await transactional.commitTransaction(10_000)
    writeSync(1, `committed ${round}\n`)
  }
}

function put(topic: number, number: number): void {
  batch.begin(topic, -1, -1)
  batch.endKey()
  batch.putUtf8(`${number} ${'x'.repeat(number % 300)}`)
  batch.endValue()
  batch.commit()
}
