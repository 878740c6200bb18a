/** Java: org.apache.kafka.connect.data.Values.Parser */

/** What Java's `String.trim` strips: everything up to U+0020. */
export function trim(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && text.charCodeAt(start) <= 0x20) start++
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--
  return text.slice(start, end)
}

export function isBlank(text: string): boolean {
  return /^[\s\x1c-\x1f]*$/.test(text.replace(/[\u00a0\u2007\u202f\ufeff]/g, 'x'))
}

const DELIMITERS = ':,{}[]"'

/**
 * Cuts a text into delimiters (`: , { } [ ] "`) and what is between them. A backslash keeps the next delimiter
 * from being one, and stays in the token.
 */
export class Tokenizer {
  private index = 0
  private nextToken: string | null = null
  /** The token that `next` gave last. */
  previous: string | null = null

  constructor(readonly original: string) {}

  get hasNext(): boolean {
    return this.nextToken !== null || this.hasText
  }

  /** Where the next token begins. */
  mark(): number {
    return this.index - (this.nextToken?.length ?? 0)
  }

  rewindTo(position: number): void {
    this.index = position
    this.nextToken = null
    this.previous = null
  }

  next(): string {
    this.previous = this.nextToken ?? this.consume()
    this.nextToken = null
    return this.previous
  }

  /** The text of the next `count` tokens; null when there are fewer. */
  nextTokens(count: number): string | null {
    const start = this.mark()
    for (let i = 0; i < count; i++) {
      if (!this.hasNext) return null
      this.next()
    }
    return this.original.slice(start, this.index)
  }

  /** Passes the next token if it is the expected one, blanks around it left out of account. */
  canConsume(expected: string): boolean {
    return this.passes(expected, true)
  }

  /** As `canConsume`, but the token itself may have no blanks around; tokens of blanks only are lost, as in Java. */
  canConsumeExactly(expected: string): boolean {
    return this.passes(expected, false)
  }

  private get hasText(): boolean {
    return this.index < this.original.length
  }

  private passes(expected: string, trimmed: boolean): boolean {
    if (this.nextToken === null) {
      if (!this.hasNext) return false
      this.nextToken = this.consume()
    }
    while (isBlank(this.nextToken) && this.hasText) this.nextToken = this.consume()
    if ((trimmed ? trim(this.nextToken) : this.nextToken) !== expected) return false
    this.nextToken = null
    return true
  }

  private consume(): string {
    const start = this.index
    let escaped = false
    for (; this.hasText; this.index++) {
      const c = this.original[this.index]!
      if (c === '\\') {
        escaped = !escaped
      } else if (!escaped && DELIMITERS.includes(c)) {
        if (this.index === start) this.index++
        return this.original.slice(start, this.index)
      } else {
        escaped = false
      }
    }
    return this.original.slice(start, this.index)
  }
}
