/**
 * How one Java client property reaches librdkafka. A table of these, one row a property, is in
 * client-producer-rows.ts, client-consumer-rows.ts and client-shared-rows.ts.
 */
import type { ParsedValue } from '../config/parse.ts'

/** Settings of librdkafka by name. */
export type Settings = Record<string, string>

export interface RowContext {
  /** The parsed value of another property of the same client, its default where the person gave none. */
  value(key: string): ParsedValue | null
  /** Whether the property was set at all (in a file, an override or by the framework). */
  given(key: string): boolean
  /** Said once in the log when the client is made. */
  warn(text: string): void
}

export type Row =
  /** Becomes settings; `value` is parsed by Java's rules and holds Java's default if none was given. */
  | { readonly to: 'settings'; readonly apply: (value: never, context: RowContext) => Settings }
  /** Acted on by our own code, or part of another row. */
  | { readonly to: 'us' }
  /** security.ts acts on it or stops the client. */
  | { readonly to: 'security' }
  /** Means nothing outside of a JVM, whatever its value. */
  | { readonly to: 'nothing' }
  /** Would mean something and cannot be had: a warning when it differs from the default. */
  | { readonly to: 'warning'; readonly why: string }

export type Rows = Readonly<Record<string, Row>>

export const us: Row = { to: 'us' }
export const security: Row = { to: 'security' }
export const nothing: Row = { to: 'nothing' }
export const unsupported = (why: string): Row => ({ to: 'warning', why })

export function settings<T extends ParsedValue | null>(
  apply: (value: T, context: RowContext) => Settings,
): Row {
  return { to: 'settings', apply }
}

/** The text or flag under librdkafka's name; nothing for null and the empty text. */
export const as = (name: string): Row =>
  settings<ParsedValue | null>(value => (value === null || value === '' ? {} : { [name]: String(value) }))

/** A number under librdkafka's name, brought into its range with a word about it. */
export const number = (key: string, name: string, min: number, max: number): Row =>
  settings<number>((value, context) => ({ [name]: within(key, value, min, max, context) }))

export function within(key: string, value: number, min: number, max: number, context: RowContext): string {
  const kept = Math.min(Math.max(value, min), max)
  if (kept !== value && context.given(key)) {
    context.warn(`${key}=${value} is beyond what the client can do (${min} to ${max}): ${kept} is used.`)
  }
  return String(kept)
}
