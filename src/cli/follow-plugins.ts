import { causes, javaTrace } from '../data/errors.ts'
import { logger } from '../observe/log.ts'
import type { RunningWorker } from './worker.ts'

const log = logger('bunnect.cli.FollowPlugins')

/** Restarts the connectors whose outside code has changed, in hosts that have not loaded the old one. */
export async function followPlugins(
  files: ReadonlySet<string>,
  { herder, worker }: Pick<RunningWorker, 'herder' | 'worker'>,
): Promise<void> {
  for (const name of worker.retire(files)) {
    try {
      log.info(`Restarting connector ${name}: the code of its plugins has changed`)
      await herder.restartConnectorAndTasks(name, { includeTasks: true, onlyFailed: false })
    } catch (error) {
      log.error(
        `Connector ${name} could not be restarted with its new code: ${causes(error)}`,
        javaTrace(error),
      )
    }
  }
}
