import type { Config } from '../sdk/plugin.ts'
import type { TargetState } from '../worker/status.ts'

/** What a person wants of one connector. */
export interface Desired {
  /** As it was written: references to providers' values are replaced where a plugin gets it, and only there. */
  config: Config
  target: TargetState
  /** By task number. */
  tasks: readonly Config[]
}

/** Where desired state is kept: in memory (standalone), or in the config topic. */
export interface DesiredState {
  connectors(): string[]
  get(connector: string): Desired | null
  /** What `get` has of it, for less. */
  config(connector: string): Config | null
  /** The connector configuration that its tasks were made from, resolved: a changed secret is a change. */
  applied(connector: string): Promise<Config | null>
  /**
   * Gives a connector these task configurations, made from `applied`; the old tasks end and the new ones start. When
   * its turn has come, `needed` tells whether that is still so.
   */
  replaceTasks(
    connector: string,
    tasks: Record<string, string>[],
    applied: Config,
    needed: () => Promise<boolean>,
  ): Promise<void>
}
