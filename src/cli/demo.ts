import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { isatty } from 'node:tty'
import { parseProperties } from '../config/properties.ts'
import { parseWorkerConfig } from '../config/worker-config.ts'
import { setLevel } from '../observe/log.ts'
import { readArguments } from './arguments.ts'
import { builtInPlugins } from './builtins.ts'
import { demoFiles, firstDifference, LINE_BYTES, sizeOf, writeLines } from './demo-files.ts'
import { explanation } from './demo-text.ts'
import { EXIT, Failure } from './exit.ts'
import { say } from './output.ts'
import { Progress } from './progress.ts'
import { type ReceivedSignal, untilSignal } from './signals.ts'
import { type RunningWorker, startWorker } from './worker.ts'

const FORM = 'bunnect demo [--lines N] [--keep DIR]'
/** Nothing has moved for so long: it never will. */
const PATIENCE_MS = 30_000
const LOOK_EVERY_MS = 50

/** Moves a generated file through the embedded log, compares byte for byte, and shows how to do it by hand. */
export async function demo(argv: string[]): Promise<number> {
  const { lines, keep } = options(argv)
  const signal = untilSignal()
  const folder = keep ?? (await mkdtemp(join(tmpdir(), 'bunnect-demo-')))
  try {
    const stopped = await run(folder, lines, signal.received)
    if (stopped) return stopped.exitCode
    say(explanation(keep))
    return EXIT.ok
  } finally {
    if (keep === null) await rm(folder, { recursive: true, force: true })
    signal.dispose()
  }
}

/** The signal that ended it early, or null. */
async function run(
  folder: string,
  lines: number,
  signal: Promise<ReceivedSignal>,
): Promise<ReceivedSignal | null> {
  let received: ReceivedSignal | null = null
  void signal.then(one => {
    received = one
  })
  const isStopped = () => received !== null
  const input = join(folder, 'input.txt')
  const output = join(folder, 'output.txt')
  await prepare(folder, lines)
  await writeLines(input, lines, isStopped)
  if (received) return received
  const bytes = lines * LINE_BYTES
  say(
    `Generated ${count(lines)} lines (${count(bytes)} bytes). No Kafka: the topic lives in an embedded log.\n`,
  )

  const started = performance.now()
  const worker = await startedWorker(folder)
  try {
    await createConnectors(worker, folder)
    await arrived(worker, { output, bytes, lines, isStopped })
  } finally {
    await worker.stop()
  }
  if (received) return received
  const seconds = (performance.now() - started) / 1000
  const difference = await firstDifference(input, output)
  if (difference !== null)
    throw new Failure(EXIT.herder, `${output} differs from ${input} at byte ${difference}`, {
      hint: 'Please report this with the output of bunnect --version.',
    })
  say(
    `${count(lines)} lines went file → log → file in ${seconds.toFixed(1)} s, worker start and stop included. The result is identical, byte for byte.\n`,
  )
  return null
}

/** A folder with room, in which no earlier run has left anything. */
async function prepare(folder: string, lines: number): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const name of ['output.txt', 'data', 'connect.offsets', 'connect.offsets-wal', 'connect.offsets-shm'])
    await rm(join(folder, name), { recursive: true, force: true })
  const { bavail, bsize } = await statfs(folder)
  // The input, the log with its journal, the output.
  const needed = lines * LINE_BYTES * 4
  if (bavail * bsize < needed)
    throw new Failure(
      EXIT.start,
      `${folder} has ${count(bavail * bsize)} bytes free, and the demo needs about ${count(needed)}`,
      { hint: 'Name another folder with --keep or TMPDIR, or take fewer --lines.' },
    )
}

async function startedWorker(folder: string): Promise<RunningWorker> {
  const files = demoFiles(folder)
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, `${name}.properties`), text)
  setLevel('WARN')
  // Not the port that people use: it may be taken, and this worker is gone in a moment.
  const values = {
    ...parseProperties(files.worker, 'worker.properties').values,
    listeners: 'http://127.0.0.1:0',
  }
  return await startWorker(parseWorkerConfig('standalone', values), builtInPlugins())
}

async function createConnectors({ herder, markReady }: RunningWorker, folder: string): Promise<void> {
  const { source, sink } = demoFiles(folder)
  for (const text of [source, sink]) {
    const config = parseProperties(text, 'connector.properties').values
    await herder.putConnector(config['name']!, config, { replace: false })
  }
  markReady()
}

interface Awaited {
  output: string
  bytes: number
  lines: number
  isStopped(): boolean
}

/** Waits until the output has all bytes, or a signal came; shows what the tasks have done meanwhile. */
async function arrived(worker: RunningWorker, { output, bytes, lines, isStopped }: Awaited): Promise<void> {
  const progress = new Progress({ isTerminal: isatty(1), write: say }, lines)
  let size = 0
  let movedAt = performance.now()
  while (!isStopped()) {
    const now = await sizeOf(output)
    if (now !== size) movedAt = performance.now()
    size = now
    const done = size >= bytes
    progress.show(worker.worker.recordCounts(), done)
    if (done) return
    await failIfFailed(worker)
    if (performance.now() - movedAt > PATIENCE_MS)
      throw new Failure(
        EXIT.herder,
        `only ${count(size)} of ${count(bytes)} bytes have arrived, and none for ${PATIENCE_MS / 1000} s`,
      )
    await Bun.sleep(LOOK_EVERY_MS)
  }
  progress.leave()
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

function options(argv: string[]): { lines: number; keep: string | null } {
  const { values } = readArguments(FORM, {
    args: argv,
    options: { lines: { type: 'string', default: '1000000' }, keep: { type: 'string' } },
  })
  const lines = Number(values.lines)
  if (!Number.isSafeInteger(lines) || lines < 1)
    throw new Failure(EXIT.usage, `--lines needs a count from 1, not '${values.lines}'`, {
      hint: `Usage: ${FORM}`,
    })
  return { lines, keep: values.keep === undefined ? null : resolve(values.keep) }
}

function count(n: number): string {
  return n.toLocaleString('en-US')
}
