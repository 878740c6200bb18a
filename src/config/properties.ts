/**
 * Java's property syntax. Java: java.util.Properties.load(InputStream), which reads ISO-8859-1; that is what
 * the JVM worker does with its files, so a letter beyond it has to be written as a unicode escape here too.
 */
import { ConfigException } from '../data/errors.ts'

export interface Properties {
  /** By key; the last one wins where a key stands twice. */
  values: Record<string, string>
  /** The line (from 1) on which each key starts. */
  lines: Map<string, number>
  /** What Java accepts in silence but its author will not have meant, each with file and line. */
  warnings: string[]
}

/** `file` is for error texts. Bytes are ISO-8859-1, text has been decoded already (Java: load(Reader)). */
export function parseProperties(content: Uint8Array | string, file: string): Properties {
  const text = typeof content === 'string' ? content : Buffer.from(content).toString('latin1')
  const values = new Map<string, string>()
  const lines = new Map<string, number>()
  const warnings: string[] = []
  for (const { line, number } of logicalLines(text)) {
    const at = separator(line)
    const key = unescaped(line.slice(0, at.keyEnd), file, number)
    const value = unescaped(line.slice(at.valueStart), file, number)
    const before = lines.get(key)
    if (before !== undefined) {
      warnings.push(`${file}:${number}: '${key}' was set on line ${before} already; this one counts.`)
    }
    const meant = typeof content === 'string' ? null : meantAsUtf8(line)
    if (meant !== null) {
      warnings.push(
        `${file}:${number}: '${meant}' is UTF-8 but property files are ISO-8859-1: write ${escapeUnicode(meant)}.`,
      )
    }
    values.set(key, value)
    lines.set(key, number)
  }
  return { values: Object.fromEntries(values), lines, warnings }
}

interface LogicalLine {
  line: string
  number: number
}

const isBlank = (char: string | undefined) => char === ' ' || char === '\t' || char === '\f'

/** Natural lines joined at trailing backslashes, without comments, blank lines and leading blanks. */
function* logicalLines(text: string): Generator<LogicalLine> {
  let joined: string | null = null
  let start = 0
  let number = 0
  for (const natural of text.split(/\r\n|\r|\n/)) {
    number++
    const line = natural.replace(/^[ \t\f]+/, '')
    if (joined === null || joined === '') {
      // What follows a lone backslash is still the beginning of a logical line for Java: comments count.
      if (line.startsWith('#') || line.startsWith('!') || (line === '' && joined === null)) continue
      if (line === '') {
        joined = null
        continue
      }
      start = number
    }
    const whole: string = (joined ?? '') + line
    if (endsInBackslash(line)) {
      joined = whole.slice(0, -1)
      continue
    }
    joined = null
    if (whole !== '') yield { line: whole, number: start }
  }
  if (joined !== null) yield { line: joined, number: start }
}

function endsInBackslash(line: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*\\$/.test(line)
}

/** Where the key ends and the value starts: at the first `=`, `:` or blank that is not escaped. */
function separator(line: string): { keyEnd: number; valueStart: number } {
  let keyEnd = 0
  while (keyEnd < line.length) {
    const char = line[keyEnd]
    if (char === '\\') keyEnd++
    else if (char === '=' || char === ':' || isBlank(char)) break
    keyEnd++
  }
  keyEnd = Math.min(keyEnd, line.length)
  let valueStart = keyEnd
  let seen = false
  while (valueStart < line.length) {
    const char = line[valueStart]
    if (!isBlank(char)) {
      if (seen || (char !== '=' && char !== ':')) break
      seen = true
    }
    valueStart++
  }
  return { keyEnd, valueStart }
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n', f: '\f' }

function unescaped(text: string, file: string, number: number): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\(u[0-9a-fA-F]{4}|[\s\S]?)/g, (_, code: string) => {
    if (code.length === 5) return String.fromCharCode(Number.parseInt(code.slice(1), 16))
    if (code !== 'u') return ESCAPES[code] ?? code
    throw new ConfigException(`${file}:${number}: Malformed \\uxxxx encoding.`, {
      hint: 'A backslash before u needs four hexadecimal digits; a real backslash is written twice.',
    })
  })
}

/** The letters that a person meant if the bytes beyond ASCII form UTF-8, else null. */
function meantAsUtf8(latin1: string): string | null {
  if (!/[\x80-\xff]/.test(latin1)) return null
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(latin1, 'latin1'))
    return (text.match(/[^\0-\x7f]+/g) ?? []).join('')
  } catch {
    // Not UTF-8, so ISO-8859-1 was meant.
    return null
  }
}

function escapeUnicode(text: string): string {
  return text
    .split('')
    .map(char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
