import type { ConfigSpec, Parsed } from '../config/keys.ts'
import { parseConfig } from '../config/validate.ts'
import { ConnectException, causes, causesAndHint, javaTrace } from '../data/errors.ts'
import { type Logger, logger } from '../observe/log.ts'
import type {
  Config,
  ConnectorPlugin,
  OffsetStorageReader,
  PluginMetrics,
  SourceConnectorContext,
} from '../sdk/plugin.ts'
import { within } from '../waiting/deadline.ts'
import { afterFailure, type InstanceState, transition } from './connector-states.ts'
import { failure } from './failure.ts'
import type { ConnectorState, StatusListener, TargetState } from './status.ts'

export interface ConnectorInstanceOptions {
  name: string
  plugin: ConnectorPlugin
  /** The connector's resolved configuration. */
  config: Config
  status: StatusListener
  offsets: OffsetStorageReader
  pluginMetrics: PluginMetrics
  /** The connector wants `taskConfigs` to be called again. */
  onReconfigure(): void
}

interface Request {
  target: TargetState
  done: PromiseWithResolvers<TargetState>
}

/**
 * One connector's object: its calls are made one after the other and never by whoever asks for them
 * (invariant 4). Java: org.apache.kafka.connect.runtime.WorkerConnector
 */
export class ConnectorInstance {
  readonly name: string
  readonly plugin: ConnectorPlugin
  /** Resolves when `stop` has been called, where it had to be; never rejects. */
  readonly ended: Promise<void>
  readonly #options: ConnectorInstanceOptions
  readonly #log: Logger
  readonly #context: SourceConnectorContext
  readonly #end = Promise.withResolvers<void>()
  #state: InstanceState = 'INIT'
  /** What `start` was called with, until `stop` is: a connector that failed has resources to give back too. */
  #live: Parsed<ConfigSpec> | null = null
  #current: Request | null = null
  #pending: Request | null = null
  #stopping = false
  #cancelled = false
  #busy = false
  #calls: Promise<unknown> = Promise.resolve()

  constructor(options: ConnectorInstanceOptions) {
    this.#options = options
    this.name = options.name
    this.plugin = options.plugin
    this.ended = this.#end.promise
    this.#log = logger('org.apache.kafka.connect.runtime.WorkerConnector', `${options.name}|worker`)
    this.#context = this.#makeContext()
  }

  get state(): InstanceState {
    return this.#state
  }

  /**
   * Resolves when the connector is in the target state. Only one request waits at a time: a newer one takes
   * its place, and the older one is rejected with ConnectException.
   */
  transitionTo(target: TargetState): Promise<TargetState> {
    const request: Request = { target, done: Promise.withResolvers<TargetState>() }
    if (this.#stopping) {
      request.done.reject(this.#shuttingDown(target))
      return request.done.promise
    }
    this.#pending?.done.reject(
      new ConnectException(
        `Could not begin changing connector state to ${this.#pending.target} before another request to change ` +
          `state was made; the new request (which is to change the state to ${target}) has pre-empted this one`,
      ),
    )
    this.#pending = request
    void this.#work()
    return request.done.promise
  }

  /** The plugin's task configurations, as it gives them. */
  taskConfigs(maxTasks: number): Promise<Record<string, string>[]> {
    const { plugin, config } = this.#options
    return this.#call(async () => {
      if (!plugin.taskConfigs) return [{ ...config }]
      return await plugin.taskConfigs(parseConfig(plugin.config, config), maxTasks, config)
    })
  }

  /** Marks it FAILED; the object and its tasks run on. The first failure is the one that is told. */
  fail(error: unknown): void {
    if (this.#state === 'FAILED') return
    this.#state = 'FAILED'
    this.#report('FAILED', error)
  }

  /** Asks it to stop for good; returns at once. */
  shutdown(): void {
    if (this.#stopping) return
    this.#stopping = true
    this.#pending?.done.reject(this.#shuttingDown(this.#pending.target))
    this.#pending = null
    void this.#work()
  }

  /** True when it has ended within `timeoutMs`. */
  awaitShutdown(timeoutMs: number): Promise<boolean> {
    return within(
      this.ended.then(() => true),
      timeoutMs,
      () => false,
    )
  }

  /** Gives it up: reports UNASSIGNED now and nothing any more, whatever the plugin is still doing. */
  cancel(): void {
    if (this.#cancelled) return
    this.shutdown()
    this.#current?.done.reject(this.#shuttingDown(this.#current.target))
    this.#report('UNASSIGNED')
    this.#cancelled = true
  }

  toString(): string {
    return `WorkerConnector{id=${this.name}}`
  }

  async #work(): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    while (this.#pending && !this.#stopping) {
      const request = this.#pending
      this.#pending = null
      this.#current = request
      try {
        await this.#transition(request.target)
        request.done.resolve(request.target)
      } catch (error) {
        request.done.reject(error)
      }
      this.#current = null
    }
    if (this.#stopping) await this.#shutDown()
    this.#busy = false
  }

  async #transition(target: TargetState): Promise<void> {
    const step = transition(this.#state, target)
    if (!step)
      throw new ConnectException(`${this} Cannot transition connector to ${target} since it has failed`)
    try {
      if (step.call === 'start') await this.#start()
      // One that has failed gives back what it has, too: the next start would forget it.
      if (step.call === 'stop' || target === 'STOPPED') await this.#stop()
    } catch (error) {
      const doing = step.call === 'start' ? 'starting' : target === 'PAUSED' ? 'pausing' : 'stopping'
      this.#log.error(`${this} Error while ${doing} connector: ${causesAndHint(error)}`, javaTrace(error))
      if (afterFailure(target) === 'FAILED') {
        this.fail(error)
        if (step.call === 'stop') return // As the JVM: a failed pause is told by the status alone.
        throw new ConnectException(`Failed to transition connector ${this.name} to state ${target}`, {
          cause: error,
          hint: `GET /connectors/${this.name}/status shows the reason.`,
        })
      }
    }
    // raiseError may have come while the plugin was starting.
    if ((this.#state as InstanceState) === 'FAILED' && target === 'STARTED') return
    this.#state = step.next
    if (step.report) this.#report(step.report)
  }

  async #start(): Promise<void> {
    const { plugin, config } = this.#options
    const parsed = parseConfig(plugin.config, config)
    this.#live = parsed
    await this.#call(async () => plugin.start?.(parsed, this.#context))
  }

  async #stop(): Promise<void> {
    const parsed = this.#live
    this.#live = null
    if (parsed) await this.#call(async () => this.plugin.stop?.(parsed, this.#context))
  }

  async #shutDown(): Promise<void> {
    try {
      await this.#stop()
      this.#state = 'STOPPED'
      this.#report('UNASSIGNED')
    } catch (error) {
      this.#log.error(`${this} Error while shutting down connector: ${causes(error)}`, javaTrace(error))
      this.fail(error)
    } finally {
      this.#end.resolve()
    }
  }

  /** One call into the plugin at a time. */
  #call<T>(run: () => Promise<T>): Promise<T> {
    const call = this.#calls.then(run)
    this.#calls = call.catch(() => {}) // Whoever asked has the error; the next call does not depend on it.
    return call
  }

  #report(state: ConnectorState, error?: unknown): void {
    if (this.#cancelled) return
    const version = state === 'UNASSIGNED' ? null : this.plugin.version
    const detail = error === undefined ? { version } : failure(error, version)
    this.#options.status.connector(this.name, state, detail)
  }

  #shuttingDown(target: TargetState): ConnectException {
    return new ConnectException(
      `Could not begin changing connector state to ${target} as the connector has been scheduled for shutdown`,
    )
  }

  #makeContext(): SourceConnectorContext {
    const closed = (what: string) => {
      if (!this.#stopping) return
      throw new ConnectException(
        `${what} has been rejected because this instance of the connector '${this.name}' has already been shut down.`,
      )
    }
    return {
      connectorName: this.name,
      log: logger(this.plugin.className, this.name),
      configs: () => this.#options.config,
      offsets: this.#options.offsets,
      pluginMetrics: () => this.#options.pluginMetrics,
      requestTaskReconfiguration: () => {
        closed('The request for task reconfiguration')
        this.#options.onReconfigure()
      },
      raiseError: error => {
        closed('The request to fail the connector')
        this.#log.error(`${this} Connector has failed: ${causesAndHint(error)}`, javaTrace(error))
        this.fail(error)
      },
    }
  }
}
