/**
 * `connector.plugin.version` and its kin: null and `latest` take what there is, `1.2` is that version alone,
 * and Maven ranges such as `[1.0,2.0)` or `(,1.5],[2,)`.
 * Java: PluginUtils.connectorVersionRequirement, org.apache.maven.artifact.versioning.VersionRange
 */
export interface VersionRange {
  /** As the JVM prints it. */
  text: string
  contains(version: string): boolean
}

/** Thrown with Maven's text. */
export class VersionRangeError extends Error {}

/** null = any version will do. */
export function versionRange(requirement: string | null | undefined): VersionRange | null {
  if (requirement === null || requirement === undefined || requirement === 'latest') return null
  const trimmed = requirement.trim()
  const spec = /^[[(]/.test(trimmed) ? trimmed : `[${trimmed}]`
  const parts: { text: string; low: Bound; high: Bound }[] = []
  let rest = spec
  while (rest.startsWith('[') || rest.startsWith('(')) {
    const end = rest.search(/[\])]/)
    if (end < 0) throw new VersionRangeError(`Unbounded range: ${requirement}`)
    parts.push(restriction(rest.slice(0, end + 1)))
    rest = rest
      .slice(end + 1)
      .trim()
      .replace(/^,/, '')
      .trim()
  }
  return {
    text: parts.map(part => part.text).join(','),
    contains: version => parts.some(({ low, high }) => above(version, low) && below(version, high)),
  }
}

interface Bound {
  version: string
  inclusive: boolean
}

/** As both bounds it lets no version pass: what the JVM makes of an empty requirement. */
const NONE: Bound = { version: '0', inclusive: false }

function restriction(text: string): { text: string; low: Bound; high: Bound } {
  const inclusive = { low: text.startsWith('['), high: text.endsWith(']') }
  const inner = text.slice(1, -1).trim()
  const comma = inner.indexOf(',')
  if (comma < 0) {
    if (!inclusive.low || !inclusive.high) {
      throw new VersionRangeError(`Single version must be surrounded by []: ${text}`)
    }
    if (inner === '') return { text: '[,]', low: NONE, high: NONE }
    const bound = { version: inner, inclusive: true }
    return { text: `[${inner},${inner}]`, low: bound, high: bound }
  }
  const low = inner.slice(0, comma).trim()
  const high = inner.slice(comma + 1).trim()
  if (low !== '' && low === high)
    throw new VersionRangeError(`Range cannot have identical boundaries: ${text}`)
  if (low !== '' && high !== '' && compareVersions(high, low) < 0) {
    throw new VersionRangeError(`Range defies version ordering: ${text}`)
  }
  return {
    text: `${text[0]}${low},${high}${text.at(-1)}`,
    low: { version: low, inclusive: inclusive.low },
    high: { version: high, inclusive: inclusive.high },
  }
}

function above(version: string, { version: low, inclusive }: Bound): boolean {
  if (low === '') return true
  const order = compareVersions(version, low)
  return order > 0 || (inclusive && order === 0)
}

function below(version: string, { version: high, inclusive }: Bound): boolean {
  if (high === '') return true
  const order = compareVersions(version, high)
  return order < 0 || (inclusive && order === 0)
}

/** Number by number, then by qualifier: none is newer than any (`2.0-rc1` < `2.0`). */
function compareVersions(a: string, b: string): number {
  const [numbersA, qualifierA] = split(a)
  const [numbersB, qualifierB] = split(b)
  for (let i = 0; i < Math.max(numbersA.length, numbersB.length); i++) {
    const order = (numbersA[i] ?? 0) - (numbersB[i] ?? 0)
    if (order !== 0) return Math.sign(order)
  }
  if (qualifierA === qualifierB) return 0
  if (qualifierA === '') return 1
  if (qualifierB === '') return -1
  return qualifierA < qualifierB ? -1 : 1
}

function split(version: string): [number[], string] {
  const [, numbers = '', qualifier = ''] = /^((?:\d+\.)*\d+)?[.-]?(.*)$/.exec(version) ?? []
  return [numbers === '' ? [] : numbers.split('.').map(Number), qualifier.toLowerCase()]
}
