/** How a database's SQL hides a question mark. */
export interface SqlSyntax {
  /** `"` and, in MySQL, the backtick. */
  readonly quotes: string
  /** `[a name]` */
  readonly brackets?: true
  /** A backslash escapes within `'…'`; in Postgres only within `E'…'`. */
  readonly backslashes: boolean
  /** `$tag$…$tag$` */
  readonly dollarQuotes: boolean
  /** `#` begins a comment to the end of the line. */
  readonly hashComments: boolean
  /** A comment within a comment counts. */
  readonly nestedComments: boolean
}

/**
 * The text between the `?` that stand for parameters, at least one piece: not those in quotes and comments; `??` is an
 * operator's `?`, as JDBC has it.
 */
export function pieces(sql: string, syntax: SqlSyntax): string[] {
  const found: string[] = []
  let piece = ''
  let from = 0
  let at = 0
  while (at < sql.length) {
    const c = sql[at]!
    if (c === '?') {
      piece += sql.slice(from, at)
      if (sql[at + 1] === '?') {
        piece += '?'
        at++
      } else {
        found.push(piece)
        piece = ''
      }
      from = ++at
    } else {
      at = skip(sql, at, c, syntax)
    }
  }
  found.push(piece + sql.slice(from))
  return found
}

/** Where what begins at `at` has ended. */
function skip(sql: string, at: number, c: string, syntax: SqlSyntax): number {
  if (c === "'")
    return quoteEnd(sql, at, c, syntax.backslashes || (syntax.dollarQuotes && isEscaped(sql, at)))
  if (syntax.quotes.includes(c)) return quoteEnd(sql, at, c, syntax.backslashes && c !== '`')
  if (c === '[' && syntax.brackets) return quoteEnd(sql, at, ']', false)
  if (c === '-' && sql[at + 1] === '-') return lineEnd(sql, at)
  if (c === '#' && syntax.hashComments) return lineEnd(sql, at)
  if (c === '/' && sql[at + 1] === '*') return commentEnd(sql, at, syntax.nestedComments)
  if (c === '$' && syntax.dollarQuotes) return dollarQuoteEnd(sql, at)
  return at + 1
}

/** `E'…'`, where the E is no end of a name. */
function isEscaped(sql: string, at: number): boolean {
  return /(?:^|[^\w$])[eE]$/.test(sql.slice(Math.max(0, at - 2), at))
}

function quoteEnd(sql: string, at: number, quote: string, backslashes: boolean): number {
  for (let i = at + 1; i < sql.length; i++) {
    if (sql[i] === '\\' && backslashes) i++
    // A doubled quote ends here and begins again at once.
    else if (sql[i] === quote) return i + 1
  }
  return sql.length
}

function lineEnd(sql: string, at: number): number {
  const end = sql.indexOf('\n', at)
  return end < 0 ? sql.length : end + 1
}

function commentEnd(sql: string, at: number, nested: boolean): number {
  let depth = 0
  for (let i = at; i < sql.length - 1; i++) {
    if (sql[i] === '*' && sql[i + 1] === '/') {
      i++
      if (--depth === 0) return i + 1
    } else if (sql[i] === '/' && sql[i + 1] === '*' && (nested || depth === 0)) {
      i++
      depth++
    }
  }
  return sql.length
}

function dollarQuoteEnd(sql: string, at: number): number {
  const tag = /^\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/.exec(sql.slice(at, at + 70))?.[0]
  if (tag === undefined || /[\w$]/.test(sql[at - 1] ?? '')) return at + 1
  const end = sql.indexOf(tag, at + tag.length)
  return end < 0 ? sql.length : end + tag.length
}
