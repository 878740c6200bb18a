import type { TaskReport } from '../../../observe/metrics/task-meters.ts'
import type { TaskId } from '../../status.ts'
import { errorToWire } from '../error-wire.ts'
import type { InProcessHost } from '../in-process-host.ts'
import type { ActorPlace, TaskCounts } from '../protocol.ts'
import type { RecordCounts } from '../task-host.ts'
import type { ScopedActor } from './actor-scope.ts'

export type ActorName = { connector: string } | { id: TaskId }

/** One connector's object or one task in the host: what it is called, what runs it, and which code it has brought. */
export class Actor implements ScopedActor {
  readonly slot: number
  readonly context: string
  readonly outside: boolean
  /** Null until its plugins have been loaded. */
  host: InProcessHost | null = null
  /** Resolves when `host` is there and has been told to start; never rejects. */
  made: Promise<void> = Promise.resolve()
  over = false
  /** It has asked for `taskConfigs` to be called again, and the worker is about to be told. */
  asking = false
  #told: RecordCounts = { written: 0, put: 0 }

  constructor(
    readonly place: ActorPlace,
    readonly name: ActorName,
  ) {
    this.slot = place.slot
    this.outside = place.outside
    this.context = 'id' in name ? `${name.id.connector}|task-${name.id.task}` : `${name.connector}|worker`
  }

  get connector(): string {
    return 'id' in this.name ? this.name.id.connector : this.name.connector
  }

  get isTask(): boolean {
    return 'id' in this.name
  }

  fail(error: unknown): void {
    if ('id' in this.name) this.host?.failTask(this.name.id, error)
    else this.host?.failConnector(this.name.connector, error)
  }

  forgetTopics(): void {
    if ('id' in this.name) this.host?.forgetTopics(this.name.id.connector)
  }

  /** One whose plugins are still being loaded does not start any more when they are. */
  async stop(): Promise<void> {
    this.over = true
    if ('id' in this.name) await this.host?.stopAndAwaitTasks([this.name.id])
    else await this.host?.stopAndAwaitConnectors([this.name.connector])
  }

  /** What it has moved and measured, if something of it is new since the last call. */
  newCounts(): TaskCounts | null {
    const counts = this.host?.recordCounts()
    if (!counts) return null
    const report = this.host?.takeReports()[0]?.report ?? null
    if (report === null && counts.written === this.#told.written && counts.put === this.#told.put) return null
    return this.counted(report)
  }

  /** With what it has moved so far. */
  counted(report: TaskReport | null): TaskCounts {
    this.#told = this.host?.recordCounts() ?? this.#told
    return { lease: this.place.lease, ...this.#told, report }
  }
}

/**
 * Who has left an error behind that no call gives back: whoever's files its stack names, tasks before connector
 * objects, else the only one there is that runs code which is not compiled in.
 */
export function culprits(error: unknown, actors: readonly Actor[]): Actor[] {
  const { frames } = errorToWire(error)
  const named = actors.filter(({ place }) => place.plugins.some(file => frames.includes(file)))
  const outside = actors.filter(actor => actor.outside)
  const only = new Set(outside.map(actor => actor.connector)).size === 1 ? outside : []
  const found = named.length > 0 ? named : only
  const tasks = found.filter(actor => actor.isTask)
  return tasks.length > 0 ? tasks : found
}
