import { causes, javaTrace } from '../data/errors.ts'
import { logger } from '../observe/log.ts'
import type { Config } from '../sdk/plugin.ts'
import { placedScript, ScriptRefused, scriptPolicy } from '../transforms/script/script-place.ts'
import { SCRIPT_CLASS } from '../transforms/script/script-plugins.ts'
import type { PluginRegistry } from '../worker/plugins.ts'
import type { RunningWorker } from './worker.ts'

const log = logger('bunnect.cli.FollowScripts')
/** How often the scripts of connectors are looked at. */
const LOOK_MS = 2000

type Kind = 'transformation' | 'predicate'

interface UsedScript {
  kind: Kind
  /** The value of its key. */
  file: string
  name: string
  text: string
}

/**
 * Restarts the connectors whose scripts have changed; a script that has become unusable is told of and goes on as it
 * was. Returns what ends this.
 */
export function followScripts(
  { herder }: Pick<RunningWorker, 'herder'>,
  registry: Pick<PluginRegistry, 'find'>,
  worker: Config,
): () => void {
  const policy = scriptPolicy(worker)
  /** What each connector's scripts were when they were seen last, by connector and the value of the key. */
  let seen = new Map<string, Map<string, string>>()

  let stopped = false

  const scriptsOf = (config: Config): UsedScript[] =>
    Object.entries(config).flatMap(([key, className]) => {
      const [, prefix, list] = /^((transforms|predicates)\..+\.)type$/.exec(key) ?? []
      const kind: Kind = list === 'predicates' ? 'predicate' : 'transformation'
      const file = config[`${prefix}file`]
      if (file === undefined || registry.find(className.trim(), kind)?.className !== SCRIPT_CLASS) return []
      try {
        return [{ kind, file, ...placedScript({ file, code: null }, policy) }]
      } catch (error) {
        if (error instanceof ScriptRefused) return [] // Gone, or about to be written: what runs stays.
        throw error
      }
    })

  const restart = async (connector: string, changed: readonly UsedScript[]) => {
    for (const { kind, file, name } of changed) {
      const problems = (await registry.find(SCRIPT_CLASS, kind)?.validate?.({ file })) ?? []
      for (const { message } of problems)
        log.error(`Connector ${connector} goes on with ${name} as it was: ${message}`)
      if (problems.length > 0) return
    }
    log.info(`Restarting connector ${connector}: ${changed.map(({ name }) => name).join(', ')} has changed`)
    await herder.restartConnectorAndTasks(connector, { includeTasks: true, onlyFailed: false })
  }

  // A worker that stops refuses whatever is asked of it.
  const tell = (what: string, error: unknown) =>
    log[stopped ? 'debug' : 'error'](`${what}: ${causes(error)}`, javaTrace(error))

  const look = async () => {
    const now: typeof seen = new Map()
    const before = seen
    for (const connector of await herder.connectors()) {
      const used = scriptsOf(await herder.connectorConfig(connector))
      const known = before.get(connector)
      // One that cannot be read right now is compared with what it was when it can.
      now.set(connector, new Map([...(known ?? []), ...used.map(({ file, text }) => [file, text] as const)]))
      const changed = used.filter(({ file, text }) => (known?.get(file) ?? text) !== text)
      if (changed.length === 0) continue
      await restart(connector, changed).catch(error =>
        tell(`Connector ${connector} could not be restarted`, error),
      )
    }
    seen = now
  }

  let looking = false
  const timer = setInterval(async () => {
    if (looking) return
    looking = true
    await look().catch(error => tell('Scripts could not be looked at', error))
    looking = false
  }, LOOK_MS)
  timer.unref()
  return () => {
    stopped = true
    clearInterval(timer)
  }
}
