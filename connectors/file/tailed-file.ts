import type { BigIntStats } from 'node:fs'
import { constants, type FileHandle, open, stat } from 'node:fs/promises'

const LF = 10
const CR = 13
/** Nothing that a pipe or a device keeps waiting may hold a thread: there are few, and all files share them. */
const READ_WITHOUT_WAITING = constants.O_RDONLY | constants.O_NONBLOCK

/** What has become of a file whose end was reached. */
export type AtEnd = 'same' | 'truncated' | 'replaced'

/** One open file that is read to its end and beyond, as it grows. */
export class TailedFile {
  readonly path: string
  /** False for a pipe or a device, which has no size and is not replaced. */
  readonly regular: boolean
  /** How many bytes have been read, the skipped ones included. */
  offset: number
  readonly #handle: FileHandle
  readonly #inode: bigint
  readonly #device: bigint

  private constructor(
    path: string,
    handle: FileHandle,
    info: { ino: bigint; dev: bigint; regular: boolean },
  ) {
    this.path = path
    this.regular = info.regular
    this.offset = 0
    this.#handle = handle
    this.#inode = info.ino
    this.#device = info.dev
  }

  /** Null when there is no such file; other errors are the system's. */
  static async open(path: string): Promise<{ file: TailedFile; size: number } | null> {
    let handle: FileHandle
    try {
      handle = await open(path, READ_WITHOUT_WAITING)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null
      throw error
    }
    try {
      const info = await handle.stat({ bigint: true })
      if (info.isDirectory())
        throw Object.assign(new Error(`EISDIR: ${path} is a directory`), { code: 'EISDIR' })
      const file = new TailedFile(path, handle, { ino: info.ino, dev: info.dev, regular: info.isFile() })
      return { file, size: Number(info.size) }
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** Reads on; 0 at the end for now, or when a pipe has no writer or its writer is silent. */
  async read(into: Uint8Array): Promise<number> {
    try {
      const { bytesRead } = await this.#handle.read(into, 0, into.length, this.regular ? this.offset : null)
      this.offset += bytesRead
      return bytesRead
    } catch (error) {
      if (codeOf(error) === 'EAGAIN') return 0
      throw error
    }
  }

  /** True when a line may start at `position`: it is 0, or a line end lies before it. */
  async startsLine(position: number): Promise<boolean> {
    if (position === 0) return true
    const { bytesRead, buffer } = await this.#handle.read(Buffer.alloc(1), 0, 1, position - 1)
    return bytesRead === 1 && (buffer[0] === LF || buffer[0] === CR)
  }

  /** Called when `read` gave 0. */
  async atEnd(): Promise<AtEnd> {
    if (!this.regular) return 'same'
    if ((await this.#handle.stat()).size < this.offset) return 'truncated'
    const there = await this.#there()
    // Renamed or deleted, and no new one yet: what is open is still the file.
    return there === null || this.#is(there) ? 'same' : 'replaced'
  }

  /** True if it has its name still and ends where it has been read to: one look, where reading on takes three. */
  async unchanged(): Promise<boolean> {
    if (!this.regular) return false
    const there = await this.#there()
    return there !== null && this.#is(there) && Number(there.size) === this.offset
  }

  /** What has its name now; null for nothing. */
  async #there(): Promise<BigIntStats | null> {
    try {
      return await stat(this.path, { bigint: true })
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null
      throw error
    }
  }

  #is(other: BigIntStats): boolean {
    return other.ino === this.#inode && other.dev === this.#device
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | null)?.code
}
