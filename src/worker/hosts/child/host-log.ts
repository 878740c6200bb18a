import { format } from 'node:util'
import { logger, redirect } from '../../../observe/log.ts'
import { allLoggers, followNames, replaceLevels } from '../../../observe/log-levels.ts'
import { hide } from '../../../observe/secrets.ts'
import { Budget } from '../printed-lines.ts'
import type { HostSetup, WorkerTold } from '../protocol.ts'
import { currentActor } from './actor-scope.ts'

/** Invariant 7: the most characters of one log line. */
const LONGEST_LINE = 256 * 1024
const BURST = 4 * 1024 * 1024
const PER_SECOND = 1024 * 1024
/** A short line counts as so many characters: each is a message of its own. */
const SHORTEST_LINE = 256
/** The console's own names by the level of their lines. */
const CONSOLE = {
  debug: 'debug',
  log: 'info',
  info: 'info',
  warn: 'warn',
  error: 'error',
  trace: 'debug',
} as const

/**
 * Every log line of this process goes to the worker's log, and so does what plugins write to the console. Returns what
 * is to be called whenever the worker shows that it reads: what waits for one that does not is bounded (invariant 7).
 */
export function sendLog({ logLevels, secrets }: HostSetup, post: (message: WorkerTold) => void): () => void {
  hide(secrets)
  replaceLevels(logLevels)
  post({ type: 'loggers', names: allLoggers().map(({ name }) => name) })
  followNames(name => post({ type: 'loggers', names: [name] }))
  const budget = new Budget(BURST, PER_SECOND)
  const notice = logger('bunnect.worker.hosts.HostLog')
  // The notice itself must pass.
  const told = { warn: (message: string) => queueMicrotask(() => notice.warn(message)) }
  let unread = 0
  redirect(line => {
    const whole = line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE)}… (${line.length})\n`
    const size = Math.max(whole.length, SHORTEST_LINE)
    if (unread + size > BURST) return budget.drop()
    if (!budget.take(size, told)) return
    unread += size
    post({ type: 'log', line: whole })
  })
  for (const [name, level] of Object.entries(CONSOLE)) {
    const print = (...args: unknown[]) => {
      const log = logger('bunnect.plugin.console', currentActor()?.context)
      for (const line of format(...args).split('\n')) log[level](line)
    }
    Object.defineProperty(console, name, { value: print, writable: true, configurable: true })
  }
  return () => {
    unread = 0
  }
}
