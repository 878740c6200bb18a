import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { serversFolder, sharedBroker } from '../../servers/kafka.ts'
import { TopicProbe } from '../../servers/topics.ts'
import type { Side } from '../../servers/worker.ts'
import { allowedDifferences } from './allowed-differences.ts'
import { allCases, families } from './cases.ts'
import type { Outcome } from './outcome.ts'
import { runSide, writeInputs } from './run-side.ts'

/** BUNNECT_DIFFERENTIAL_SIDE=jvm compares the JVM with itself, to see that the list is the same every time. */
const ours = (process.env['BUNNECT_DIFFERENTIAL_SIDE'] ?? 'bunnect') as Side
const folder = join(serversFolder(), `pipelines-${process.pid}`)

let broker: Awaited<ReturnType<typeof sharedBroker>>
let probe: TopicProbe
let expected: Map<string, Outcome>
let found: Map<string, Outcome>

beforeAll(async () => {
  broker = await sharedBroker()
  probe = new TopicProbe(broker.bootstrap)
  const inputs = `in${process.pid}.`
  await writeInputs(probe, inputs, allCases)
  const run = (side: Side, mark: string) =>
    runSide(side, {
      bootstrap: broker.bootstrap,
      probe,
      dir: join(folder, mark),
      mark: `p${mark}${process.pid}.`,
      inputs,
      cases: allCases,
    })
  expected = await run('jvm', 'a')
  found = await run(ours, 'b')
}, 600_000)

afterAll(async () => {
  await probe.close()
  await broker.stop()
  rmSync(folder, { recursive: true, force: true })
}, 300_000)

for (const [family, cases] of Object.entries(families)) {
  describe(`${family}: as on JVM Connect 4.3.1`, () => {
    test.each(cases.map(({ name }) => name))('%s', name => {
      expect(found.get(name)!).toEqual(wanted(name))
    })
  })
}

describe('what differs on purpose', () => {
  test.each(allowedDifferences)('$sentence', ({ cases, sentence, instead }) => {
    const explained = readFileSync(resolve(import.meta.dir, '../../../DIFFERENCES.md'), 'utf8')
    expect(explained).toContain(sentence)
    const touched = [...expected].filter(([name]) => cases.test(name)).map(([, outcome]) => outcome)
    expect(touched.some(outcome => !Bun.deepEquals(instead(outcome), outcome))).toBe(true)
  })
})

function wanted(name: string): Outcome {
  const jvm = expected.get(name)!
  if (ours === 'jvm') return jvm
  return allowedDifferences
    .filter(({ cases }) => cases.test(name))
    .reduce((outcome, { instead }) => instead(outcome), jvm)
}
