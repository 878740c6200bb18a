/**
 * `connector.plugin.version` and its kin: null and `latest` take what there is, `1.2` is that version alone,
 * and Maven ranges such as `[1.0,2.0)` or `(,1.5],[2,)`.
 * Java: PluginUtils.connectorVersionRequirement, org.apache.maven.artifact.versioning.VersionRange
 */
import { compareVersions } from './maven-version.ts'
import { javaTrim } from './parse.ts'

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
  const trimmed = javaTrim(requirement)
  const parts = restrictions(/^[[(]/.test(trimmed) ? trimmed : `[${trimmed}]`)
  return {
    text: parts.map(({ text }) => text).join(','),
    contains: version => parts.some(({ low, high }) => above(version, low) && below(version, high)),
  }
}

interface Bound {
  /** null = there is none. */
  version: string | null
  inclusive: boolean
}

interface Restriction {
  text: string
  low: Bound
  high: Bound
}

/** Java: VersionRange.createFromVersionSpec */
function restrictions(spec: string): Restriction[] {
  const parts: Restriction[] = []
  let rest = spec
  while (rest.startsWith('[') || rest.startsWith('(')) {
    const end = rest.search(/[\])]/)
    if (end < 0) throw new VersionRangeError(`Unbounded range: ${spec}`)
    const part = restriction(rest.slice(0, end + 1))
    const before = parts.at(-1)?.high.version ?? null
    const { version } = part.low
    if (before !== null && (version === null || compareVersions(version, before) < 0))
      throw new VersionRangeError(`Ranges overlap: ${spec}`)
    parts.push(part)
    rest = javaTrim(javaTrim(rest.slice(end + 1)).replace(/^,/, ''))
  }
  if (rest !== '')
    throw new VersionRangeError(`Only fully-qualified sets allowed in multiple set scenario: ${spec}`)
  return parts
}

function restriction(text: string): Restriction {
  const inclusive = { low: text.startsWith('['), high: text.endsWith(']') }
  const inner = javaTrim(text.slice(1, -1))
  const comma = inner.indexOf(',')
  if (comma < 0) {
    if (!inclusive.low || !inclusive.high) {
      throw new VersionRangeError(`Single version must be surrounded by []: ${text}`)
    }
    const bound = { version: inner, inclusive: true }
    return { text: `[${inner},${inner}]`, low: bound, high: bound }
  }
  const low = javaTrim(inner.slice(0, comma))
  const high = javaTrim(inner.slice(comma + 1))
  if (low !== '' && high !== '') {
    const order = compareVersions(high, low)
    if (order < 0 || (order === 0 && !(inclusive.low && inclusive.high)))
      throw new VersionRangeError(`Range defies version ordering: ${text}`)
  }
  return {
    text: `${text[0]}${low},${high}${text.at(-1)}`,
    low: { version: low === '' ? null : low, inclusive: inclusive.low },
    high: { version: high === '' ? null : high, inclusive: inclusive.high },
  }
}

function above(version: string, { version: low, inclusive }: Bound): boolean {
  if (low === null) return true
  const order = compareVersions(version, low)
  return order > 0 || (inclusive && order === 0)
}

function below(version: string, { version: high, inclusive }: Bound): boolean {
  if (high === null) return true
  const order = compareVersions(version, high)
  return order < 0 || (inclusive && order === 0)
}
