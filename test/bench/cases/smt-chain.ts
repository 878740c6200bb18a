import { join } from 'node:path'
import { sha256, writeLines } from '../../servers/numbered-lines.ts'
import { until } from '../../servers/run.ts'
import type { ConnectWorker } from '../../servers/worker.ts'
import type { Bench, BenchCase } from '../case.ts'
import { fillTopic } from '../fill-topic.ts'
import { orderLine, tenTransformations } from '../orders.ts'
import { runFileSink } from '../sink-file.ts'
import { checkAlive } from '../worker-run.ts'

/** These records are six times as long as a line, with their schema twenty times. */
const records = (lines: number) => Math.ceil(lines / 5)

export const smtChain = smtChainCase(false)
export const smtChainSchema = smtChainCase(true)

function smtChainCase(schemas: boolean): BenchCase {
  const caseName = schemas ? 'smt-chain-schema' : 'smt-chain'
  // A name that the chain's RegexRouter changes.
  const topic = `bench-${caseName}-${process.pid}`
  /** What the first run wrote: the others must write the same. */
  let content: string | undefined
  return {
    name: caseName,
    about: `topic of 20-field JSON ${schemas ? 'with' : 'without'} schemas to file, 10 transformations; contents compared`,
    unit: 'records/s',
    contenders: ['jvm', 'bunnect'],
    countsRecords: true,
    records,
    async prepare(bench: Bench) {
      const file = join(bench.dir, 'orders.txt')
      await writeLines(file, records(bench.lines), i => orderLine(i, schemas))
      await fillTopic(bench, topic, file, records(bench.lines))
      await Bun.file(file).delete()
    },
    run: (bench, contender, round) =>
      runFileSink(bench, contender, round, {
        name: `bench-${caseName}`,
        topic,
        records: records(bench.lines),
        config: {
          'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
          'value.converter.schemas.enable': String(schemas),
          ...tenTransformations,
        },
        complete: (worker, connector, file) =>
          awaitLastOrder(worker, connector, file, records(bench.lines) - 1),
        async verify(file) {
          const written = `${await countLines(file)} lines, SHA-256 ${await sha256(file)}`
          content ??= written
          if (written !== content || !written.startsWith(`${records(bench.lines)} `))
            throw new Error(`${contender} wrote ${written}, the first run ${content}`)
        },
      }),
  }
}

/** One partition is written in order: the last order at the end of the file means that all are there. */
async function awaitLastOrder(
  worker: ConnectWorker,
  connector: string,
  file: string,
  id: number,
): Promise<void> {
  const lastLine = new RegExp(`[{ ,]id=${id}[,}].*\\n$`)
  await until(
    `order ${id} in ${file}`,
    async () => {
      const there = lastLine.test(await lastBytes(file))
      if (!there) await checkAlive(worker, connector)
      return there
    },
    600_000,
    20,
  )
}

/** Empty while there is no file. */
async function lastBytes(file: string): Promise<string> {
  const whole = Bun.file(file)
  if (!(await whole.exists())) return ''
  return await whole.slice(Math.max(0, whole.size - 2000)).text()
}

async function countLines(file: string): Promise<number> {
  let lines = 0
  for await (const chunk of Bun.file(file).stream())
    for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) lines++
  return lines
}
