/**
 * Runs on a small file system at argv[2]: fills the log until the disk is full, frees space, goes on. Tells what
 * happened as one line of JSON.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { embeddedClient } from '../../../src/kafka/embedded/client.ts'
import type { KafkaError } from '../../../src/kafka/port.ts'
import { DEADLINE, deliveries, packed, portOf, readAll, sendAll } from '../../port/harness.ts'

const mount = process.argv[2]!
const ballast = join(mount, 'ballast')
writeFileSync(ballast, Buffer.alloc(24 << 20))
const client = embeddedClient(join(mount, 'data'))
const producer = await client.producer({ 'buffer.memory': '1048576' })
const runs = deliveries(producer)
const body = 'x'.repeat(2000)
let sent = 0

async function sendSome(): Promise<KafkaError | null> {
  const samples = Array.from({ length: 200 }, () => ({ topic: 't', value: `${sent++} ${body}` }))
  await sendAll(producer, packed(samples))
  await producer.flush(DEADLINE)
  return runs.find(run => run.error)?.error ?? null
}
const ackedNumbers = () =>
  runs
    .flatMap(run => (run.error ? [] : Array.from({ length: run.count }, (_, i) => run.first + i)))
    .sort((a, b) => a - b)
const stored = async () =>
  (await readAll(portOf(client), [{ topic: 't', partition: 0 }])).records.map(record =>
    Number.parseInt(record.value!, 10),
  )

let error: KafkaError | null = null
while (!error && sent < 100_000) error = await sendSome()
const whileFull = { acked: ackedNumbers(), stored: await stored() }
// A full disk stays full: the next attempt fails as well, and nothing breaks.
const before = runs.length
await sendSome()
const again = runs.slice(before).every(run => run.error?.code === error?.code)

rmSync(ballast)
runs.length = 0
const afterwards = await sendSome()
const sinceFreed = ackedNumbers()
const atLast = await stored()
await client.close()

const reopened = embeddedClient(join(mount, 'data'))
const { records } = await readAll(portOf(reopened), [{ topic: 't', partition: 0 }])
await reopened.close()
console.log(
  JSON.stringify({
    code: error?.code,
    message: error?.message,
    retriable: error?.retriable,
    ackedWhileFull: whileFull.acked.length,
    allThere: whileFull.acked.every((number, i) => whileFull.stored[i] === number),
    nothingElse: whileFull.stored.length === whileFull.acked.length,
    again,
    afterwards: afterwards?.message ?? null,
    goesOn: sinceFreed.length === 200 && atLast.length === whileFull.acked.length + 200,
    offsetsInRow: records.every((record, i) => record.offset === i),
    reopened: records.length === atLast.length,
  }),
)
