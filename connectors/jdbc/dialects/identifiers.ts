import { ConnectException } from '#bunnect'

/** In quotes, those within it doubled. */
export function inQuotes(identifier: string, quote: string): string {
  return quote + identifier.replaceAll(quote, quote + quote) + quote
}

/**
 * The parts of `a.b.c`, each in quotes or not; what `[` begins ends with `]`. Java: io.confluent.connect.jdbc.util.IdentifierRules
 * @throws ConnectException for one that does not end its quotes, or has an empty part
 */
export function identifierParts(text: string, quotes: string): string[] {
  const parts: string[] = []
  let at = 0
  for (;;) {
    const quote = text[at] ?? ''
    let part = ''
    if (quote !== '' && quotes.includes(quote)) {
      const end = quote === '[' ? ']' : quote
      for (at++; ; at++) {
        if (at >= text.length) throw new ConnectException(`The name ${text} does not end its quotes`)
        if (text[at] !== end) part += text[at]
        else if (text[at + 1] === end) part += text[at++]
        else break
      }
      at++
    } else {
      const end = text.indexOf('.', at)
      part = text.slice(at, end < 0 ? text.length : end)
      at += part.length
    }
    if (part === '') throw new ConnectException(`The name ${text} has an empty part`)
    parts.push(part)
    if (at >= text.length) return parts
    if (text[at] !== '.') throw new ConnectException(`The name ${text} has text behind its quotes`)
    at++
  }
}
