import deviations from '../deviations.json'

/**
 * Why the vector of that id is not met: the sentence that DIFFERENCES.md has as a line. Undefined where it has to
 * be met.
 */
export function deviation(id: string): string | undefined {
  return (deviations as Readonly<Record<string, string>>)[id]
}
