/** Why a plugin file could not be used, with the place in it where that can be said. */
import { ConnectException } from '../../data/errors.ts'

/** What Bun throws for a file that it cannot parse or whose imports it cannot find. */
interface Located {
  message: string
  position?: { file?: string; line?: number; column?: number } | null
}

/** `file:line:column: what`; the error itself is the cause. */
export class PluginLoadError extends ConnectException {
  constructor(file: string, error: unknown) {
    super(messageOf(file, error), { cause: error })
  }
}

function messageOf(file: string, error: unknown): string {
  const first = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error
  const text = first instanceof Error || hasMessage(first) ? first.message : String(first)
  return `${placeOf(file, first)}: ${text.trim()}`
}

function hasMessage(error: unknown): error is { message: string } {
  return (
    typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
  )
}

/** The deepest frame in the plugin's own file, or where the parser stopped. */
function placeOf(file: string, error: unknown): string {
  const position = (error as Located | null)?.position
  if (position?.line) return `${position.file || file}:${position.line}:${position.column ?? 1}`
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  for (const line of stack.split('\n')) {
    const at = line.indexOf(file)
    if (at < 0) continue
    const [, row, column] = /^(?:\?[^:]*)?:(\d+):(\d+)/.exec(line.slice(at + file.length)) ?? []
    if (row) return `${file}:${row}:${column}`
  }
  return file
}
