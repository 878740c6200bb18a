import { nearest } from '../config/unknown-keys.ts'
import type { PluginRegistry } from '../worker/plugins.ts'
import { variableOf } from './connect-variables.ts'
import { sentence } from './exit.ts'
import { isMissing, type Problem, wayOut } from './way-out.ts'
import { ENVIRONMENT } from './worker-properties.ts'

/** A file of the command line: where its keys stand, and which of them somebody reads. */
export interface ConfigFile {
  path: string
  /** The line (from 1) of each key. */
  lines: ReadonlyMap<string, number>
  isKnown(key: string): boolean
  plugins: PluginRegistry
}

/** `file:line` of a key, or the file where the key is not in it; in the environment the variable. */
export function placeIn({ path, lines }: Pick<ConfigFile, 'path' | 'lines'>, key: string): string {
  if (path === ENVIRONMENT) return variableOf(key)
  return lines.has(key) ? `${path}:${lines.get(key)}` : path
}

/**
 * A line for each problem: where it is, what is wrong and what to do; in the order of the file, then what is not
 * in it. A missing key is looked for among the keys that nobody knows: a slip of the keyboard stands there.
 */
export function complaints(problems: readonly Problem[], file: ConfigFile): string[] {
  const unread = [...file.lines.keys()].filter(key => !file.isKnown(key))
  const found = problems.map(problem => {
    const slip = isMissing(problem) ? nearest(problem.key, unread) : null
    const key = slip ?? problem.key
    const hint =
      slip === null
        ? wayOut(problem, file.path, file.plugins)
        : `${slip} is unknown: write ${problem.key} instead.`
    return {
      missing: isMissing(problem) ? problem.message : null,
      line: file.lines.get(key) ?? Number.POSITIVE_INFINITY,
      text: sentence(`${placeIn(file, key)}: ${onOneLine(problem)}`, hint),
    }
  })
  // Two lines that are not there differ by NaN.
  const sorted = found.sort((a, b) => (a.line === b.line ? 0 : a.line - b.line))
  // What one of two keys could mend is said once, where there is a slip at the slip.
  const once = sorted.filter(
    ({ missing }, i) => missing === null || sorted.findIndex(other => other.missing === missing) === i,
  )
  return [...new Set(once.map(({ text }) => text))]
}

/** The text on one line, without the marks that Java puts below a pattern; of several plugins it says which. */
function onOneLine({ key, message }: Problem): string {
  const line = message.replace(/\n[^\n]*\n\s*\^$/, '').replace(/\s*\n\s*/g, ' ')
  return /^(?:transforms|predicates)\./.test(key) && !line.includes(key) ? `${key}: ${line}` : line
}
