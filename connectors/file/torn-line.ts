import { type FileHandle, readFile, unlink } from 'node:fs/promises'
import type { Logger } from '#bunnect'
import { replaceDurably, syncFolderOf } from './durable.ts'

const LF = 10
/** A longer piece without an end is left where it is, with an end. */
const LONGEST = 1024 * 1024
/** After so many flushes of new lines whatever was being written at the time of a crash has come again. */
const FLUSHES = 10

/**
 * Pieces without a line end that a crash left at the end of the file: the beginnings of lines, which come again
 * because their offsets were not committed. They are kept in a file beside, `<file>.torn`, until that shows:
 * dropped when a line that begins with them is on the disk, else put back as lines of their own. So at every
 * moment their bytes are on the disk. The file beside, mostly empty, is there from the opening of the file to its
 * orderly closing: where it is missing, no write of ours was cut off, and a last line without an end is somebody
 * else's.
 */
export class TornLine {
  readonly #beside: string
  readonly #log: Logger
  #pieces: Buffer[]
  #flushes = 0
  #written = false
  /** The file beside holds pieces that are of no use once what was written is on the disk. */
  #outdated = false

  private constructor(beside: string, pieces: Buffer[], log: Logger) {
    this.#beside = beside
    this.#pieces = pieces
    this.#log = log
  }

  /** Makes the file end with a line end (or be empty). Null when no file can be written beside. */
  static async mend(path: string, handle: FileHandle, log: Logger): Promise<TornLine | null> {
    const beside = `${path}.torn`
    const found = await kept(beside)
    const pieces = found ?? []
    const { size } = await handle.stat()
    const tail = await lastPiece(handle, size)
    if (tail === null || tail.length > 0) {
      if (found !== null && tail !== null && (await setAside(beside, pieces, tail, log))) {
        log.info(
          `The last line of ${path} was cut off; it is kept in ${beside} until its whole line has come`,
        )
        await handle.truncate(size - tail.length)
      } else {
        log.warn(`The last line of ${path} has no line end; one is added`)
        await handle.write('\n')
        // Before the file beside says that what has no end is ours.
        await handle.datasync()
      }
    }
    if (found === null && !(await written(beside, [], log))) return null
    return new TornLine(beside, pieces, log)
  }

  get pending(): boolean {
    return this.#pieces.length > 0
  }

  /** Lines, each with its end, are about to be written: what one of them begins with is not needed any more. */
  compare(lines: Buffer): void {
    this.#written = true
    const left = this.#pieces.filter(piece => !beginsLine(lines, piece))
    if (left.length === this.#pieces.length) return
    this.#log.info('A line that was cut off is written whole')
    this.#pieces = left
    this.#outdated = true
  }

  /** Called at each flush: what to write before it, once no cut-off line can be on its way any more. */
  flushing(): Uint8Array | null {
    if (!this.#written) return null
    this.#written = false
    return ++this.#flushes >= FLUSHES ? this.restore() : null
  }

  /** The pieces that are left, as lines. */
  restore(): Uint8Array | null {
    if (this.#pieces.length === 0) return null
    const lines = joined(this.#pieces)
    this.#pieces = []
    this.#outdated = true
    return lines
  }

  /**
   * Everything written is on the disk. A piece that stayed beside after its line was acknowledged would become a
   * line after the next crash.
   */
  async settle(): Promise<void> {
    if (!this.#outdated) return
    await replaceDurably(this.#beside, joined(this.#pieces))
    this.#outdated = false
  }

  /** Nothing is written any more. Leaves the file beside when pieces or a cut-off write need it at the next start. */
  async close(handle: FileHandle): Promise<void> {
    if (this.#pieces.length > 0 || !(await endsWhole(handle))) return
    // Without the file beside, what a power loss would leave of a line would count as somebody else's.
    await handle.datasync()
    if (await unlink(this.#beside).then(() => true, ignoreMissing)) await syncFolderOf(this.#beside)
  }
}

/** True when one of the lines begins with the piece. */
function beginsLine(lines: Buffer, piece: Buffer): boolean {
  return (
    lines.subarray(0, piece.length).equals(piece) || lines.includes(Buffer.concat([Buffer.of(LF), piece]))
  )
}

/** Null when there is no file beside. */
async function kept(beside: string): Promise<Buffer[] | null> {
  const bytes = await readFile(beside).catch(ignoreMissing)
  if (bytes === null) return null
  const pieces: Buffer[] = []
  for (let from = 0; from < bytes.length; ) {
    const at = bytes.indexOf(LF, from)
    const to = at < 0 ? bytes.length : at
    if (to > from) pieces.push(bytes.subarray(from, to))
    from = to + 1
  }
  return pieces
}

function ignoreMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}

/** The bytes after the last line end, or null when they are too many. */
async function lastPiece(handle: FileHandle, size: number): Promise<Buffer | null> {
  const length = Math.min(size, LONGEST + 1)
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length)
  const at = buffer.lastIndexOf(LF)
  return at < 0 && size > LONGEST ? null : buffer.subarray(at + 1)
}

async function endsWhole(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat()
  if (size === 0) return true
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0] === LF
}

/** Adds the piece to the others and to the file beside; false when that cannot be written. */
async function setAside(beside: string, pieces: Buffer[], piece: Buffer, log: Logger): Promise<boolean> {
  // A crash came after it was set aside and before it was cut from the file.
  if (pieces.some(other => other.equals(piece))) return true
  if (!(await written(beside, [...pieces, piece], log))) return false
  pieces.push(piece)
  return true
}

async function written(beside: string, pieces: readonly Buffer[], log: Logger): Promise<boolean> {
  try {
    await replaceDurably(beside, joined(pieces))
    return true
  } catch (error) {
    log.warn(
      `Cannot write ${beside}: ${(error as Error).message}. A line that a crash cuts off stays in the file, with a line end`,
    )
    return false
  }
}

function joined(pieces: readonly Uint8Array[]): Buffer {
  return Buffer.concat(pieces.flatMap(piece => [piece, Buffer.of(LF)]))
}
