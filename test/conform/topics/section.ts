/** What the vector says, and what our code does. */
export interface Comparison {
  expected: unknown
  got: unknown
}

/** One vector of a section; `id` is the section's name and the vector's place in it. */
export interface SectionCase {
  id: string
  /** The vector's own description, if it has one. */
  about: string
  compare(): Comparison | Promise<Comparison>
}

/** Takes the content of a section of test-vectors.json to pieces. */
export type Section = (name: string, content: unknown) => SectionCase[]

/** A section that is a list of vectors, each compared alone. */
export function each<V>(compare: (vector: V) => Comparison | Promise<Comparison>): Section {
  return (name, content) =>
    (content as (V & { description?: string })[]).map((vector, i) => ({
      id: `${name}-${i}`,
      about: vector.description ?? '',
      compare: () => compare(vector),
    }))
}

/** A section that is one vector. */
export function whole<V>(compare: (vector: V) => Comparison | Promise<Comparison>): Section {
  return (name, content) => [{ id: name, about: '', compare: () => compare(content as V) }]
}

/**
 * An exact copy of what JSON can hold: bigints as digits, maps as objects, without fields that are undefined. Both
 * sides of a comparison may go through it.
 */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Map) return Object.fromEntries([...value].map(([k, v]) => [String(k), plain(v)]))
  if (value instanceof Set || Array.isArray(value)) return [...value].map(plain)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).filter(([, v]) => v !== undefined)
  return Object.fromEntries(fields.map(([k, v]) => [k, plain(v)]))
}
