import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { serversFolder, sharedBroker } from '../servers/kafka.ts'
import type { Side } from '../servers/worker.ts'
import { allowedDifferences, type ComparableAnswer, type Compat } from './allowed-differences.ts'
import { type Mode, type Recording, record } from './rest-recording.ts'
import {
  closedScript,
  closedWorker,
  restScript,
  type Step,
  variantScript,
  variantWorker,
} from './rest-script.ts'
import { operationOf, problemsOf } from './schema-check.ts'

/** BUNNECT_DIFFERENTIAL_SIDE=jvm compares the JVM with itself, to see that the script is the same every time. */
const ours = (process.env['BUNNECT_DIFFERENTIAL_SIDE'] ?? 'bunnect') as Side

interface Case {
  name: string
  script: readonly Step[]
  worker: Record<string, string>
  compats: readonly Compat[]
}

const cases: readonly Case[] = [
  { name: 'as it comes', script: restScript, worker: {}, compats: ['corrected', 'strict'] },
  { name: 'set up', script: variantScript, worker: variantWorker, compats: ['strict'] },
  { name: 'closed', script: closedScript, worker: closedWorker, compats: ['strict'] },
]

/** Asks JVM Connect and bunnect in this mode the same, and declares a test for each answer. */
export function compareRest(mode: Mode): void {
  const folder = join(serversFolder(), `rest-${mode}-${process.pid}`)
  const expected = new Map<Case, Recording>()
  const found = new Map<Case, Map<Compat, Recording>>()
  let broker: Awaited<ReturnType<typeof sharedBroker>>

  beforeAll(async () => {
    broker = await sharedBroker()
    let run = 0
    for (const one of cases) {
      const options = { mode, bootstrap: broker.bootstrap, script: one.script }
      const dir = () => join(folder, String.fromCharCode(97 + run++))
      expected.set(one, await record({ ...options, side: 'jvm', dir: dir(), worker: one.worker }))
      const byCompat = new Map<Compat, Recording>()
      for (const compat of one.compats) {
        const worker = { ...one.worker, 'bunnect.rest.compat': compat }
        byCompat.set(compat, await record({ ...options, side: ours, dir: dir(), worker }))
      }
      found.set(one, byCompat)
    }
    const dump = process.env['BUNNECT_DIFFERENTIAL_DUMP']
    if (dump !== undefined) await Bun.write(dump, dumpOf())
  }, 1_200_000)

  afterAll(async () => {
    await broker.stop()
    rmSync(folder, { recursive: true, force: true })
  }, 300_000)

  for (const one of cases) {
    describe.each([...one.compats])(`${mode}, ${one.name}, codes %s: as JVM Connect 4.3.1`, compat => {
      one.script.forEach((step, index) => {
        test(`${index} ${step.name.slice(0, 200)}`, () => {
          const { answers } = found.get(one)!.get(compat)!
          expect(answers[index]).toEqual(wanted(one, compat, step, index))
        })
      })
      test('every answer is as /openapi.json says', () => {
        const { raw, document } = found.get(one)!.get(compat)!
        if (document === null) return expect(ours).toBe('jvm')
        const problems = one.script.flatMap(({ method, path, admin, name }, i) => {
          // HEAD has no body, and what the server refuses itself belongs to no operation.
          if (admin || method === 'HEAD' || refusedByServer(path)) return []
          const answer = { ...raw[i]!, method, path }
          return problemsOf(document, answer).map(problem => `${name}: ${problem}`)
        })
        expect(problems).toEqual([])
      })
    })
  }

  test('the script asks for everything that /openapi.json has', () => {
    const { document } = found.get(cases[0]!)!.get('corrected')!
    if (document === null) return expect(ours).toBe('jvm')
    const asked = new Set(restScript.map(({ method, path }) => operationOf(document, method, path)))
    const missing = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, operation]) =>
        method === 'parameters' || asked.has(operation) ? [] : [`${method} ${path}`],
      ),
    )
    // What is ours alone is asked for elsewhere.
    expect(missing.filter(one => !/ \/(bunnect\/|metrics|openapi\.json)/.test(one))).toEqual([])
  })

  const relevant = allowedDifferences.filter(difference => (difference.mode ?? mode) === mode)
  test.each(relevant.map(difference => [difference.reason, difference] as const))(
    'still needed: %s',
    (_, { steps, instead, compat = 'corrected' }) => {
      const needed = cases.some(one => {
        const { answers } = expected.get(one)!
        return one.script.some(
          ({ name }, i) =>
            steps.test(name) && !Bun.deepEquals(instead(answers[i]!, answers[0]!, compat, name), answers[i]!),
        )
      })
      expect(needed).toBe(true)
    },
  )

  function wanted(one: Case, compat: Compat, { name }: Step, index: number): ComparableAnswer {
    const { answers } = expected.get(one)!
    if (ours === 'jvm') return answers[index]!
    return relevant
      .filter(difference => difference.steps.test(name) && (difference.compat ?? compat) === compat)
      .reduce((answer, { instead }) => instead(answer, answers[0]!, compat, name), answers[index]!)
  }

  function dumpOf(): string {
    return cases
      .flatMap(one =>
        one.script.map((step, i) =>
          [
            `${one.name}: ${step.name}`,
            `  jvm  ${JSON.stringify(expected.get(one)!.answers[i])}`,
            ...one.compats.map(
              compat => `  ${compat} ${JSON.stringify(found.get(one)!.get(compat)!.answers[i])}`,
            ),
          ].join('\n'),
        ),
      )
      .join('\n')
  }
}

function refusedByServer(path: string): boolean {
  return /\/\/|%(?![0-9a-f]{2})|%FF|\/\.\.|%2e%2e/i.test(path) || path.length > 8192
}
