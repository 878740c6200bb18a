import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { parseProperties } from '../config/properties.ts'
import { parseWorkerConfig } from '../config/worker-config.ts'
import { setLevel } from '../observe/log.ts'
import { demoFiles, firstDifference, sizeOf, writeLines } from './demo-files.ts'
import { EXIT, Failure } from './exit.ts'
import { Progress } from './progress.ts'
import { type RunningWorker, startWorker } from './worker.ts'

const FORM = 'bunnect demo [--lines N] [--keep DIR]'
const DEADLINE_MS = 120_000

/** Moves a generated file through the embedded log, compares byte for byte, and shows how to do it by hand. */
export async function demo(argv: string[]): Promise<number> {
  const { lines, keep } = options(argv)
  const folder = keep ?? (await mkdtemp(join(tmpdir(), 'bunnect-demo-')))
  try {
    await mkdir(folder, { recursive: true })
    await run(folder, lines)
    explain(keep)
    return EXIT.ok
  } finally {
    if (keep === undefined) await rm(folder, { recursive: true, force: true })
  }
}

async function run(folder: string, lines: number): Promise<void> {
  const input = join(folder, 'input.txt')
  const output = join(folder, 'output.txt')
  await rm(output, { force: true })
  await writeLines(input, lines)
  const bytes = await sizeOf(input)
  say(
    `Generated ${count(lines)} lines (${count(bytes)} bytes). No Kafka: the topic lives in an embedded log.`,
  )
  const files = demoFiles(folder)
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, `${name}.properties`), text)
  setLevel('WARN')
  const worker = await startWorker(
    parseWorkerConfig('standalone', parseProperties(files.worker, 'worker').values),
  )
  const started = performance.now()
  try {
    for (const text of [files.source, files.sink]) {
      const config = parseProperties(text, 'connector').values
      await worker.herder.putConnector(config['name']!, config, { replace: false })
    }
    worker.herder.markReady()
    await arrived(worker, output, bytes, lines)
  } finally {
    await worker.stop()
  }
  const seconds = (performance.now() - started) / 1000
  const difference = await firstDifference(input, output)
  if (difference !== null) {
    throw new Failure(EXIT.herder, `${output} differs from ${input} at byte ${difference}.`, {
      hint: 'Please report this with the output of bunnect --version.',
    })
  }
  say(
    `${count(lines)} lines went file → log → file in ${seconds.toFixed(1)} s. The result is identical, byte for byte.`,
  )
}

/** Waits until the output has all bytes; shows what the tasks have done meanwhile. */
async function arrived(worker: RunningWorker, output: string, bytes: number, lines: number): Promise<void> {
  const progress = new Progress(process.stdout, lines)
  const deadline = performance.now() + DEADLINE_MS
  for (;;) {
    const sizeNow = await sizeOf(output)
    const done = sizeNow >= bytes
    progress.show(worker.worker.recordCounts(), done)
    if (done) return
    await failIfFailed(worker)
    if (performance.now() > deadline) {
      throw new Failure(
        EXIT.herder,
        `Only ${sizeNow} of ${bytes} bytes arrived within ${DEADLINE_MS / 1000} s.`,
      )
    }
    await Bun.sleep(50)
  }
}

async function failIfFailed({ herder }: RunningWorker): Promise<void> {
  for (const name of await herder.connectors()) {
    for (const { state, trace } of (await herder.connectorStatus(name)).tasks) {
      if (state === 'FAILED') throw new Failure(EXIT.herder, `${name} failed: ${trace}`)
    }
  }
}

function explain(keep: string | undefined): void {
  const { worker, source, sink } = demoFiles('demo')
  const file = (name: string, text: string) => `# ${name}\n${text}`
  say(`
The same by hand: put these files into a folder,

${file('demo/worker.properties', worker)}
${file('demo/source.properties', source)}
${file('demo/sink.properties', sink)}
then
  seq 1 100000 > demo/input.txt
  bunnect standalone demo/worker.properties demo/source.properties demo/sink.properties
and in another terminal
  tail -f demo/output.txt
  echo 'one more' >> demo/input.txt
  curl 'localhost:8083/connectors?expand=status'

Against a real Kafka: replace the first two lines of worker.properties by
  bootstrap.servers=localhost:9092`)
  if (keep !== undefined) say(`\nThis run's files are in ${relative('', keep) || '.'}.`)
}

function options(argv: string[]): { lines: number; keep: string | undefined } {
  try {
    const { values } = parseArgs({
      args: argv,
      options: { lines: { type: 'string', default: '1000000' }, keep: { type: 'string' } },
    })
    const lines = Number(values.lines)
    if (!Number.isSafeInteger(lines) || lines < 1)
      throw new Error(`--lines needs a count, not '${values.lines}'.`)
    return { lines, keep: values.keep }
  } catch (error) {
    throw new Failure(EXIT.usage, (error as Error).message, { hint: FORM })
  }
}

function count(n: number): string {
  return n.toLocaleString('en-US')
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
