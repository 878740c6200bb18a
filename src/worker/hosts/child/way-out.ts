import { ConnectException } from '../../../data/errors.ts'
import { currentActor, type ScopedActor } from './actor-scope.ts'

const END: ReadonlySet<string | number> = new Set([
  'SIGABRT',
  'SIGHUP',
  'SIGINT',
  'SIGKILL',
  'SIGQUIT',
  'SIGTERM',
  'SIGSEGV',
  'SIGSTOP',
  1,
  2,
  3,
  6,
  9,
  11,
  15,
  19,
])

export interface WayOut {
  /** Ends the process. For the host itself. */
  exit(code: number): never
}

/**
 * A plugin that ends its process ends its task instead: `process.exit` and its likes fail whoever calls them.
 * `blame` finds the culprit of a call that belongs to no actor.
 */
export function closeWayOut(blame: (error: Error) => readonly ScopedActor[]): WayOut {
  // `process.exit` itself calls this one, under the name that plugins are kept from.
  const { reallyExit } = process as unknown as { reallyExit(code: number): never }
  const exit = (code: number) => reallyExit.call(process, code)
  const kill = process.kill.bind(process)
  const refuse = (call: string): never => {
    const error = new ConnectException(
      `The plugin called ${call}, which would have ended the task host and every task in it`,
      { hint: 'A plugin that cannot go on throws an error out of the method that was called.' },
    )
    const actor = currentActor()
    for (const culprit of actor ? [actor] : blame(error)) culprit.fail(error)
    throw error
  }
  const shown = (value: unknown) => (value === undefined ? '' : String(value))
  const replacements = {
    exit: (code?: unknown) => refuse(`process.exit(${shown(code)})`),
    reallyExit: (code?: unknown) => refuse(`process.reallyExit(${shown(code)})`),
    abort: () => refuse('process.abort()'),
    kill: (pid: number, signal: string | number = 'SIGTERM') => {
      const ours = pid === process.pid || pid === process.ppid || pid <= 0
      if (ours && END.has(signal)) return refuse(`process.kill(${pid}, ${signal})`)
      return kill(pid, signal)
    },
    // The line to the worker is not the plugin's.
    send: undefined,
    disconnect: () => refuse('process.disconnect()'),
  }
  for (const [name, value] of Object.entries(replacements))
    Object.defineProperty(process, name, { value, writable: true, configurable: true })
  return { exit }
}
