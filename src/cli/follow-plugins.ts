import { causes, javaTrace } from '../data/errors.ts'
import { logger } from '../observe/log.ts'
import type { Config } from '../sdk/plugin.ts'
import type { OutsidePlugin } from '../worker/outside/description.ts'
import { outsidePlugins } from '../worker/outside-use.ts'
import type { PluginRegistry } from '../worker/plugins.ts'
import type { RunningWorker } from './worker.ts'

const log = logger('bunnect.cli.FollowPlugins')

/**
 * Restarts the connectors whose outside code has changed, in hosts that have not loaded the old one; also those that
 * have failed because of it. `config` is the worker's, whose converters are those of connectors that name none.
 */
export async function followPlugins(
  files: ReadonlySet<string>,
  { herder, worker }: Pick<RunningWorker, 'herder' | 'worker'>,
  registry: Pick<PluginRegistry, 'find'>,
  config: Config,
): Promise<void> {
  const running = worker.retire(files)
  for (const name of new Set([...running, ...(await users(files, herder, registry, config))])) {
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

async function users(
  files: ReadonlySet<string>,
  herder: RunningWorker['herder'],
  { find }: Pick<PluginRegistry, 'find'>,
  worker: Config,
): Promise<string[]> {
  const names: string[] = []
  for (const name of await herder.connectors()) {
    const config = await herder.connectorConfig(name).catch(() => null)
    if (config === null) continue // Deleted meanwhile.
    const used = outsidePlugins(config, worker, find) as Partial<OutsidePlugin>[]
    if (used.some(({ file }) => file !== undefined && files.has(file))) names.push(name)
  }
  return names
}
