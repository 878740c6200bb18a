import { writeSync } from 'node:fs'
import {
  type Level,
  levelsChanged,
  loggersFrom,
  namedLogger,
  ROOT,
  rankOf,
  setOwnLevel,
} from './log-levels.ts'
import { masked } from './secrets.ts'

/**
 * Log lines in Connect's usual form: `[2026-11-21 17:02:24,123] INFO [local-file-source|task-0] text (logger)`.
 * Warnings and errors go to standard error with everything else: standard output belongs to connectors.
 */
export type { Level } from './log-levels.ts'

const DEBUG = rankOf('DEBUG')

let write: (line: string) => void = toStandardError
let toFile: ((line: string) => void) | null = null

/** Of every logger, whatever it had; `PUT /admin/loggers` is `setLoggerLevel`. */
export function setLevel(level: Level): void {
  for (const each of loggersFrom(ROOT)) setOwnLevel(each, level)
  levelsChanged()
}

/** Sends lines elsewhere; returns what puts the former destination back. */
export function redirect(to: (line: string) => void): () => void {
  const former = write
  write = to
  return () => {
    write = former
  }
}

/** Where the lines of this process go: to standard error unless it says otherwise, and to a file if there is one. */
export function setOutlets(outlets: { console: boolean; file: ((line: string) => void) | null }): void {
  const { console, file } = outlets
  toFile = file
  write = line => {
    if (console) toStandardError(line)
    file?.(line)
  }
}

/** For what a person has been told on standard error without being a line of the log: the file gets it as one. */
export function recordInFile(name: string, message: string): void {
  toFile?.(lineOf('ERROR', '', masked(message), name))
}

/** Writes a line that is made already, such as one of a task host; no secret leaves with it (invariant 5). */
export function writeLine(line: string): void {
  const text = /^\[[^\]]*\] [A-Z]+ /.exec(line)?.[0].length ?? 0
  write(line.slice(0, text) + masked(line.slice(text)))
}

export interface Logger {
  debug(message: string): void
  info(message: string): void
  /** `trace` is for those who debug: it is written below the message when the level is DEBUG. */
  warn(message: string, trace?: string): void
  error(message: string, trace?: string): void
}

/** `context` is Connect's scope, such as `local-file-source|task-0`. */
export function logger(name: string, context?: string): Logger {
  const scope = context ? `[${context}] ` : ''
  const own = namedLogger(name)
  const at = (level: Level) => {
    const rank = rankOf(level)
    return (message: string, trace?: string) => {
      if (rank < own.threshold) return
      const below = trace !== undefined && own.threshold <= DEBUG ? `\n${trace.trimEnd()}` : ''
      writeLine(lineOf(level, scope, message, name, below))
    }
  }
  return { debug: at('DEBUG'), info: at('INFO'), warn: at('WARN'), error: at('ERROR') }
}

function lineOf(level: Level, scope: string, message: string, name: string, below = ''): string {
  return `[${stamp(new Date())}] ${level} ${scope}${message} (${name})${below}\n`
}

/** Not through `process.stderr`: its first use costs 9 ms and 6 MB. */
export function toStandardError(line: string): void {
  const bytes = Buffer.from(line)
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(2, bytes, at)
    } catch (error) {
      // a full pipe that somebody has made non-blocking; any other failure leaves nobody to tell
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}

function stamp(now: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
  const time = `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`
  return `${day} ${time},${String(now.getMilliseconds()).padStart(3, '0')}`
}
