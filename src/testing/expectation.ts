/** What a connector should have done and has not; the message is all that the reader gets. */
export class Unmet extends Error {
  override name = 'Unmet'
}

export function expectThat(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Unmet(otherwise)
}

/** `found` has every number from 0 on to `count`, in ascending order at its first sight; `repeats` may be there. */
export function expectNumbers(found: readonly number[], count: number, repeats: 'allowed' | 'none'): void {
  const seen = new Set<number>()
  let last = -1
  for (const number of found) {
    expectThat(number >= 0 && number < count, `record ${number} was never given`)
    if (seen.has(number)) {
      expectThat(repeats === 'allowed', `record ${number} is there twice`)
      continue
    }
    expectThat(number > last, `record ${number} comes after ${last}`)
    seen.add(number)
    last = number
  }
  const missing = Array.from({ length: count }, (_, i) => i).filter(i => !seen.has(i))
  expectThat(
    missing.length === 0,
    `${missing.length} of ${count} records are missing: ${missing.slice(0, 10)}`,
  )
}
