import { until } from '../servers/run.ts'
import type { TopicRecord } from '../servers/topics.ts'
import type { ConnectWorker } from '../servers/worker.ts'
import type { Bench } from './case.ts'
import { checkAlive } from './worker-run.ts'

/** Waits until the topic holds one record for every line, and no more. */
export async function awaitTopic(
  bench: Bench,
  worker: ConnectWorker,
  connector: string,
  topic: string,
): Promise<void> {
  await until(
    `${bench.lines} records in ${topic}`,
    async () => {
      const end = await bench.probe.endOffset(topic)
      if (end < bench.lines) await checkAlive(worker, connector)
      if (end > bench.lines) throw new Error(`${end} records in the topic, ${bench.lines} lines in the file`)
      return end === bench.lines
    },
    600_000,
    20,
  )
}

/** Records looked at in each place. */
const sample = 1000

/** Compares records at the start, in the middle and at the end with what they should be, every byte and header. */
export async function verifyTopic(
  bench: Bench,
  topic: string,
  expected: (i: number) => { value: string; headers: Record<string, string> },
): Promise<void> {
  for (const from of [0, bench.lines >> 1, Math.max(0, bench.lines - sample)]) {
    let left = sample
    for await (const record of bench.probe.read(topic, 0, from)) {
      const wanted = expected(record.offset)
      const found = { value: String(record.value), headers: textHeaders(record) }
      if (JSON.stringify(found) !== JSON.stringify(wanted))
        throw new Error(
          `record ${record.offset} of ${topic} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`,
        )
      if (--left === 0) break
    }
  }
}

function textHeaders(record: TopicRecord): Record<string, string> {
  return Object.fromEntries(record.headers.map(([name, value]) => [String(name), String(value)]))
}
