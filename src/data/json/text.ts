/** JSON text byte for byte as Jackson writes it. Java: com.fasterxml.jackson.core.json.UTF8JsonGenerator */

const QUOTE = 0x22
const BACKSLASH = 0x5c

const NEEDS_ESCAPE = /[\0-\x1f"\\\ud800-\udfff]/

/**
 * A string with its quotes: the short escapes for the usual controls, upper-case hexadecimal for the others,
 * and for every surrogate, paired or not; anything else as it is.
 */
export function quoted(text: string): string {
  return NEEDS_ESCAPE.test(text) ? escaped(text) : `"${text}"`
}

function escaped(text: string): string {
  let out = '"'
  let plain = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c >= 0x20 && c !== QUOTE && c !== BACKSLASH && (c < 0xd800 || c > 0xdfff)) continue
    out += text.slice(plain, i) + escapeOf(c)
    plain = i + 1
  }
  return `${out}${text.slice(plain)}"`
}

const SHORT: Readonly<Record<number, string>> = {
  8: '\\b',
  9: '\\t',
  10: '\\n',
  12: '\\f',
  13: '\\r',
  [QUOTE]: '\\"',
  [BACKSLASH]: '\\\\',
}

function escapeOf(code: number): string {
  return SHORT[code] ?? `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`
}
