import { stat } from 'node:fs/promises'
import { sha256 } from '../servers/numbered-lines.ts'
import { until } from '../servers/run.ts'
import type { ConnectWorker } from '../servers/worker.ts'
import { checkAlive } from './worker-run.ts'

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
