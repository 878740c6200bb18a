/** Keys of a worker's file that nobody reads: said once, with the key that was probably meant. */
import { isClientKey } from './client/index.ts'
import type { ConfigSpec } from './keys.ts'

/** Keys that older workers read, and what to do about them. */
const REMOVED: readonly [RegExp, string][] = [
  [
    /^internal\.(?:key|value)\.converter(?:\..*)?$/,
    'was removed in Kafka 3.0: internal data is always JSON without schemas; delete the line',
  ],
  [/^rest\.host\.name$/, 'was removed in Kafka 3.0: write listeners=http://<host>:<port>'],
  [/^rest\.port$/, 'was removed in Kafka 3.0: write listeners=http://<host>:<port>'],
  [
    /^connector\.client\.config\.policy$/,
    'was never released: the key is connector.client.config.override.policy',
  ],
]

/** Whatever follows one of these belongs to somebody else: a client, a plugin, a topic. */
const PREFIXES = [
  'producer.',
  'consumer.',
  'admin.',
  'metrics.context.',
  'config.providers.',
  'key.converter.',
  'value.converter.',
  'header.converter.',
  'listeners.https.',
  'admin.listeners.https.',
  'connector.client.config.override.',
]

/** Settings of the topics that a distributed worker creates for itself. */
const DISTRIBUTED_PREFIXES = ['config.storage.', 'offset.storage.', 'status.storage.']

/**
 * At most two warnings: removed keys with what replaces them, and unknown keys with the nearest known one.
 * `elsewhere` are the keys of the other mode; `place` tells where a key stands.
 */
export function unknownKeyWarnings(
  raw: Readonly<Record<string, string>>,
  spec: ConfigSpec,
  elsewhere: { mode: string; spec: ConfigSpec },
  place?: (key: string) => string,
): string[] {
  const prefixes = elsewhere.mode === 'distributed' ? PREFIXES : [...PREFIXES, ...DISTRIBUTED_PREFIXES]
  const removed: string[] = []
  const unknown: string[] = []
  const named = (key: string, note?: string) => {
    const notes = [place?.(key), note].filter(part => part !== undefined)
    return notes.length > 0 ? `${key} (${notes.join('; ')})` : key
  }
  for (const key of Object.keys(raw)) {
    if (Object.hasOwn(spec, key) || isClientKey(key)) continue
    const former = REMOVED.find(([pattern]) => pattern.test(key))
    if (former) removed.push(`${named(key)} ${former[1]}`)
    else if (prefixes.some(prefix => key.startsWith(prefix) && key.length > prefix.length)) continue
    else if (Object.hasOwn(elsewhere.spec, key))
      unknown.push(named(key, `read in ${elsewhere.mode} mode only`))
    else {
      const near = nearest(key, Object.keys(spec))
      unknown.push(named(key, near === null ? undefined : `did you mean ${near}?`))
    }
  }
  const warnings: string[] = []
  if (removed.length > 0) warnings.push(`These keys have no effect any more: ${removed.join('; ')}`)
  if (unknown.length > 0) warnings.push(`These keys are unknown and have no effect: ${unknown.join(', ')}`)
  return warnings
}

/** The known name with the fewest edits, if they are few enough for a slip of the keyboard. */
export function nearest(name: string, known: readonly string[]): string | null {
  let best: string | null = null
  let least = Math.max(2, Math.floor(name.length / 5)) + 1
  for (const candidate of known) {
    const edits = distance(name, candidate, least)
    if (edits < least) {
      least = edits
      best = candidate
    }
  }
  return best
}

/** Insertions, deletions, replacements and swaps of neighbours; anything from `limit` on may be returned as it. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let edits = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) edits = Math.min(edits, before[j - 2]! + 1)
      row.push(edits)
    }
    before = previous
    previous = row
  }
  return previous[b.length]!
}
