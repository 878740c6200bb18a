import { bunTest, type Outcome } from './bun-test.ts'

/** What a lane's tests may take: `FIRST-LAST`, see test/servers/ports.ts. */
export type Ports = string

/** How test files are divided between processes that run side by side. */
export interface Lanes {
  /** One lane each; several files at a time are worth it only where a core is idle otherwise. */
  readonly ports: readonly Ports[]
  /** These need the machine for themselves; they run when the others are through. */
  readonly alone: ReadonlySet<string>
}

/** As many lanes, each with an equal share of the ports from `first` to `last`. */
export function portShares(lanes: number, first: number, last: number): Ports[] {
  const share = Math.floor((last - first + 1) / lanes)
  return Array.from(
    { length: lanes },
    (_, lane) => `${first + lane * share}-${first + (lane + 1) * share - 1}`,
  )
}

/**
 * A `bun test` process per file; a lane takes the next file as soon as it is through with one. The outcome is that of
 * running them one after the other, and so is the order of what failed in its output.
 */
export async function runInLanes(files: readonly string[], lanes: Lanes): Promise<Outcome> {
  const outcomes = new Map<string, Outcome>()
  const waiting = files.filter(file => !lanes.alone.has(file))
  const lane = async (ports: Ports) => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift())
      outcomes.set(file, await bunTest([`./${file}`], { BUNNECT_TEST_PORTS: ports }))
  }
  await Promise.all(lanes.ports.map(lane))
  for (const file of files) if (lanes.alone.has(file)) outcomes.set(file, await bunTest([`./${file}`]))
  const sum: Outcome = { passed: 0, failed: 0, output: '' }
  for (const file of files) {
    const one = outcomes.get(file)!
    sum.passed += one.passed
    sum.failed += one.failed
    if (one.failed > 0) sum.output += `${one.output.trimEnd()}\n`
  }
  return sum
}
