import { stat } from 'node:fs/promises'
import { sha256 } from '../servers/numbered-lines.ts'
import { until } from '../servers/run.ts'
import type { ConnectWorker } from '../servers/worker.ts'
import type { Bench } from './case.ts'
import { checkAlive } from './worker-run.ts'

/** Waits until the sink file is as long as the input. */
export async function awaitFile(
  bench: Bench,
  worker: ConnectWorker,
  connector: string,
  file: string,
): Promise<void> {
  await until(
    `${bench.inputBytes} bytes in ${file}`,
    async () => {
      const size = await sizeOf(file)
      if (size < bench.inputBytes) await checkAlive(worker, connector)
      return size >= bench.inputBytes
    },
    600_000,
    20,
  )
}

export async function verifyFile(bench: Bench, file: string): Promise<void> {
  const found = await sha256(file)
  if (found !== bench.inputSha256)
    throw new Error(`${file} differs from the input (${await sizeOf(file)} bytes)`)
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch {
    return 0 // not yet created by the sink
  }
}
