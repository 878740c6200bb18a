import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { readArguments } from '../arguments.ts'
import { EXIT, Failure } from '../exit.ts'
import { say } from '../output.ts'
import { type ReceivedSignal, untilSignal } from '../signals.ts'
import { count } from './demo-worker.ts'

const FORM = 'bunnect demo [jdbc] [--lines N | --orders N] [--keep DIR]'

/** One thing to show. */
export interface Demo {
  /** What says how much of it. */
  readonly flag: '--lines' | '--orders'
  /** What a run with `amount` of its things needs on the disk, in bytes. */
  bytesFor(amount: number): number
  /** What an earlier run has left in the folder. */
  readonly leavings: readonly string[]
  /** Shows it; ends early when `isStopped`. */
  run(folder: string, amount: number, isStopped: () => boolean): Promise<void>
  /** How to do by hand what it did. `keep` is the folder that it was told to leave its files in. */
  explanation(keep: string | null): string
}

/** Shows what bunnect does without anything installed, and how to do it by hand. */
export async function demo(argv: string[]): Promise<number> {
  const { shown, amount, keep } = await options(argv)
  const signal = untilSignal()
  let received: ReceivedSignal | null = null
  void signal.received.then(one => {
    received = one
  })
  const folder = keep ?? (await mkdtemp(join(tmpdir(), 'bunnect-demo-')))
  try {
    await prepare(folder, shown, amount)
    await shown.run(folder, amount, () => received !== null)
    const ended = received as ReceivedSignal | null
    if (ended !== null) return ended.exitCode
    say(shown.explanation(keep))
    return EXIT.ok
  } finally {
    if (keep === null) await rm(folder, { recursive: true, force: true })
    signal.dispose()
  }
}

/** A folder with room, in which no earlier run has left anything. */
async function prepare(folder: string, { leavings, bytesFor, flag }: Demo, amount: number): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const name of leavings) await rm(join(folder, name), { recursive: true, force: true })
  const { bavail, bsize } = await statfs(folder)
  const needed = bytesFor(amount)
  if (bavail * bsize < needed)
    throw new Failure(
      EXIT.start,
      `${folder} has ${count(bavail * bsize)} bytes free, and the demo needs about ${count(needed)}`,
      { hint: `Name another folder with --keep or TMPDIR, or take fewer ${flag}.` },
    )
}

async function options(argv: string[]): Promise<{ shown: Demo; amount: number; keep: string | null }> {
  const { values, positionals } = readArguments(FORM, {
    args: argv,
    options: { lines: { type: 'string' }, orders: { type: 'string' }, keep: { type: 'string' } },
    allowPositionals: true,
  })
  const [name = 'lines', ...more] = positionals
  const usage = { hint: `Usage: ${FORM}` }
  if (more.length > 0 || !['lines', 'jdbc'].includes(name))
    throw new Failure(EXIT.usage, `there is no demo ${positionals.join(' ')}`, usage)
  const isJdbc = name === 'jdbc'
  const [flag, given, other] = isJdbc
    ? (['--orders', values.orders ?? '10000', values.lines] as const)
    : (['--lines', values.lines ?? '1000000', values.orders] as const)
  const amount = Number(given)
  if (!Number.isSafeInteger(amount) || amount < 1)
    throw new Failure(EXIT.usage, `${flag} needs a count from 1, not '${given}'`, usage)
  if (other !== undefined)
    throw new Failure(EXIT.usage, `${isJdbc ? '--lines' : '--orders'} is for the other demo`, usage)
  const keep = values.keep === undefined ? null : resolve(values.keep)
  const shown = isJdbc ? (await import('./shop.ts')).shop : (await import('./lines.ts')).lines
  return { shown, amount, keep }
}
