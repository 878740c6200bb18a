/** Java: java.text.SimpleDateFormat.compile */
import { IllegalArgumentException } from '../java-errors.ts'

export type Letter =
  | 'G'
  | 'y'
  | 'M'
  | 'd'
  | 'k'
  | 'H'
  | 'm'
  | 's'
  | 'S'
  | 'E'
  | 'D'
  | 'F'
  | 'w'
  | 'W'
  | 'a'
  | 'h'
  | 'K'
  | 'z'
  | 'Z'
  | 'Y'
  | 'u'
  | 'X'
  | 'L'
const LETTERS = 'GyMdkHmsSEDFwWahKzZYuXL'

/** Text that stands as it is, or a letter with how often it was repeated. */
export type Part = { readonly text: string } | { readonly letter: Letter; readonly count: number }

/** @throws IllegalArgumentException with Java's text */
export function parsePattern(pattern: string): Part[] {
  const parts: Part[] = []
  let text = ''
  const endText = (): void => {
    if (text !== '') parts.push({ text })
    text = ''
  }
  let at = 0
  while (at < pattern.length) {
    const char = pattern[at]!
    if (char === "'") {
      const { content, end } = quoted(pattern, at)
      text += content
      at = end
    } else if (/[A-Za-z]/.test(char)) {
      if (!LETTERS.includes(char)) throw new IllegalArgumentException(`Illegal pattern character '${char}'`)
      endText()
      let end = at + 1
      while (pattern[end] === char) end++
      if (char === 'X' && end - at > 3)
        throw new IllegalArgumentException(`invalid ISO 8601 format: length=${end - at}`)
      parts.push({ letter: char as Letter, count: end - at })
      at = end
    } else {
      text += char
      at++
    }
  }
  endText()
  return parts
}

/** What the quotes at `start` hold; two quotes stand for one, inside and outside. */
function quoted(pattern: string, start: number): { content: string; end: number } {
  if (pattern[start + 1] === "'") return { content: "'", end: start + 2 }
  let content = ''
  for (let at = start + 1; at < pattern.length; at++) {
    if (pattern[at] !== "'") content += pattern[at]
    else if (pattern[at + 1] === "'") {
      content += "'"
      at++
    } else return { content, end: at + 1 }
  }
  throw new IllegalArgumentException('Unterminated quote')
}
