import { until } from '../servers/run.ts'
import type { TopicRecord } from '../servers/topics.ts'
import type { ConnectWorker } from '../servers/worker.ts'
import type { Bench, Measurement } from './case.ts'
import { benchWorker, checkAlive, mark, rate } from './worker-run.ts'

export interface FileSourceRun {
  /** Of connector and topic, which have contender, round and process added. */
  name: string
  /** Connector keys beyond class, file and topic. */
  config?: Record<string, string>
  /** Throws when the topic does not hold what it should. */
  verify?(topic: string): Promise<void>
}

/** Runs a file source on a fresh worker: from POST /connectors until the topic holds a record for every line. */
export async function runFileSource(
  bench: Bench,
  contender: string,
  round: number,
  run: FileSourceRun,
): Promise<Measurement> {
  const name = `${run.name}-${contender.replaceAll(/\W+/g, '-')}-${round}-${process.pid}`
  await bench.probe.create(name)
  const worker = await benchWorker(bench, contender)
  try {
    const from = mark(worker)
    await worker.create({
      name,
      'connector.class': 'org.apache.kafka.connect.file.FileStreamSourceConnector',
      'tasks.max': '1',
      file: bench.input,
      topic: name,
      ...run.config,
    })
    await awaitTopic(bench, worker, name, name)
    const measured = rate(bench.lines, from, worker)
    await run.verify?.(name)
    return measured
  } finally {
    await worker.stop()
    await bench.probe.delete(name)
  }
}

/** Waits until the topic holds one record for every line, and no more. */
async function awaitTopic(
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
