/** Character classes of Java's expressions as bodies of JavaScript classes (flag `v`). */
export const LINE_END = '\\n\\r\\u0085\\u2028\\u2029'
const SPACE = ' \\t\\n\\x0b\\f\\r'
const HORIZONTAL = ' \\t\\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000'
export const VERTICAL = `\\x0b\\f${LINE_END}`
/** Bodies of a class, by the letter after the backslash. */
export const SHORTHAND: Readonly<Record<string, string>> = {
  s: SPACE,
  h: HORIZONTAL,
  v: VERTICAL,
  d: '0-9',
  w: '0-9A-Z_a-z',
}
export const POSIX: Readonly<Record<string, string>> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\x00-\\x7f',
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Alnum: '0-9A-Za-z',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Graph: '!-~',
  Print: ' -~',
  Blank: ' \\t',
  Cntrl: '\\x00-\\x1f\\x7f',
  XDigit: '0-9A-Fa-f',
  Space: SPACE,
  javaLowerCase: '\\p{Lowercase}',
  javaUpperCase: '\\p{Uppercase}',
  javaWhitespace: '\\p{White_Space}',
}
export const CONTROL: Readonly<Record<string, string>> = {
  a: '\\x07',
  e: '\\x1b',
  t: '\\t',
  n: '\\n',
  r: '\\r',
  f: '\\f',
}

/** The character itself, wherever it stands. */
export function literal(char: string): string {
  return /[\^$\\.*+?()[\]{}|/\-&!#%,:;<=>@`~]/.test(char) ? `\\u{${char.codePointAt(0)!.toString(16)}}` : char
}
