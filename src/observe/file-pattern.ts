/**
 * Names of rotated log files as Log4j writes them: `%d{yyyy-MM-dd-HH}` is the time that the file is about, `%i` a
 * number. A name ends in .gz where Log4j would compress; here that ending is left out.
 */
export class FilePattern {
  readonly #parts: readonly Part[]

  constructor(pattern: string) {
    this.#parts = parsed(pattern.replace(/\.(gz|zip|bz2|xz|zst|deflate|pack200)$/i, ''))
  }

  get hasDate(): boolean {
    return this.#parts.some(part => part.kind === 'date')
  }

  get hasNumber(): boolean {
    return this.#parts.some(part => part.kind === 'number')
  }

  /** The same text for all moments between two rotations. */
  period(at: Date): string {
    return this.#parts.map(part => (part.kind === 'date' ? formatted(part.format, at) : '')).join('|')
  }

  /** The name of the file about the time `at`. */
  name(at: Date, number: number): string {
    return this.#parts.map(part => textOf(part, at, number)).join('')
  }

  /** Whatever this pattern has ever named, also with a number behind it that kept two files apart. */
  matcher(): RegExp {
    const source = this.#parts.map(part => {
      if (part.kind === 'text') return RegExp.escape(part.text)
      return part.kind === 'number' ? String.raw`\d+` : part.format.map(dateSource).join('')
    })
    return new RegExp(String.raw`^${source.join('')}(?:\.\d+)?$`)
  }
}

type Part =
  | { kind: 'text'; text: string }
  | { kind: 'date'; format: readonly string[] }
  | { kind: 'number'; width: number }

function parsed(pattern: string): Part[] {
  const parts: Part[] = []
  let at = 0
  for (const match of pattern.matchAll(/%d(?:\{([^}]*)\})?(?:\{[^}]*\})?|%(0?\d*)i/g)) {
    if (match.index > at) parts.push({ kind: 'text', text: pattern.slice(at, match.index) })
    at = match.index + match[0].length
    if (match[2] !== undefined) parts.push({ kind: 'number', width: Number(match[2]) || 0 })
    else parts.push({ kind: 'date', format: words(match[1] ?? 'yyyy-MM-dd') })
  }
  if (at < pattern.length) parts.push({ kind: 'text', text: pattern.slice(at) })
  return parts
}

/** Runs of one letter, and everything else with its quotes taken off. Java: SimpleDateFormat */
function words(format: string): string[] {
  return [...format.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+/g)].map(match =>
    match[1] === undefined ? match[0] : `'${match[1] === '' ? "'" : match[1].replaceAll("''", "'")}`,
  )
}

const FIELDS: Readonly<Record<string, (at: Date) => number>> = {
  y: at => at.getFullYear(),
  M: at => at.getMonth() + 1,
  d: at => at.getDate(),
  H: at => at.getHours(),
  m: at => at.getMinutes(),
  s: at => at.getSeconds(),
  w: at => weekOf(at),
}

function formatted(format: readonly string[], at: Date): string {
  return format.map(word => textOfWord(word, at)).join('')
}

function textOfWord(word: string, at: Date): string {
  if (word.startsWith("'")) return word.slice(1)
  const field = FIELDS[word[0]!]
  if (!field) return word
  const digits = String(field(at)).padStart(word.length, '0')
  return word === 'yy' ? digits.slice(-2) : digits
}

function dateSource(word: string): string {
  if (word.startsWith("'")) return RegExp.escape(word.slice(1))
  return FIELDS[word[0]!] ? String.raw`\d+` : RegExp.escape(word)
}

function textOf(part: Part, at: Date, number: number): string {
  if (part.kind === 'text') return part.text
  return part.kind === 'date' ? formatted(part.format, at) : String(number).padStart(part.width, '0')
}

function weekOf(at: Date): number {
  const first = new Date(at.getFullYear(), 0, 1)
  return Math.floor(((at.getTime() - first.getTime()) / 86_400_000 + first.getDay()) / 7) + 1
}
