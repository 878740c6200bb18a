import { expect, test } from 'bun:test'

/** One test a row: what it is about, what goes in, what comes out. */
export function expectEach<I, O>(fn: (input: I) => O, rows: readonly (readonly [string, I, O])[]): void {
  for (const [about, input, output] of rows) test(about, () => expect(fn(input)).toEqual(output))
}

/** One test a row: what it is about, a call, the message of what it throws. */
export function expectErrors(rows: readonly (readonly [string, () => unknown, string])[]): void {
  for (const [about, call, message] of rows) test(about, () => expect(call).toThrow(new Error(message)))
}
