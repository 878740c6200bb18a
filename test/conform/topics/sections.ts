/**
 * Runs the sections of test-vectors.json: what Kafka Connect 4.3.1 writes into its internal topics and into its group,
 * and what it makes of what it reads. A section without code in the table fails.
 */
import { deviation } from '../data/deviations.ts'
import { configSections } from './config-sections.ts'
import { groupSections } from './group-sections.ts'
import { offsetSections } from './offset-sections.ts'
import type { Section, SectionCase } from './section.ts'
import { signatureSections } from './signature-sections.ts'
import { statusSections } from './status-sections.ts'
import { transactionSections } from './transaction-sections.ts'

/** By the name of the section; of `misc`, which is of everything, each part is a section of its own. */
export const sections: Readonly<Record<string, Section>> = {
  ...offsetSections,
  ...configSections,
  ...statusSections,
  ...groupSections,
  ...signatureSections,
  ...transactionSections,
}

/** Fields of the file that say something about it. */
const ABOUT = new Set(['generatedFrom', 'notes'])
const OF_EVERYTHING = 'misc'

export interface SectionVerdict {
  id: string
  verdict: 'equal' | 'different' | 'no code'
  /** Why it may differ: see deviations.json. */
  deviation: string | undefined
  expected: unknown
  got: unknown
}

export type SectionFile = Readonly<Record<string, unknown>>

/** The sections of a file with their contents. */
export function sectionsOf(file: SectionFile): [name: string, content: unknown][] {
  return Object.entries(file)
    .filter(([name]) => !ABOUT.has(name))
    .flatMap(([name, content]): [string, unknown][] =>
      name === OF_EVERYTHING && typeof content === 'object' && content !== null
        ? Object.entries(content).map(([part, inside]) => [`${name}.${part}`, inside])
        : [[name, content]],
    )
}

/** The vectors of a section; null where there is no code for it. */
export function casesOf(name: string, content: unknown): SectionCase[] | null {
  return Object.hasOwn(sections, name) ? sections[name]!(name, content) : null
}

export async function checkCase(one: SectionCase): Promise<SectionVerdict> {
  let comparison: { expected: unknown; got: unknown }
  try {
    comparison = await one.compare()
  } catch (error) {
    comparison = { expected: 'an outcome', got: `${error}` }
  }
  const verdict = Bun.deepEquals(comparison.got, comparison.expected, true) ? 'equal' : 'different'
  return { id: one.id, verdict, deviation: deviation(one.id), ...comparison }
}

export async function checkSection(name: string, content: unknown): Promise<SectionVerdict[]> {
  const cases = casesOf(name, content)
  if (cases === null)
    return [{ id: name, verdict: 'no code', deviation: undefined, expected: null, got: null }]
  const verdicts: SectionVerdict[] = []
  for (const one of cases) verdicts.push(await checkCase(one))
  return verdicts
}
