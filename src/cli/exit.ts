/** Connect's exit codes (ConnectStandalone, ConnectDistributed). */
export const EXIT = {
  ok: 0,
  /** Wrong command line. */
  usage: 1,
  /** Worker configuration or start. */
  start: 2,
  /** The herder, or a connector given on the command line. */
  herder: 3,
} as const

/** Ends the process with a line for the person at the terminal: what, where, and what to do. */
export class Failure extends Error {
  constructor(
    readonly exitCode: number,
    message: string,
    readonly options: { hint?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
  }
}

/** One line for what happened, one for what to do; the stack only for those who ask (`--debug`). */
export function report(error: unknown, debug: boolean): number {
  const failure = error instanceof Failure ? error : null
  const message = error instanceof Error ? error.message : String(error)
  const hint = failure?.options.hint ?? hintOf(failure?.options.cause ?? error)
  process.stderr.write(`bunnect: ${message}\n`)
  if (hint) process.stderr.write(`  ${hint}\n`)
  if (debug) {
    for (let e: unknown = error; e instanceof Error; e = e.cause) process.stderr.write(`${e.stack}\n`)
  }
  return failure ? failure.exitCode : EXIT.start
}

function hintOf(error: unknown): string | undefined {
  return error instanceof Error && 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined
}
