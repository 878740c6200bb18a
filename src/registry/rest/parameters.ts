import type { Context } from 'hono'
import { errors, RegistryError } from '../errors.ts'
import type { Registry } from '../registry.ts'
import { besideSubject, normalizeSubject } from '../subject.ts'

export const HTTP_404 = 'HTTP 404 Not Found'

/** As Java's Boolean reads it. */
export function flag(c: Context, name: string): boolean {
  return c.req.query(name)?.toLowerCase() === 'true'
}

/** With its context, and what it stands for where it is an alias. */
export function subjectOf(c: Context, registry: Registry): string {
  return aliased(registry, normalizeSubject(c.req.param('subject')!))
}

export function aliased({ scopes }: Registry, subject: string): string {
  const alias = scopes.ownConfig(subject)?.alias
  return alias === undefined ? subject : besideSubject(subject, alias)
}

/** -1 for the latest. */
export function versionOf(c: Context): number {
  const text = c.req.param('version')!
  const trimmed = text.trim()
  if (trimmed.toLowerCase() === 'latest' || trimmed === '-1') return -1
  const version = /^\+?\d{1,10}$/.test(trimmed) ? Number(trimmed) : 0
  if (version < 1 || version > 0x7fff_ffff) throw errors.invalidVersion(text)
  return version
}

/** A path whose id is no number is none. */
export function idOf(c: Context): number {
  const text = c.req.param('id')!
  const id = /^[+-]?\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (!(Math.abs(id) <= 0x7fff_ffff)) throw new RegistryError(404, 404, HTTP_404)
  return id
}

/** One page, of which nothing behind it is asked for; a size out of bounds is the largest. */
export function page<T>(c: Context, all: Iterable<T>, largest: number): T[] {
  const offset = Math.max(numberOf(c, 'offset', 0), 0)
  const limit = numberOf(c, 'limit', -1)
  return Iterator.from(all)
    .drop(offset)
    .take(limit > 0 && limit <= largest ? limit : largest)
    .toArray()
}

function numberOf(c: Context, name: string, otherwise: number): number {
  const text = c.req.query(name)
  if (text === undefined || text === '') return otherwise
  if (!/^[+-]?\d{1,9}$/.test(text)) throw new RegistryError(404, 404, HTTP_404)
  return Number(text)
}
