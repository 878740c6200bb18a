import type { KeySpec } from '../config/keys.ts'
import type { PluginRegistry, PluginType } from '../worker/plugins.ts'
import { variableOf } from './connect-variables.ts'
import { ENVIRONMENT } from './worker-properties.ts'

export interface Problem {
  key: string
  /** Java's text. */
  message: string
  /** What is known of the key, if anything. */
  spec: Pick<KeySpec<unknown>, 'default' | 'required'> | null
}

/** Something that the file does not say at all. */
export function isMissing({ message }: Problem): boolean {
  return /^(?:Missing required|Must configure one of)|contains no connector type$/.test(message)
}

/** What to write into `file` instead, or undefined where the text says it all. */
export function wayOut(problem: Problem, file: string, plugins: PluginRegistry): string | undefined {
  const { message, spec } = problem
  // Of two keys that may stand for each other the first is the usual one.
  const key = message.startsWith('Must configure one of') ? 'topics' : problem.key
  if (isMissing(problem) && file === ENVIRONMENT) return `Set ${variableOf(key)}.`
  if (isMissing(problem))
    return file.endsWith('.json') ? `Add "${key}": "..." to ${file}.` : `Add a line ${key}=... to ${file}.`
  const unknown = /: Class (.*) could not be found\.$/s.exec(message)?.[1]
  const types = unknown === undefined ? null : typesOf(key)
  if (types !== null) return plugins.hint(unknown!, types)
  if (message.includes('are mutually exclusive options')) return 'Delete one of the two.'
  if (key === 'response.http.headers.config')
    return 'Write rules such as set X-Frame-Options:DENY with a comma between two; a rule that holds a comma stands in double quotes.'
  if (!message.startsWith('Invalid value') || spec === null) return undefined
  const where = file === ENVIRONMENT ? 'variable' : 'line'
  const byDefault = spec.default
  if (byDefault !== null && String(byDefault) !== '')
    return `Correct the value, or delete the ${where} to get the default, ${byDefault}.`
  return spec.required ? 'Correct the value.' : `Correct the value or delete the ${where}.`
}

/** What kinds of plugins the value of a key may name, or null. */
function typesOf(key: string): PluginType[] | null {
  if (key.endsWith('header.converter')) return ['header_converter']
  if (key.endsWith('.converter')) return ['converter']
  if (/^transforms\..*\.type$/.test(key)) return ['transformation']
  return /^predicates\..*\.type$/.test(key) ? ['predicate'] : null
}
