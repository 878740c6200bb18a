export type ScriptKind = 'transformation' | 'predicate'

/** The text that is to be compiled, and for what. */
export interface ScriptSource {
  kind: ScriptKind
  text: string
}

/** Both count from 1. */
export interface ScriptProblem {
  line: number
  column: number
  message: string
}

/** A script in JavaScript. With any problem it must not be run. */
export interface CompiledScript {
  /** The body of a function of `exports`, which it gives its `default`. */
  js: string
  /** For each line of `js` (counted from 0) that line of the script (from 1) that it was made from. */
  lines: readonly number[]
  problems: readonly ScriptProblem[]
}
