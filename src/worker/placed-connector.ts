import type { Config, ConnectorPlugin } from '../sdk/plugin.ts'
import type { InstanceState } from './connector-states.ts'
import { Moves } from './hosts/moves.ts'
import type { ConnectorStart, TaskHost } from './hosts/task-host.ts'
import type { ConnectorState, TargetState } from './status.ts'

/** A connector's object as the herder sees it, on whatever host it runs. */
export interface ConnectorHandle {
  readonly plugin: ConnectorPlugin
  readonly state: InstanceState
  /** The plugin's task configurations, as it gives them. */
  taskConfigs(maxTasks: number): Promise<Record<string, string>[]>
  /** Marks it FAILED; the object and its tasks run on. The first failure is the one that is told. */
  fail(error: unknown): void
  /** It has been asked to end: what it answers, and that it fails, concerns nobody any more. */
  readonly over: boolean
}

const STATE: Partial<Record<ConnectorState, InstanceState>> = {
  RUNNING: 'STARTED',
  PAUSED: 'PAUSED',
  STOPPED: 'STOPPED',
  FAILED: 'FAILED',
}

/**
 * Where a connector's object runs. A host that ends without its fault is replaced by another one, and whoever waits
 * for an answer waits for that one's.
 */
export class PlacedConnector implements ConnectorHandle, ConnectorStart {
  readonly name: string
  readonly plugin: ConnectorPlugin
  readonly config: Config
  readonly onReconfigure: () => void
  target: TargetState
  state: InstanceState = 'INIT'
  readonly moves = new Moves()
  #host: TaskHost
  #start: Promise<TargetState> | null = null
  #over = false
  /** Why it does not run any more. */
  #failure: unknown = null

  constructor(start: ConnectorStart, plugin: ConnectorPlugin, host: TaskHost) {
    this.name = start.name
    this.plugin = plugin
    this.config = start.config
    this.target = start.target
    this.onReconfigure = start.onReconfigure
    this.#host = host
  }

  get over(): boolean {
    return this.#over
  }

  get host(): TaskHost {
    return this.#host
  }

  start(): Promise<TargetState> {
    this.#start ??= this.#onHost(host => host.startConnector(this)).finally(() => {
      this.#start = null
    })
    return this.#start
  }

  taskConfigs(maxTasks: number): Promise<Record<string, string>[]> {
    return this.#onHost(host => host.taskConfigs(this.name, maxTasks))
  }

  fail(error: unknown): void {
    if (this.#over || this.state === 'FAILED') return
    this.state = 'FAILED'
    this.#host.failConnector(this.name, error)
  }

  async transitionTo(target: TargetState): Promise<TargetState | null> {
    this.target = target
    return await this.#onHost(async (host, moved) => {
      // The start on another host goes to this target by itself.
      if (moved) return (await this.#start) ?? target
      return await host.setTargetState(this.name, target)
    })
  }

  /** What the host has reported of it. */
  heard(state: ConnectorState): void {
    this.state = STATE[state] ?? this.state
  }

  /** To another host, where it is started again; for one whose host has ended. */
  move(host: TaskHost): void {
    this.#host = host
    if (this.#start) return // It is under way, and goes on there.
    const start = this.start()
    // Whatever the object meant to ask for while it had no host.
    start.then(state => state === 'STARTED' && this.onReconfigure()).catch(() => {}) // Its status tells.
  }

  /** It is to end: no host is to take it any more. */
  release(): void {
    this.#over = true
  }

  /** Its host has ended by its fault; whoever waits for an answer gets the reason. */
  lose(reason: unknown): void {
    this.#failure = reason
    this.state = 'FAILED'
  }

  async #onHost<T>(call: (host: TaskHost, moved: boolean) => Promise<T>): Promise<T> {
    for (let moved = false; ; moved = true) {
      const host = this.#host
      try {
        return await call(host, moved)
      } catch (error) {
        if (this.#failure !== null) throw this.#failure
        if (this.#over) throw error
        if (this.#host === host) throw error
      }
    }
  }

  toString(): string {
    return `Connector ${this.name}`
  }
}
