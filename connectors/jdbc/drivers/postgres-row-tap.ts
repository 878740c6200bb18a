import type { Client } from 'pg'
import { int32 } from './postgres-rows.ts'

const DATA_ROW = 68
/** Of a message: a byte that says what it is, and the length of what follows, its own four bytes included. */
const HEADER_BYTES = 5

/** Whose rows come. */
export interface RowReceiver {
  /** The content of a DataRow begins at `at`, where the count of its columns stands; the buffer is not kept. */
  row(data: Buffer, at: number, bytes: number): void
}

interface Source {
  on(event: string, listener: (data: Buffer) => void): unknown
}

type Forward = (data: Buffer) => void

/**
 * Stands between a socket and `pg`: takes out the rows of a result that somebody reads, so that no message and no text
 * is made of each of their values, and hands everything else on, in whole messages.
 */
export class RowTap {
  /** Null while `pg` itself is given the rows. */
  receiver: RowReceiver | null = null
  /** Of a message that has not come whole. */
  #parts: Buffer[] = []
  #held = 0

  /** To be called before the client connects. */
  constructor(client: Client) {
    const { connection } = client as unknown as { connection: { attachListeners(stream: Source): void } }
    const attach = connection.attachListeners
    connection.attachListeners = stream =>
      attach.call(connection, {
        on: (event, listener) =>
          stream.on(event, event === 'data' ? data => this.take(data, listener) : listener),
      })
  }

  take(chunk: Buffer, forward: Forward): void {
    let at = 0
    if (this.#held > 0) {
      at = this.#complete(chunk, forward)
      if (at < 0) return
    }
    const end = chunk.length
    let from = at
    while (end - at >= HEADER_BYTES) {
      const next = at + 1 + int32(chunk, at + 1)
      if (next > end) break
      if (this.receiver !== null && chunk[at] === DATA_ROW) {
        // What came before it may be the end of its receiver's turn, or the begin.
        if (from < at) forward(chunk.subarray(from, at))
        this.receiver?.row(chunk, at + HEADER_BYTES, next - at)
        from = next
      }
      at = next
    }
    if (from < at) forward(chunk.subarray(from, at))
    if (at < end) this.#hold(chunk.subarray(at))
  }

  /** Where the rest of the chunk begins; negative when all of it belongs to one message, still without its end. */
  #complete(chunk: Buffer, forward: Forward): number {
    let taken = 0
    if (this.#held < HEADER_BYTES) {
      taken = Math.min(HEADER_BYTES - this.#held, chunk.length)
      this.#hold(chunk.subarray(0, taken))
      if (this.#held < HEADER_BYTES) return -1
      // The header in one piece.
      this.#parts = [Buffer.concat(this.#parts)]
    }
    const missing = 1 + int32(this.#parts[0]!, 1) - this.#held
    if (chunk.length - taken < missing) {
      this.#hold(chunk.subarray(taken))
      return -1
    }
    const message = Buffer.concat([...this.#parts, chunk.subarray(taken, taken + missing)])
    this.#parts = []
    this.#held = 0
    if (this.receiver !== null && message[0] === DATA_ROW) {
      this.receiver.row(message, HEADER_BYTES, message.length)
    } else {
      forward(message)
    }
    return taken + missing
  }

  #hold(part: Buffer): void {
    if (part.length === 0) return
    // A copy: what is held of a chunk is mostly a small part of it.
    this.#parts.push(Buffer.from(part))
    this.#held += part.length
  }
}
