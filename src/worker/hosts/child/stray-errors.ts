import { ConnectException, javaTrace } from '../../../data/errors.ts'
import { logger } from '../../../observe/log.ts'
import { currentActor, type ScopedActor } from './actor-scope.ts'

const log = logger('bunnect.worker.hosts.StrayErrors')

/**
 * An error that no call gives back (out of a timer, of a promise that nobody waits for) fails the outside code that has
 * left it behind, and ends nothing else. One of code that is compiled in is told, as it is in the worker itself.
 */
export function superviseErrors(blame: (error: unknown) => readonly ScopedActor[]): void {
  const take = (what: string) => (error: unknown) => {
    const actor = currentActor()
    const found = actor ? [actor].filter(({ outside }) => outside) : blame(error)
    if (found.length === 0) return log.error(`${what}: ${javaTrace(error)}`)
    const failure = new ConnectException(`The plugin left an error behind that no call could give back`, {
      cause: error,
      hint: 'Wait for every promise, and catch what callbacks and timers throw.',
    })
    for (const culprit of found) culprit.fail(failure)
  }
  process.on('uncaughtException', take('Uncaught error'))
  process.on('unhandledRejection', take('Error that nobody waited for'))
}
