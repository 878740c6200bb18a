/**
 * Java regular expressions as JavaScript's, meaning kept: classes are ASCII, `$` matches before a last line
 * end, POSIX and `\h` classes, `\Q…\E`, inline flags, class unions and intersections. What JavaScript has no
 * counterpart for (possessive quantifiers, atomic groups, `\G`, Unicode blocks) is refused by name.
 * Java: java.util.regex.Pattern
 */

import { CONTROL, LINE_END, literal, POSIX, SHORTHAND, VERTICAL } from './java-regex-classes.ts'

export class JavaRegexError extends Error {}

/** `whole`: as Matcher.matches(), else as find(). Throws JavaRegexError. */
export function javaRegex(pattern: string, options: { whole?: boolean } = {}): RegExp {
  const source = new Translator(pattern).run()
  try {
    return new RegExp(options.whole ? `^(?:${source})(?![\\s\\S])` : source, 'v')
  } catch (error) {
    throw new JavaRegexError(`${(error as Error).message}\n${pattern}`, { cause: error })
  }
}

class Translator {
  #at = 0
  #dotAll = false
  #multiline = false

  constructor(readonly pattern: string) {}

  run(): string {
    const out = this.#sequence()
    if (this.#at < this.pattern.length) this.#fail("Unmatched closing ')'")
    return out
  }

  /** Up to the end or a closing bracket. A flag group in the middle holds to the end of the enclosing one. */
  #sequence(): string {
    const flags = [this.#dotAll, this.#multiline] as const
    let out = ''
    let opened = ''
    while (this.#at < this.pattern.length && this.#peek() !== ')') {
      const flagGroup = /^\(\?([imsudxU]*)(?:-([imsudxU]+))?\)/.exec(this.#rest())
      if (flagGroup) {
        this.#at += flagGroup[0].length
        const ignoreCase = this.#flags(flagGroup[1]!, flagGroup[2] ?? '')
        if (ignoreCase !== '') {
          out += `(?${ignoreCase}:`
          opened += `(?${ignoreCase}:`
        }
      } else if (this.#peek() === '|') {
        // The flag goes on into the next alternative but must not join it to this one: a(?i)b|c.
        this.#at++
        out += `${closing(opened)}|${opened}`
      } else out += this.#atom(out === opened || out.endsWith('|'))
    }
    ;[this.#dotAll, this.#multiline] = flags
    return out + closing(opened)
  }

  #atom(isFirst: boolean): string {
    const char = this.#take()
    switch (char) {
      case '(':
        return this.#group()
      case '[':
        return this.#class()
      case '\\':
        return this.#escape()
      case '.':
        return this.#dotAll ? '[\\s\\S]' : `[^${LINE_END}]`
      case '^':
        return this.#multiline ? `(?<![^${LINE_END}])` : '(?<![\\s\\S])'
      case '$':
        return this.#multiline ? `(?![^${LINE_END}])` : `(?=(?:\\r\\n|[${LINE_END}])?(?![\\s\\S]))`
      case '*':
      case '+':
      case '?':
        if (isFirst) this.#fail(`Dangling meta character '${char}'`)
        return this.#quantifier(char)
      case '{': {
        const counted = /^(\d+)(?:,(\d*))?(\})?/.exec(this.#rest())
        if (!counted) return this.#fail('Illegal repetition', this.#at)
        this.#at += counted[0].length
        if (counted[3] === undefined) return this.#fail('Unclosed counted closure', this.#at)
        if (counted[2] && Number(counted[2]) < Number(counted[1])) this.#fail('Illegal repetition range')
        return this.#quantifier(`{${counted[0]}`)
      }
      default:
        return literal(char)
    }
  }

  #quantifier(text: string): string {
    if (this.#peek() === '+') this.#fail(`Possessive quantifier ${text}+ is not supported`)
    const taken = this.#peek() === '?' ? text + this.#take() : text
    const next = this.#peek() ?? ''
    if (next !== '' && '*+?'.includes(next)) this.#fail(`Dangling meta character '${next}'`, this.#at)
    return taken
  }

  #group(): string {
    let open = '('
    const special = /^\?(?:<([A-Za-z][A-Za-z0-9]*)>|<=|<!|[=!:>]|([imsudxU]*)(?:-([imsudxU]+))?:)/.exec(
      this.#rest(),
    )
    const flags = [this.#dotAll, this.#multiline] as const
    if (special) {
      this.#at += special[0].length
      if (special[0] === '?>') this.#fail('Atomic group (?> is not supported')
      open += special[0]
      if (special[2] !== undefined) open = `(?${this.#flags(special[2], special[3] ?? '')}:`
    } else if (this.#peek() === '?') this.#failGroup()
    const body = this.#sequence()
    if (this.#peek() !== ')') this.#fail('Unclosed group', this.#at)
    this.#at++
    ;[this.#dotAll, this.#multiline] = flags
    return `${open}${body})`
  }

  #failGroup(): never {
    const name = /^\?<([A-Za-z][A-Za-z0-9]*)?/.exec(this.#rest())
    if (!name) return this.#fail('Unknown inline modifier', this.#at + 1)
    const index = this.#at + name[0].length
    return name[1] === undefined
      ? this.#fail('capturing group name does not start with a Latin letter', index)
      : this.#fail("named capturing group is missing trailing '>'", index)
  }

  /** Takes note of the flags; returns the ones that JavaScript has to be told (`i`, `-i` or nothing). */
  #flags(on: string, off: string): string {
    const unknown = /[xdU]/.exec(on)
    if (unknown) this.#fail(`Inline flag (?${unknown[0]}) is not supported`)
    if (on.includes('s')) this.#dotAll = true
    if (off.includes('s')) this.#dotAll = false
    if (on.includes('m')) this.#multiline = true
    if (off.includes('m')) this.#multiline = false
    return on.includes('i') ? 'i' : off.includes('i') ? '-i' : ''
  }

  #escape(): string {
    const rest = this.#rest()
    if (rest === '') this.#fail('Unexpected internal error', this.#at)
    const quoted = /^Q([\s\S]*?)(?:\\E|$)/.exec(rest)
    if (quoted) {
      this.#at += quoted[0].length
      return [...quoted[1]!].map(literal).join('')
    }
    const reference = /^(?:[1-9]\d*|k<[A-Za-z][A-Za-z0-9]*>)/.exec(rest)
    if (reference) {
      this.#at += reference[0].length
      return `\\${reference[0]}`
    }
    const fixed: Readonly<Record<string, string>> = {
      A: '(?<![\\s\\S])',
      z: '(?![\\s\\S])',
      Z: `(?=(?:\\r\\n|[${LINE_END}])?(?![\\s\\S]))`,
      R: `(?:\\r\\n|[${VERTICAL}])`,
      b: '\\b',
      B: '\\B',
    }
    const found = fixed[rest[0]!]
    if (found !== undefined) {
      this.#at++
      return found
    }
    return this.#classEscape(
      body => `[${body}]`,
      body => `[^${body}]`,
    )
  }

  /** An escape that may stand inside a class as well. */
  #classEscape(plain: (body: string) => string, negated: (body: string) => string): string {
    const rest = this.#rest()
    const property = /^([pP])(?:\{(\^?)([^}]*)\}|(.))/u.exec(rest)
    if (property) {
      this.#at += property[0].length
      const isNegated = (property[1] === 'P') !== (property[2] === '^')
      return (isNegated ? negated : plain)(this.#property(property[3] ?? property[4]!))
    }
    const code =
      /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|x\{([0-9a-fA-F]+)\}|0([0-3]?[0-7]{1,2})|c(.))/u.exec(rest)
    if (code) {
      this.#at += code[0].length
      const value =
        code[5] !== undefined
          ? code[5].codePointAt(0)! ^ 64
          : Number.parseInt(code[1] ?? code[2] ?? code[3] ?? code[4]!, code[4] === undefined ? 16 : 8)
      return `\\u{${value.toString(16)}}`
    }
    const char = this.#take()
    const lower = char.toLowerCase()
    const body = SHORTHAND[lower]
    if (body !== undefined) return (char === lower ? plain : negated)(body)
    const control = CONTROL[char]
    if (control !== undefined) return control
    if (/[A-Za-z]/.test(char)) this.#failEscape(char)
    return literal(char)
  }

  #failEscape(char: string): never {
    const unfinished: Readonly<Record<string, string>> = { x: 'hexadecimal', u: 'Unicode', c: 'control' }
    const kind = unfinished[char]
    if (kind === undefined) return this.#fail('Illegal/unsupported escape sequence')
    return this.#fail(`Illegal ${kind} escape sequence`, char === 'c' ? this.#at - 1 : this.#at)
  }

  #property(name: string): string {
    const posix = POSIX[name]
    if (posix !== undefined) return posix
    if (/^In|^(?:blk|block)=/.test(name)) this.#fail(`Unicode block {${name}} is not supported`)
    const script = /^(?:sc|script)=(.*)$/.exec(name)?.[1]
    const bare = script ?? name.replace(/^(?:Is|gc=|general_category=)/, '')
    const candidates = script === undefined ? [bare, `Script=${bare}`] : [`Script=${script}`]
    for (const candidate of candidates) {
      try {
        new RegExp(`\\p{${candidate}}`, 'v')
        return `\\p{${candidate}}`
      } catch {
        // The next spelling may be the one that JavaScript knows.
      }
    }
    return this.#fail(`Unknown character property name {${name}}`)
  }

  /** After `[`. Each operand of `&&` becomes a class of its own. */
  #class(): string {
    const negated = this.#peek() === '^'
    if (negated) this.#at++
    const operands: string[] = []
    let body = ''
    let before = ''
    let rangeFrom = ''
    for (let first = true; ; first = false) {
      if (this.#at >= this.pattern.length) this.#fail('Unclosed character class')
      if (this.#rest().startsWith('&&')) {
        this.#at += 2
        operands.push(body)
        body = ''
        continue
      }
      const char = this.#take()
      if (char === ']' && !(first && body === '')) break
      if (char === '[') body += this.#class()
      else if (char === '\\') {
        const quoted = /^Q([\s\S]*?)(?:\\E|$)/.exec(this.#rest())
        if (quoted) {
          this.#at += quoted[0].length
          body += [...quoted[1]!].map(literal).join('')
        } else
          body += this.#classEscape(
            inner => (inner.startsWith('\\p') ? inner : `[${inner}]`),
            inner => `[^${inner}]`,
          )
      } else if (char === '-') {
        const isRange = body !== '' && this.#peek() !== ']' && this.#peek() !== '[' && !body.endsWith(']')
        body += isRange ? '-' : '\\-'
        rangeFrom = isRange ? before : ''
        continue
      } else {
        if (rangeFrom !== '' && char.codePointAt(0)! < rangeFrom.codePointAt(0)!)
          this.#fail('Illegal character range')
        body += literal(char)
        before = char
        rangeFrom = ''
        continue
      }
      before = ''
      rangeFrom = ''
    }
    operands.push(body)
    const filled = operands.filter(operand => operand !== '')
    const inner = filled.length === 1 ? filled[0]! : filled.map(operand => `[${operand}]`).join('&&')
    return `[${negated ? '^' : ''}${inner}]`
  }

  #rest(): string {
    return this.pattern.slice(this.#at)
  }

  #peek(): string | undefined {
    return this.pattern[this.#at]
  }

  #take(): string {
    const char = String.fromCodePoint(this.pattern.codePointAt(this.#at)!)
    this.#at += char.length
    return char
  }

  /** Java: PatternSyntaxException.getMessage */
  #fail(why: string, index = Math.max(0, this.#at - 1)): never {
    const caret = index < this.pattern.length ? `\n${' '.repeat(index)}^` : ''
    throw new JavaRegexError(`${why} near index ${index}\n${this.pattern}${caret}`)
  }
}

function closing(opened: string): string {
  return ')'.repeat(opened.split('(').length - 1)
}
