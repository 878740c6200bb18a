import type { GroupJson } from '../../../src/observe/metrics/connect-metrics.ts'

/** Series of a page in Prometheus' text format, such as `a_total{b="c"}`, with their values. Throws for any other line. */
export function series(page: string): Map<string, number> {
  const found = new Map<string, number>()
  for (const line of page.split('\n')) {
    if (line === '' || /^# (?:HELP|TYPE) [a-z_][a-z0-9_]* \S/.test(line)) continue
    const match = /^([a-z_][a-z0-9_]*(?:\{(?:[a-z_]+="(?:[^"\\]|\\[\\"n])*",?)+\})?) (\S+)$/.exec(line)
    if (match === null) throw new Error(`no series: ${line}`)
    const value = match[2] === '+Inf' ? Number.POSITIVE_INFINITY : Number(match[2])
    if (found.has(match[1]!)) throw new Error(`twice: ${line}`)
    found.set(match[1]!, value)
  }
  return found
}

/** The metrics of one group; null when it is not there. */
export function groupOf(
  groups: readonly GroupJson[],
  name: string,
  tags: Record<string, string> = {},
): GroupJson['metrics'] | null {
  const wanted = JSON.stringify(tags)
  return groups.find(one => one.group === name && JSON.stringify(one.tags) === wanted)?.metrics ?? null
}
