/** Buffers are kept in steps of this size; smaller ones are not worth keeping. */
const STEP = 64 << 10
const KEPT_BYTES = 8 << 20

/**
 * Memory for blobs on their way into the log, used again and again: new memory for each would cost a page fault
 * every 4 KB, and the garbage collector would let tens of megabytes gather.
 */
export class BlobPool {
  readonly #free = new Map<number, ArrayBuffer[]>()
  #keptBytes = 0

  /** So many bytes of any content, at the start of their ArrayBuffer. */
  readonly take = (bytes: number): Uint8Array => {
    if (bytes < STEP / 4) return new Uint8Array(bytes)
    const size = Math.ceil(bytes / STEP) * STEP
    const buffer = this.#free.get(size)?.pop()
    if (buffer) this.#keptBytes -= size
    return new Uint8Array(buffer ?? Buffer.allocUnsafeSlow(size).buffer, 0, bytes)
  }

  /** Takes back what `take` gave; nobody may look at it any more. */
  give(blob: Uint8Array): void {
    const buffer = blob.buffer as ArrayBuffer
    const size = buffer.byteLength
    if (size % STEP !== 0 || this.#keptBytes + size > KEPT_BYTES) return
    this.#keptBytes += size
    const same = this.#free.get(size)
    if (same) same.push(buffer)
    else this.#free.set(size, [buffer])
  }
}
