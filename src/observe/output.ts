/**
 * Standard output of the worker, which belongs to connectors: lines come out whole and in the order of the calls. In a
 * task host they go to the worker, which writes them.
 */
let destination: (lines: string) => Promise<void> = toStandardOutput

/** Invariant 7: the most characters that may wait. */
const MOST_WAITING = 16 * 1024 * 1024

let waiting: string[] = []
let waitingLength = 0
let next: Promise<void> | null = null
let last: Promise<void> = Promise.resolve()

/** Sends lines elsewhere, each block without its last line end; returns what puts the former destination back. */
export function redirectOutput(to: (lines: string) => Promise<void>): () => void {
  const former = destination
  destination = to
  return () => {
    destination = former
  }
}

/**
 * Resolves when the line is written, with those of other calls in one piece; who prints many should wait now and then.
 * Rejects when it cannot be written, or when too much waits; nobody has to be there to hear that.
 */
export function printLine(line: string): Promise<void> {
  if (waitingLength + line.length > MOST_WAITING && next !== null) {
    const refused = Promise.reject(
      new Error(`Nobody reads standard output: more than ${MOST_WAITING} characters wait`),
    )
    refused.catch(() => {})
    return refused
  }
  waiting.push(line)
  waitingLength += line.length
  next ??= writeNext()
  return next
}

function writeNext(): Promise<void> {
  const turn = last.then(async () => {
    const lines = waiting.join('\n')
    waiting = []
    waitingLength = 0
    next = null
    await destination(lines)
  })
  last = turn.catch(() => {}) // Whoever printed has the error, if he waits.
  return turn
}

function toStandardOutput(lines: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${lines}\n`, error => (error ? reject(error) : resolve()))
  })
}
