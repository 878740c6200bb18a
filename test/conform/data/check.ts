import { groups } from './groups.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { withSortedMaps } from './values.ts'
import type { Vector } from './vectors.ts'

export interface Verdict {
  equal: boolean
  expected: Outcome
  got: Outcome
}

/** Runs one vector, in both forms of its input where the group has two. */
export async function check(vector: Vector): Promise<Verdict> {
  const group = groups[vector.group]
  const expected: Outcome = vector.error
    ? { error: vector.error }
    : { out: withSortedMaps(group?.expected ? group.expected(vector) : vector.out) }
  if (group === undefined) {
    const message = `no such group of vectors: ${vector.group}`
    return { equal: false, expected, got: { error: { class: 'none', message } } }
  }
  let got: Outcome = {}
  for (const run of group.again ? [group.run, group.again] : [group.run]) {
    got = await outcomeOf(() => run(vector))
    if (!Bun.deepEquals(withoutHashes(got), withoutHashes(expected))) return { equal: false, expected, got }
  }
  return { equal: true, expected, got }
}

/** `Some$Class@1b2c3d`: an object's identity hash code is another one in every run of the JVM. */
function withoutHashes(outcome: Outcome): Outcome {
  const { error } = outcome
  if (!error?.message?.includes('@')) return outcome
  return { error: { ...error, message: error.message.replace(/(?<=[A-Za-z])@[0-9a-f]{1,8}\b/g, '@hash') } }
}
