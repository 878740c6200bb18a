import { test } from 'bun:test'
import type { Environment, Suite } from '../../src/testing/index.ts'

/** Tests of a connector's behaviours; their names, behind each other, are the list of what it has been held to. */
export function testEach(suite: Suite, environment: () => Environment): void {
  for (const { name, run } of suite.cases)
    test(`${suite.connector}: ${name}`, () => run(environment()), 240_000)
  for (const { name, needs } of suite.omitted)
    console.log(`${suite.connector}: ${name}: not held to it, the description has no '${needs}'`)
}
