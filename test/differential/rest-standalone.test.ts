import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { serversFolder, sharedBroker } from '../servers/kafka.ts'
import type { Side } from '../servers/worker.ts'
import { allowedDifferences, type ComparableAnswer } from './allowed-differences.ts'
import { record } from './rest-recording.ts'
import { restScript } from './rest-script.ts'

/** BUNNECT_DIFFERENTIAL_SIDE=jvm compares the JVM with itself, to see that the script is the same every time. */
const ours = (process.env['BUNNECT_DIFFERENTIAL_SIDE'] ?? 'bunnect') as Side
const folder = join(serversFolder(), `rest-standalone-${process.pid}`)

let broker: Awaited<ReturnType<typeof sharedBroker>>
let expected: ComparableAnswer[]
let found: ComparableAnswer[]

beforeAll(async () => {
  broker = await sharedBroker()
  expected = await record('jvm', broker.bootstrap, join(folder, 'a'), restScript)
  found = await record(ours, broker.bootstrap, join(folder, 'b'), restScript)
  const dump = process.env['BUNNECT_DIFFERENTIAL_DUMP']
  if (dump !== undefined) await Bun.write(dump, dumpOf())
}, 600_000)

afterAll(async () => {
  await broker.stop()
  rmSync(folder, { recursive: true, force: true })
}, 120_000)

describe('a standalone worker answers as JVM Connect 4.3.1 does', () => {
  restScript.forEach((step, index) => {
    test(`${index} ${step.name.slice(0, 200)}`, () => {
      expect(found[index]).toEqual(wanted(step.name, expected[index]!))
    })
  })
})

test.each(allowedDifferences.map(difference => [difference.reason, difference] as const))(
  'still needed: %s',
  (_, { steps, instead }) => {
    const touched = restScript.flatMap((step, index) => (steps.test(step.name) ? [expected[index]!] : []))
    expect(touched.some(answer => !Bun.deepEquals(instead(answer, expected[0]!), answer))).toBe(true)
  },
)

function wanted(name: string, jvm: ComparableAnswer): ComparableAnswer {
  if (ours === 'jvm') return jvm
  return allowedDifferences
    .filter(({ steps }) => steps.test(name))
    .reduce((answer, { instead }) => instead(answer, expected[0]!), jvm)
}

function dumpOf(): string {
  return restScript
    .map(
      (step, i) =>
        `${step.name}\n  jvm  ${JSON.stringify(expected[i])}\n  ours ${JSON.stringify(found[i])}\n`,
    )
    .join('')
}
