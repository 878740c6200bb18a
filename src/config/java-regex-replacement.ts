/** Replacement texts of Java's expressions: `$1`, `${name}` and `\` before what stands for itself. */
import { IllegalArgumentException, IndexOutOfBoundsException } from '../data/java-errors.ts'

/** A text, the number or the name of a group, or what Java throws when it comes to this place. */
type Part = string | number | { group: string } | Error

/**
 * What a match of `regex` is replaced by. As in Java a faulty text is found out by the first match.
 * Java: java.util.regex.Matcher.appendReplacement
 * @returns a function that throws IllegalArgumentException or IndexOutOfBoundsException with Java's texts
 */
export function javaReplacement(regex: RegExp, replacement: string): (match: RegExpExecArray) => string {
  const parts = partsOf(replacement, groupsOf(regex))
  return match => {
    let text = ''
    for (const part of parts) {
      if (part instanceof Error) throw part
      if (typeof part === 'string') text += part
      else text += (typeof part === 'number' ? match[part] : match.groups![part.group]) ?? ''
    }
    return text
  }
}

interface Groups {
  count: number
  names: readonly string[]
}

function groupsOf(regex: RegExp): Groups {
  // A form that matches everything shows its groups.
  const match = new RegExp(`(?:${regex.source})|`, regex.flags).exec('')!
  return { count: match.length - 1, names: Object.keys(match.groups ?? {}) }
}

function partsOf(replacement: string, groups: Groups): Part[] {
  const parts: Part[] = []
  let at = 0
  while (at < replacement.length) {
    const rest = replacement.slice(at)
    const plain = /^[^\\$]+/.exec(rest)
    if (plain) {
      parts.push(plain[0])
      at += plain[0].length
    } else if (rest[0] === '\\') {
      parts.push(rest[1] ?? new IllegalArgumentException('character to be escaped is missing'))
      at += 2
    } else {
      const { part, length } = rest[1] === '{' ? namedGroup(rest, groups) : numberedGroup(rest, groups)
      parts.push(part)
      at += length
    }
  }
  return parts
}

function namedGroup(rest: string, groups: Groups): { part: Part; length: number } {
  const name = /^\$\{([A-Za-z0-9]*)/.exec(rest)![1]!
  const length = name.length + 3
  const fault = (why: string) => ({ part: new IllegalArgumentException(why), length })
  if (name === '') return fault('named capturing group has 0 length name')
  if (rest[length - 1] !== '}') return fault("named capturing group is missing trailing '}'")
  if (/^\d/.test(name)) return fault(`capturing group name {${name}} starts with digit character`)
  return groups.names.includes(name)
    ? { part: { group: name }, length }
    : fault(`No group with name {${name}}`)
}

/** As many digits as still name a group; the first always does. */
function numberedGroup(rest: string, groups: Groups): { part: Part; length: number } {
  const digits = /^\$(\d*)/.exec(rest)![1]!
  if (digits === '') {
    const why = rest.length === 1 ? ': group index is missing' : ''
    return { part: new IllegalArgumentException(`Illegal group reference${why}`), length: 2 }
  }
  let length = 1
  while (length < digits.length && Number(digits.slice(0, length + 1)) <= groups.count) length++
  const group = Number(digits.slice(0, length))
  const part = group <= groups.count ? group : new IndexOutOfBoundsException(`No group ${group}`)
  return { part, length: length + 1 }
}
