const names = new Map<string, string>()
/** Invariant 7: plugins may name theirs as they like. */
const MOST = 10_000

/** A metric's or a label's name as the rules of the JMX exporter write it: in lower case, with underscores. */
export function metricName(name: string): string {
  let text = names.get(name)
  if (text === undefined) {
    text = name.replace(/[^A-Za-z0-9_]/g, '_').toLowerCase()
    if (names.size < MOST) names.set(name, text)
  }
  return text
}
