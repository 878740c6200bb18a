import { test } from 'bun:test'
import type { BoundBehaviour } from '../../src/testing/suite.ts'

/** Tests of a connector's behaviours; their names, behind each other, are the list of what it has been held to. */
export function testEach(behaviours: readonly BoundBehaviour[]): void {
  for (const { name, run } of behaviours) test(name, run, 240_000)
}
