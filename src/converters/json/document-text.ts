/** A text keeps all the characters alive that it is cut from: at most so many, or so many times its own. */
const MAX_KEPT = 4096
const MOST_TIMES = 16

/**
 * Texts cut from a document. A sink task that keeps a small text of every record must not keep large records, so
 * those of a large document are cut from copies of its parts.
 */
export class DocumentText {
  #document = ''
  #part = ''
  #from = 0
  #to = 0

  open(document: string): void {
    this.#document = document
    this.#from = this.#to = 0
  }

  /** Characters `from` to `to`, which start and end between characters beyond 16 bits, never within one. */
  cut(from: number, to: number): string {
    const document = this.#document
    if (document.length <= MAX_KEPT || (to - from) * MOST_TIMES >= document.length)
      return document.slice(from, to)
    if (from < this.#from || to > this.#to) this.#copy(from, to)
    return this.#part.slice(from - this.#from, to - this.#from)
  }

  #copy(from: number, to: number): void {
    const document = this.#document
    let end = Math.max(to, Math.min(from + MAX_KEPT, document.length))
    if ((document.charCodeAt(end - 1) & 0xfc00) === 0xd800) end-- // no text ends there
    this.#part = Buffer.from(document.slice(from, end)).toString()
    this.#from = from
    this.#to = end
  }
}
