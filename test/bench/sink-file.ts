import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from '../servers/numbered-lines.ts'
import { until } from '../servers/run.ts'
import type { ConnectWorker } from '../servers/worker.ts'
import type { Bench, Measurement } from './case.ts'
import { benchWorker, checkAlive, mark, rate } from './worker-run.ts'

export interface FileSinkRun {
  /** Of the connector, which has contender, round and process added. */
  name: string
  topic: string
  records: number
  /** Connector keys beyond class, file and topic. */
  config?: Record<string, string>
  /** Resolves when the file holds everything. */
  complete(worker: ConnectWorker, connector: string, file: string): Promise<void>
  /** Throws when the file is not what it should be. */
  verify(file: string): Promise<void>
}

/** Runs a file sink on a fresh worker: from POST /connectors until the file is complete. */
export async function runFileSink(
  bench: Bench,
  contender: string,
  round: number,
  run: FileSinkRun,
): Promise<Measurement> {
  const name = `${run.name}-${contender.replaceAll(/\W+/g, '-')}-${round}-${process.pid}`
  const worker = await benchWorker(bench, contender)
  const file = join(worker.dir, 'out.txt')
  try {
    const from = mark(worker)
    await worker.create({
      name,
      'connector.class': 'org.apache.kafka.connect.file.FileStreamSinkConnector',
      'tasks.max': '1',
      file,
      topics: run.topic,
      ...run.config,
    })
    await run.complete(worker, name, file)
    const measured = rate(run.records, from, worker)
    await worker.stop()
    await run.verify(file)
    return measured
  } finally {
    await worker.stop()
    await rm(file, { force: true })
  }
}

/** Waits until the sink file has that many bytes. */
export async function awaitFile(
  worker: ConnectWorker,
  connector: string,
  file: string,
  bytes: number,
): Promise<void> {
  await until(
    `${bytes} bytes in ${file}`,
    async () => {
      const size = await sizeOf(file)
      if (size < bytes) await checkAlive(worker, connector)
      return size >= bytes
    },
    600_000,
    20,
  )
}

export async function verifyFile(file: string, expectedSha256: string): Promise<void> {
  const found = await sha256(file)
  if (found !== expectedSha256)
    throw new Error(`${file} differs from what was expected (${await sizeOf(file)} bytes)`)
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch {
    return 0 // not yet created by the sink
  }
}
