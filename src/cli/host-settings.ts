import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Parsed } from '../config/keys.ts'
import type { bunnectKeys } from '../config/worker/bunnect.ts'
import type { HostSettings } from '../worker/hosts/settings.ts'
import type { OutsidePlugin } from '../worker/outside/description.ts'
import type { PluginRegistry } from '../worker/plugins.ts'
import { TASK_HOST } from './run.ts'

const KEY = 'bunnect.task.hosts'
/** Where Bun keeps what was compiled into an executable. */
const COMPILED = '/$bunfs/'
/** Whoever is about to be executed is still this program: proc(5). */
const SELF = '/proc/self/exe'

/** How this worker uses child processes; undefined where the embedded log needs everything in one process. */
export function hostSettings(
  { raw, values }: { raw: Readonly<Record<string, string>>; values: Parsed<typeof bunnectKeys> },
  plugins: Pick<PluginRegistry, 'find'>,
): HostSettings | undefined {
  const given = values[KEY]
  if (isEmbedded(raw)) return undefined
  return {
    most: given ?? Math.max(availableParallelism(), 1),
    builtIns: given !== null && given > 0,
    command: hostCommand(),
    dataDir: values['bunnect.data.dir'],
    pluginTimeoutMs: values['bunnect.plugin.timeout.ms'],
    transformTimeoutMs: values['bunnect.transform.timeout.ms'],
    hostTimeoutMs: values['bunnect.task.host.timeout.ms'],
    memoryMaxBytes: values['bunnect.task.host.memory.max.bytes'],
    find: plugins.find,
    fileOf: plugin => (plugin as Partial<OutsidePlugin>).file ?? null,
  }
}

/** `bootstrap.servers=embedded`: the log is a database that one process alone has open. */
export function isEmbedded(worker: Readonly<Record<string, string>>): boolean {
  return worker['bootstrap.servers']?.trim() === 'embedded'
}

export function hostCommand(): string[] {
  return [...ownProgram(), TASK_HOST]
}

/** This very program, as it was started: from its executable, or by Bun from its sources. */
export function ownProgram(): string[] {
  if (import.meta.path.startsWith(COMPILED)) return [program()]
  return [program(), join(import.meta.dir, '../main.ts')]
}

/** Under its name there may be a newer one by now, which would not understand this worker. */
function program(): string {
  return existsSync(SELF) ? SELF : process.execPath
}
