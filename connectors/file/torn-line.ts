import { type FileHandle, open, readFile, unlink } from 'node:fs/promises'
import type { Logger } from '#bunnect'

const LF = 10
/** A longer piece without an end is left where it is, with an end. */
const LONGEST = 1024 * 1024
/** After so many flushes of new lines whatever was being written at the time of a crash has come again. */
const FLUSHES = 10

/**
 * Pieces without a line end that were found at the end of the file: the beginnings of lines that a crash cut off,
 * which come again because their offsets were not committed, or somebody else's last line. They are moved to a
 * file beside, `<file>.torn`, until that shows: dropped when a line that begins with them is written, else put
 * back as lines of their own. So at every moment their bytes are on the disk.
 */
export class TornLine {
  readonly #beside: string
  readonly #log: Logger
  #pieces: Piece[]
  #flushes = 0
  #written = false
  /** The file beside is of no use once what was written is on the disk. */
  #done = false

  private constructor(beside: string, pieces: readonly Buffer[], log: Logger) {
    this.#beside = beside
    this.#pieces = pieces.map(bytes => ({ bytes, text: wholeCharacters(bytes) }))
    this.#log = log
  }

  /** Makes the file end with a line end (or be empty). Null when there is nothing to remember. */
  static async mend(path: string, handle: FileHandle, log: Logger): Promise<TornLine | null> {
    const beside = `${path}.torn`
    const pieces = await kept(beside)
    const { size } = await handle.stat()
    const tail = await lastPiece(handle, size)
    if (tail === null) {
      log.warn(`${path} ends with more than ${LONGEST} bytes without a line end; one is added`)
      await handle.write('\n')
    } else if (tail.length > 0) {
      if (!pieces.some(piece => piece.equals(tail))) pieces.push(tail)
      if (await setAside(beside, pieces, log)) {
        log.info(
          `The last line of ${path} has no line end; it is kept in ${beside} until its whole line has come`,
        )
        await handle.truncate(size - tail.length)
      } else {
        pieces.pop()
        log.warn(`The last line of ${path} has no line end; one is added`)
        await handle.write('\n')
      }
    }
    return pieces.length > 0 ? new TornLine(beside, pieces, log) : null
  }

  get pending(): boolean {
    return this.#pieces.length > 0
  }

  /** Lines are about to be written: what is the beginning of one of them is not needed any more. */
  compare(values: readonly string[]): void {
    this.#written = true
    const left = this.#pieces.filter(piece => !values.some(value => contains(value, piece)))
    if (left.length === this.#pieces.length) return
    this.#log.info('A line that was cut off is written whole')
    this.#pieces = left
    this.#done = left.length === 0
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
    const lines = joined(this.#pieces.map(piece => piece.bytes))
    this.#pieces = []
    this.#done = true
    return lines
  }

  /** Everything written is on the disk. */
  async settle(): Promise<void> {
    if (!this.#done) return
    this.#done = false
    await unlink(this.#beside).catch(ignoreMissing)
  }
}

interface Piece {
  bytes: Buffer
  /** Its characters but for one that was cut off: a quick test. */
  text: string
}

/** True when one of the lines that a value makes begins with the piece. */
function contains(value: string, { bytes, text }: Piece): boolean {
  const lines = value.includes('\n') ? value.split('\n') : [value]
  return lines.some(
    line => line.startsWith(text) && Buffer.from(line, 'utf8').subarray(0, bytes.length).equals(bytes),
  )
}

function wholeCharacters(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/\uFFFD+$/, '')
}

async function kept(beside: string): Promise<Buffer[]> {
  const bytes = await readFile(beside).catch(ignoreMissing)
  const pieces: Buffer[] = []
  for (let from = 0, rest = bytes ?? Buffer.alloc(0); from < rest.length; ) {
    const at = rest.indexOf(LF, from)
    const to = at < 0 ? rest.length : at
    if (to > from) pieces.push(rest.subarray(from, to))
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

/** False when no file can be written beside. */
async function setAside(beside: string, pieces: readonly Buffer[], log: Logger): Promise<boolean> {
  try {
    const file = await open(beside, 'w')
    try {
      await file.writeFile(joined(pieces))
      await file.sync()
    } finally {
      await file.close()
    }
    return true
  } catch (error) {
    log.warn(`Cannot write ${beside}: ${(error as Error).message}`)
    return false
  }
}

function joined(pieces: readonly Uint8Array[]): Buffer {
  return Buffer.concat(pieces.flatMap(piece => [piece, Buffer.of(LF)]))
}
