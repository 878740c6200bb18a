/** What a person reads who starts a worker that cannot run all of its group's connectors. */
import { masked } from '../../observe/secrets.ts'
import type { MissingPlugin } from '../../worker/missing-plugins.ts'

export interface Lacking {
  connector: string
  missing: Pick<MissingPlugin, 'key' | 'name' | 'why' | 'hint'>
}

/** As many lines as fit a screen. */
const MOST_LINES = 50
const LONGEST_NAME = 200

/** A first line that counts, then a line each: connector, key, class, what to do. Far too many are counted at the end. */
export function unsupportedReport(lacking: readonly Lacking[]): string {
  const connectors = new Set(lacking.map(({ connector }) => connector)).size
  const told = lacking.slice(0, MOST_LINES - 2)
  const more = lacking.length - told.length
  return [
    `${count(connectors, 'connector')} cannot run here`,
    ...told.map(line),
    ...(more > 0 ? [`  … and ${more} more of this kind`] : []),
  ].join('\n')
}

function line({ connector, missing: { key, name, why, hint } }: Lacking): string {
  const what = `  ${short(connector)}: ${key}=${short(masked(name))}`
  return `${what}: ${[why?.replace(/[^.]$/, '$&.'), hint].filter(part => part).join(' ')}`
}

/** On one line, whatever a configuration holds. */
function short(text: string): string {
  const clean = text.replace(/[\p{Cc}\s]+/gu, ' ').trim()
  return clean.length > LONGEST_NAME ? `${clean.slice(0, LONGEST_NAME)}…` : clean
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}
