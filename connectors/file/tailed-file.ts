import { type FileHandle, open, stat } from 'node:fs/promises'

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
      handle = await open(path, 'r')
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

  /** Reads on; 0 at the end for now. */
  async read(into: Uint8Array): Promise<number> {
    const { bytesRead } = await this.#handle.read(into, 0, into.length, this.regular ? this.offset : null)
    this.offset += bytesRead
    return bytesRead
  }

  /** Called when `read` gave 0. */
  async atEnd(): Promise<AtEnd> {
    if (!this.regular) return 'same'
    if ((await this.#handle.stat()).size < this.offset) return 'truncated'
    try {
      const there = await stat(this.path, { bigint: true })
      return there.ino === this.#inode && there.dev === this.#device ? 'same' : 'replaced'
    } catch (error) {
      // Renamed or deleted, and no new one yet: what is open is still the file.
      if (codeOf(error) === 'ENOENT') return 'same'
      throw error
    }
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

export function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | null)?.code
}
