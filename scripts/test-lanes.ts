import { bunTest, type Outcome, sumOf } from './bun-test.ts'

/** What a lane's tests may take: `FIRST-LAST`, see test/servers/ports.ts. */
export type Ports = string

/** How test files are divided between processes that run side by side. */
export interface Lanes {
  /** One lane each; several files at a time are worth it only where a core is idle otherwise. */
  readonly ports: readonly Ports[]
  /** These need the machine for themselves; they run when the others are through. */
  readonly alone: ReadonlySet<string>
  /** These begin first, since whatever is long must not be what the other lanes wait for in the end. */
  readonly long: ReadonlySet<string>
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
 * A lane takes the next `bun test` process as soon as it is through with one. The outcome is that of running them one
 * after the other, and so is the order of what failed in its output. `perProcess` is the number of files that share a
 * process, which those in `alone` and `long` do not.
 */
export async function runInLanes(files: readonly string[], lanes: Lanes, perProcess = 1): Promise<Outcome> {
  const { alone, long } = lanes
  const shared = files.filter(file => !alone.has(file) && !long.has(file))
  const groups = [
    ...files.filter(file => long.has(file) && !alone.has(file)).map(file => [file]),
    ...Array.from({ length: Math.ceil(shared.length / perProcess) }, (_, i) =>
      shared.slice(i * perProcess, (i + 1) * perProcess),
    ),
  ]
  const outcomes = new Map<string, Outcome>()
  const lane = async (ports: Ports) => {
    for (let group = groups.shift(); group !== undefined; group = groups.shift())
      outcomes.set(group[0]!, await bunTest(group.map(asPath), { BUNNECT_TEST_PORTS: ports }))
  }
  await Promise.all(lanes.ports.map(lane))
  for (const file of files) if (alone.has(file)) outcomes.set(file, await bunTest([asPath(file)]))
  return sumOf(files.flatMap(file => outcomes.get(file) ?? []))
}

const asPath = (file: string) => `./${file}`
