import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseProperties } from '../../config/properties.ts'
import { parseWorkerConfig } from '../../config/worker-config.ts'
import { setLevel } from '../../observe/log.ts'
import { builtInPlugins } from '../builtins.ts'
import { EXIT, Failure } from '../exit.ts'
import { type RunningWorker, startWorker } from '../worker.ts'

/** Nothing has moved for so long: it never will. */
const PATIENCE_MS = 30_000
const LOOK_EVERY_MS = 50

/** Texts of property files by name. */
export interface DemoFiles {
  worker: string
  source: string
  sink: string
}

/** Writes the property files into the folder and starts what they say, quietly. */
export async function startDemo(folder: string, files: DemoFiles): Promise<RunningWorker> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, `${name}.properties`), text)
  setLevel('WARN')
  // Not the port that people use: it may be taken, and this worker is gone in a moment.
  const values = {
    ...parseProperties(files.worker, 'worker.properties').values,
    listeners: 'http://127.0.0.1:0',
  }
  const worker = await startWorker(parseWorkerConfig('standalone', values), builtInPlugins())
  try {
    for (const text of [files.source, files.sink]) {
      const config = parseProperties(text, 'connector.properties').values
      await worker.herder.putConnector(config['name']!, config, { replace: false })
    }
  } catch (error) {
    await worker.stop()
    throw error
  }
  worker.markReady()
  return worker
}

export interface Arrival {
  /** How much there is now, in any unit. */
  size(): Promise<number> | number
  wanted: number
  /** `bytes` */
  unit: string
  isStopped(): boolean
  /** Called again and again. */
  show(done: boolean): void
}

/** Waits until as much has arrived as is wanted; false when a signal came before. */
export async function arrival(worker: RunningWorker, awaited: Arrival): Promise<boolean> {
  const { wanted, unit } = awaited
  let size = 0
  let movedAt = performance.now()
  while (!awaited.isStopped()) {
    const now = await awaited.size()
    if (now !== size) movedAt = performance.now()
    size = now
    const done = size >= wanted
    awaited.show(done)
    if (done) return true
    await failIfFailed(worker)
    if (performance.now() - movedAt > PATIENCE_MS)
      throw new Failure(
        EXIT.herder,
        `only ${count(size)} of ${count(wanted)} ${unit} have arrived, and none for ${PATIENCE_MS / 1000} s`,
      )
    await Bun.sleep(LOOK_EVERY_MS)
  }
  return false
}

async function failIfFailed({ herder }: RunningWorker): Promise<void> {
  for (const name of await herder.connectors()) {
    for (const { state, trace } of (await herder.connectorStatus(name)).tasks) {
      if (state !== 'FAILED') continue
      const [reason = '', ...stack] = (trace ?? '').split('\n')
      throw new Failure(EXIT.herder, `${name} failed: ${reason}`, { cause: new Error(stack.join('\n')) })
    }
  }
}

/** `1,000,000` */
export function count(n: number): string {
  return n.toLocaleString('en-US')
}
