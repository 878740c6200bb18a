import type { TargetState, TaskId } from '../../worker/status.ts'
import type { ConfigSnapshot, SessionKey } from './config-events.ts'
import type { StoredConfig } from './config-records.ts'

/** What the config topic says of one connector; never changes. */
export interface ConnectorEntry {
  readonly config: StoredConfig | null
  readonly target: TargetState | null
  /** null before the first commit. */
  readonly taskCount: number | null
  readonly taskConfigs: ReadonlyMap<number, Readonly<Record<string, string>>>
  readonly applied: StoredConfig | null
  readonly generation: number | null
  readonly inconsistent: boolean
  readonly taskCountRecord: number | null
  readonly pendingFencing: boolean
}

/** A view on entries that nobody changes any more: it costs nothing however many connectors there are. */
export class ConfigView implements ConfigSnapshot {
  readonly #entries: ReadonlyMap<string, ConnectorEntry>
  #connectors: readonly string[] | null = null

  constructor(
    readonly offset: number,
    readonly sessionKey: SessionKey | null,
    entries: ReadonlyMap<string, ConnectorEntry>,
  ) {
    this.#entries = entries
  }

  connectors(): string[] {
    this.#connectors ??= this.#namesOf(entry => entry.config !== null)
    return [...this.#connectors]
  }

  contains(connector: string): boolean {
    return this.connectorConfig(connector) !== null
  }

  connectorConfig(connector: string): StoredConfig | null {
    return this.#entries.get(connector)?.config ?? null
  }

  targetState(connector: string): TargetState | null {
    return this.#entries.get(connector)?.target ?? null
  }

  tasks(connector: string): TaskId[] {
    const entry = this.#entries.get(connector)
    if (entry === undefined || entry.inconsistent) return []
    return Array.from({ length: entry.taskCount ?? 0 }, (_, task) => ({ connector, task }))
  }

  taskConfig({ connector, task }: TaskId): Readonly<Record<string, string>> | null {
    return this.#entries.get(connector)?.taskConfigs.get(task) ?? null
  }

  taskCount(connector: string): number {
    return this.#entries.get(connector)?.taskCount ?? 0
  }

  appliedConfig(connector: string): StoredConfig | null {
    return this.#entries.get(connector)?.applied ?? null
  }

  taskConfigGeneration(connector: string): number | null {
    return this.#entries.get(connector)?.generation ?? null
  }

  inconsistent(): string[] {
    return this.#namesOf(entry => entry.inconsistent)
  }

  taskCountRecord(connector: string): number | null {
    return this.#entries.get(connector)?.taskCountRecord ?? null
  }

  pendingFencing(connector: string): boolean {
    return this.#entries.get(connector)?.pendingFencing ?? false
  }

  #namesOf(fits: (entry: ConnectorEntry) => boolean): string[] {
    const names: string[] = []
    for (const [name, entry] of this.#entries) if (fits(entry)) names.push(name)
    return names
  }
}
