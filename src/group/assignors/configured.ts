import type { GroupTask } from '../membership.ts'

/** What is to run, as of one offset of the config topic; the `ConfigSnapshot` of the herder is one. */
export interface Configured {
  readonly offset: number
  connectors(): string[]
  tasks(connector: string): GroupTask[]
}
