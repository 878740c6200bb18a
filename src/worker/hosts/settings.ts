import type { Plugin } from '../../sdk/plugin.ts'

/** How the worker uses child processes. */
export interface HostSettings {
  /** The most child processes: bunnect.task.hosts, or the number of cores. */
  most: number
  /** Whether connectors run in hosts though all of their plugins are compiled in. */
  builtIns: boolean
  /** What to run; the worker's process id comes behind it. */
  command: readonly string[]
  dataDir: string
  /** bunnect.plugin.timeout.ms */
  pluginTimeoutMs: number
  /** bunnect.transform.timeout.ms */
  transformTimeoutMs: number
  /** bunnect.task.host.timeout.ms */
  hostTimeoutMs: number
  /** bunnect.task.host.memory.max.bytes */
  memoryMaxBytes: number
  /** A plugin by class name or alias. */
  find(classOrAlias: string): Plugin | null
  /** The file of an outside plugin; null for what is compiled in, such as the one that runs scripts. */
  fileOf(plugin: Plugin): string | null
}
