import type { ConfigSpec, KeySpec } from '../src/config/keys.ts'

/** Around what is written for a class; what stands between is replaced. */
const MARKED = /^<!-- keys of (\S+) -->\n[\s\S]*?^<!-- end of keys -->$/gm

/** The text with the table of every class that it has a place for. @throws Error for a class without a table */
export function withTables(text: string, tables: ReadonlyMap<string, () => string>): string {
  return text.replace(MARKED, (_, className: string) => {
    const table = tables.get(className)
    if (table === undefined) throw new Error(`there is no connector ${className}`)
    return `<!-- keys of ${className} -->\n\n${table()}\n\n<!-- end of keys -->`
  })
}

/** A table of a connector's own keys, in their order, one for each group. */
export function keysTable(spec: ConfigSpec): string {
  const groups = Map.groupBy(Object.entries(spec), ([, { group }]) => group ?? '')
  return [...groups]
    .map(([group, keys]) => {
      const rows = keys.map(
        ([name, key]) => `| \`${name}\` | ${typeOf(key)} | ${defaultOf(key)} | ${cell(docOf(key))} |`,
      )
      const title = group === '' ? '' : `**${group}**\n\n`
      return `${title}| key | type | default | |\n| --- | --- | --- | --- |\n${rows.join('\n')}`
    })
    .join('\n\n')
}

// biome-ignore lint/suspicious/noExplicitAny: a key of any parsed type
type AnyKey = KeySpec<any>

function typeOf({ type }: AnyKey): string {
  return type.toLowerCase()
}

function defaultOf({ required, default: value, type }: AnyKey): string {
  if (required) return 'required'
  if (value === null) return ''
  if (type === 'PASSWORD') return '[hidden]'
  const text = Array.isArray(value) ? value.join(',') : String(value)
  return text === '' ? '' : `\`${text.replaceAll('|', '\\|')}\``
}

function docOf({ doc, validator }: AnyKey): string {
  if (validator === null) return doc
  const [, least, most] = /^\[(-?\d+),\.\.\.(?:,(-?\d+))?\]$/.exec(validator) ?? []
  if (least !== undefined)
    return most === undefined ? `${doc} At least ${least}.` : `${doc} ${least} to ${most}.`
  // The values, which the text may leave open.
  const values =
    /^\[(.*)\]$/
      .exec(validator)?.[1]
      ?.split(', ')
      .filter(value => value !== '') ?? []
  return values.length === 0 || values.every(value => doc.includes(value))
    ? doc
    : `${doc} One of ${values.map(value => `\`${value}\``).join(', ')}.`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ')
}
