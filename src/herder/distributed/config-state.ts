import type { ConfigEvent, ConfigSnapshot, SessionKey } from './config-events.ts'
import type { ConfigRecord } from './config-records.ts'
import { ConfigView, type ConnectorEntry } from './config-view.ts'

const NOTHING: ConnectorEntry = {
  config: null,
  target: null,
  taskCount: null,
  taskConfigs: new Map(),
  applied: null,
  generation: null,
  inconsistent: false,
  taskCountRecord: null,
  pendingFencing: false,
}

type TaskConfigs = ReadonlyMap<number, Readonly<Record<string, string>>>
type Of<K extends ConfigRecord['kind']> = Extract<ConfigRecord, { kind: K }>

/**
 * Desired state as records of the config topic make it, one after the other. Knows no topic and no listener.
 * Java: the record handling of org.apache.kafka.connect.storage.KafkaConfigBackingStore
 */
export class ConfigState {
  #offset = -1
  #sessionKey: SessionKey | null = null
  #entries = new Map<string, ConnectorEntry>()
  /** Task configurations that no commit has named yet. An empty map is not none: the next commit counts as one. */
  readonly #deferred = new Map<string, Map<number, Readonly<Record<string, string>>>>()
  #view: ConfigView | null = null
  /** A snapshot shows these entries. */
  #shared = false

  /** What has changed; nothing for a record that has no effect. `offset` is the record's own. */
  apply(record: ConfigRecord, offset: number): ConfigEvent[] {
    if (record.kind === 'undecodable') return []
    this.#offset = offset + 1
    this.#view = null
    switch (record.kind) {
      case 'connector':
        return this.#connector(record)
      case 'task':
        return this.#task(record)
      case 'commit':
        return this.#commit(record)
      case 'target-state':
        return this.#targetState(record)
      case 'task-count':
        this.#change(record.connector, { taskCountRecord: record.tasks, pendingFencing: false })
        return []
      case 'session-key':
        this.#sessionKey = record.key
        return [{ type: 'session-key', key: record.key }]
      case 'restart':
        return [{ type: 'restart', request: record.request }]
      case 'logger':
        return [{ type: 'logger', namespace: record.namespace, level: record.level }]
      case 'unusable':
        return []
    }
  }

  snapshot(): ConfigSnapshot {
    this.#shared = true
    this.#view ??= new ConfigView(this.#offset, this.#sessionKey, this.#entries)
    return this.#view
  }

  #connector({ connector, config }: Of<'connector'>): ConfigEvent[] {
    if (config === null) {
      this.#remove(connector)
      return [{ type: 'connector-removed', connector }]
    }
    const { target } = this.#entry(connector)
    this.#change(connector, { config, target: target ?? 'STARTED' })
    return [{ type: 'connector', connector }]
  }

  #task({ id, config }: Of<'task'>): ConfigEvent[] {
    const deferred = this.#deferred.get(id.connector) ?? new Map()
    this.#deferred.set(id.connector, deferred)
    deferred.set(id.task, config)
    return []
  }

  #targetState({ connector, state }: Of<'target-state'>): ConfigEvent[] {
    const { config, target } = this.#entry(connector)
    if (state === null) {
      this.#change(connector, { target: config === null ? null : 'STARTED' })
      return []
    }
    this.#change(connector, { target: state })
    return config !== null && state !== target ? [{ type: 'target-state', connector }] : []
  }

  /**
   * Compaction keeps the newest configuration of each task, so an old commit may see only some of its tasks: then
   * none of them may be used until the next one (lifecycle: inconsistent).
   */
  #commit({ connector, tasks }: Of<'commit'>): ConfigEvent[] {
    const entry = this.#entry(connector)
    // The connector was deleted, and its tombstone has been compacted away.
    if (entry.config === null) {
      this.#remove(connector)
      return []
    }
    if (tasks === null) return []
    const deferred = this.#deferred.get(connector)
    const updated = isComplete(deferred, tasks) ? [...(deferred?.keys() ?? [])] : null
    this.#change(connector, {
      taskCount: tasks,
      pendingFencing: true,
      inconsistent: updated === null,
      ...(updated !== null && { applied: entry.config }),
      ...(updated !== null &&
        deferred !== undefined && {
          taskConfigs: merged(entry.taskConfigs, deferred),
          generation: entry.generation === null ? 0 : entry.generation + 1,
        }),
    })
    if (deferred !== undefined) this.#deferred.set(connector, new Map())
    return [{ type: 'tasks', connector, tasks: (updated ?? []).map(task => ({ connector, task })) }]
  }

  /** Target state and what fencing needs stay until records of their own say otherwise. */
  #remove(connector: string): void {
    this.#deferred.delete(connector)
    this.#change(connector, {
      config: null,
      taskCount: null,
      taskConfigs: NOTHING.taskConfigs,
      applied: null,
    })
  }

  #entry(connector: string): ConnectorEntry {
    return this.#entries.get(connector) ?? NOTHING
  }

  #change(connector: string, change: Partial<ConnectorEntry>): void {
    const entry = { ...this.#entry(connector), ...change }
    if (this.#shared) {
      this.#entries = new Map(this.#entries)
      this.#shared = false
    }
    if (isNothing(entry)) this.#entries.delete(connector)
    else this.#entries.set(connector, entry)
  }
}

function isComplete(deferred: TaskConfigs | undefined, tasks: number): boolean {
  if (tasks === 0) return true
  if (deferred === undefined || deferred.size < tasks) return false
  for (let task = 0; task < tasks; task++) if (!deferred.has(task)) return false
  return true
}

/** A commit of none, after which the next one has nothing to add, keeps the old map. */
function merged(old: TaskConfigs, more: TaskConfigs): TaskConfigs {
  return more.size === 0 ? old : new Map([...old, ...more])
}

function isNothing(entry: ConnectorEntry): boolean {
  return (Object.keys(NOTHING) as (keyof ConnectorEntry)[]).every(
    field => entry[field] === NOTHING[field] || (field === 'taskConfigs' && entry.taskConfigs.size === 0),
  )
}
