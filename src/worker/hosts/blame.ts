import type { Mark } from './marks.ts'
import type { Lease } from './protocol.ts'

/** A connector's object or a task as the worker that looks for a culprit sees it. */
export interface Suspect {
  lease: Lease
  slot: number
  /** Runs code that is not compiled in, somewhere on its path. */
  outside: boolean
  /** Calls into its plugin that have not come to their end. */
  pending: readonly Mark[]
}

export interface Blamed {
  lease: Lease
  /** null: it is only not certain that it was not this one. */
  mark: Mark | null
}

/**
 * Whose plugin code a host has failed for. `stuck`: the event loop does not turn, so whoever the mark names has not
 * come back. `gone`: it died or took too much memory; the mark of that moment says little of code that is compiled in.
 * Nobody can be blamed where no outside code runs, then the answer is empty.
 */
export function blame(how: 'stuck' | 'gone', current: Mark | null, suspects: readonly Suspect[]): Blamed[] {
  const marked = suspects.find(suspect => suspect.slot === current?.slot)
  if (marked && (how === 'stuck' || marked.outside)) return [{ lease: marked.lease, mark: current }]
  const outside = suspects.filter(suspect => suspect.outside)
  const inside = outside.filter(suspect => suspect.pending.length > 0)
  // What goes on after an await cannot be told apart: whoever has such a call open may be it.
  if (inside.length > 0) return inside.map(({ lease, pending }) => ({ lease, mark: pending[0]! }))
  return outside.map(({ lease }) => ({ lease, mark: null }))
}
