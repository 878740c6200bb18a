import type { Context } from 'hono'

/** Java's `Boolean.valueOf`: `true` in any case is true, anything else false; empty or absent is the default. */
export function queryBoolean(c: Context, name: string, byDefault: boolean): boolean {
  const value = c.req.query(name)
  if (value === undefined || value === '') return byDefault
  return value.toLowerCase() === 'true'
}
