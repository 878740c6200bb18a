import { recordInFile } from '../observe/log.ts'
import { complain, ReaderGone } from './output.ts'

/** Connect's exit codes (ConnectStandalone, ConnectDistributed). */
export const EXIT = {
  ok: 0,
  /** Wrong command line. */
  usage: 1,
  /** Something without which a running worker cannot go on. */
  uncaught: 1,
  /** Worker configuration or start. */
  start: 2,
  /** The herder, or a connector given on the command line. */
  herder: 3,
  /** 128 + SIGPIPE: what a program is expected to end with when nobody reads its output. */
  readerGone: 141,
} as const

/** Ends the process with a line for the person at the terminal: what, where, and what to do. */
export class Failure extends Error {
  readonly hint: string | undefined

  constructor(
    readonly exitCode: number,
    message: string,
    options: { hint?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.hint = options.hint ?? hintOf(options.cause)
  }
}

/** A line for each thing that is wrong, with what to do; the stack only for those who ask (`--debug`). */
export function report(error: unknown, debug: boolean): number {
  if (error instanceof ReaderGone) return EXIT.readerGone
  const message = error instanceof Error ? error.message : String(error)
  const told = sentence(message, hintOf(error))
  complain(`${oneLineEach(told)}\n`)
  recordInFile('org.apache.kafka.connect.cli.AbstractConnectCli', `Stopping due to error: ${told}`)
  if (debug) {
    for (let e: unknown = error; e instanceof Error; e = e.cause) complain(`${e.stack}\n`)
  }
  return error instanceof Failure ? error.exitCode : EXIT.start
}

/** What is wrong and what to do, on one line. */
export function sentence(message: string, hint?: string): string {
  if (!hint) return message
  return `${message}${/[.!?:]$/.test(message) ? '' : '.'} ${hint}`
}

/** What an error of ours says about the way out. */
export function hintOf(error: unknown): string | undefined {
  return error instanceof Error && 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined
}

function oneLineEach(text: string): string {
  return text
    .split('\n')
    .map(line => `bunnect: ${line}`)
    .join('\n')
}
