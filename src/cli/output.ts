import { writeSync } from 'node:fs'
import { masked } from '../observe/secrets.ts'

/** Whoever read standard output has gone (`bunnect demo | head -1`): nobody is left to tell. */
export class ReaderGone extends Error {}

const RETRY_MS = 5

/** Writes to standard output, all of it before the program goes on. Throws ReaderGone for a closed pipe. */
export function say(text: string): void {
  write(1, text)
}

/** Writes to standard error, no secret with it (invariant 5); that nobody reads it is nobody's trouble. */
export function complain(text: string): void {
  try {
    write(2, masked(text))
  } catch (error) {
    if (!(error instanceof ReaderGone)) throw error
  }
}

function write(fd: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EPIPE') throw new ReaderGone('standard output was closed', { cause: error })
      if (code !== 'EAGAIN') throw error
      Bun.sleepSync(RETRY_MS) // A pipe that is full and was made not to block.
    }
  }
}
