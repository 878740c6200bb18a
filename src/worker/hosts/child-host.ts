import { ConnectException, javaTrace } from '../../data/errors.ts'
import { logger, writeLine } from '../../observe/log.ts'
import { printLine } from '../../observe/output.ts'
import { failure, HostException } from '../failure.ts'
import type { StatusListener, TargetState, TaskId } from '../status.ts'
import type { TaskStart, WorkerOptions } from '../worker-options.ts'
import { answerOffsets } from './answer-offsets.ts'
import { errorToWire } from './error-wire.ts'
import { type ConnectionEnd, HostConnection } from './host-connection.ts'
import { type HostEnd, judged } from './host-end.ts'
import { hostSetup } from './host-setup.ts'
import { CONNECTOR_STOP_MS } from './in-process-host.ts'
import type { HostLoad } from './placement.ts'
import type { ActorPlace, Call, WorkerCalls, WorkerTold } from './protocol.ts'
import type { HostSettings } from './settings.ts'
import { type ConnectorStart, type RecordCounts, type TaskHost, taskName } from './task-host.ts'
import { type OutsideCode, type Tenant, Tenants } from './tenants.ts'

const log = logger('bunnect.worker.hosts.ChildHost')
/** What an answer may take on its way, beyond what the plugin is granted. */
const SLACK_MS = 2000
/** What a newcomer is taken to need of a core until that is measured. */
const NEWCOMER_SHARE = 0.25

export interface ChildHostOptions {
  name: string
  worker: WorkerOptions
  settings: HostSettings
  status: StatusListener
  /** Whether a connector runs code that is not compiled in, and the files to load for it. */
  codeOf(connector: Readonly<Record<string, string>>): OutsideCode
  onEnd(end: HostEnd): void
  /** A timer of its event loop came so many ms too late. */
  onLate(ms: number): void
}

/** A child process that runs connectors and tasks: the worker's end of it. */
export class ChildHost implements TaskHost {
  readonly name: string
  readonly #options: ChildHostOptions
  readonly #tenants = new Tenants()
  readonly #process: HostConnection
  /** Files that it has loaded: code stays as it was until the process ends. */
  readonly #loaded = new Set<string>()
  #retired = false
  /** It has not answered in the time that it was given to stop something. */
  #unresponsive = false

  constructor(options: ChildHostOptions) {
    this.#options = options
    this.name = options.name
    this.#process = new HostConnection({
      setup: hostSetup(options.name, options.worker, options.settings),
      settings: options.settings,
      answer: call => this.#answer(call),
      told: message => this.#told(message),
      inPlugin: () => this.#tenants.suspects(this.#process.marks).some(suspect => suspect.pending.length > 0),
      isGivenUp: slot => !this.#tenants.isLive(slot),
      ended: end => this.#ended(end),
    })
  }

  get pid(): number {
    return this.#process.pid
  }

  /** False once it ends, or is about to. */
  get alive(): boolean {
    return this.#process.alive
  }

  /** Takes nobody new: it has code that has changed meanwhile. */
  get retired(): boolean {
    return this.#retired
  }

  /** Returns the connectors here that use one of these files. */
  retire(files: ReadonlySet<string>): string[] {
    this.#retired ||= [...this.#loaded].some(file => files.has(file))
    const using = this.#tenants.all().filter(({ code }) => code.files.some(file => files.has(file)))
    return using.map(tenant => tenant.connector)
  }

  get load(): HostLoad {
    return {
      busy: this.#process.busy + NEWCOMER_SHARE * this.#tenants.newcomers(),
      actors: this.#tenants.size,
      connectors: this.#tenants.connectors(),
    }
  }

  async startConnector({ name, config, target, onReconfigure }: ConnectorStart): Promise<TargetState> {
    const tenant = this.#tenants.admit(name, null, this.#codeOf(config), onReconfigure)
    const place = placeOf(tenant)
    const ms = this.#pluginMs
    try {
      return await this.#process.call('startConnector', { ...place, name, config, target }, ms, () =>
        this.#late(`start of connector ${name}`, ms),
      )
    } catch (error) {
      // A host that has ended tells by onEnd what becomes of whom.
      if (!this.#process.over) this.#abandon(tenant, error)
      throw error
    }
  }

  async taskConfigs(connector: string, max: number): Promise<Record<string, string>[]> {
    const ms = this.#pluginMs
    const { lease } = this.#objectOf(connector)
    const configs = await this.#process.call('taskConfigs', { lease, max }, ms, () =>
      this.#late(`taskConfigs of connector ${connector}`, ms),
    )
    if (!Array.isArray(configs)) throw new ConnectException(`Connector ${connector} has ended meanwhile`)
    return configs
  }

  failConnector(connector: string, error: unknown): void {
    const tenant = this.#tenants.object(connector)
    if (tenant) this.#process.post({ type: 'fail', lease: tenant.lease, error: errorToWire(error) })
  }

  async setTargetState(connector: string, target: TargetState): Promise<TargetState | null> {
    const ms = this.#pluginMs
    const tell = (lease: number) =>
      this.#process.call('setTargetState', { lease, target }, ms, () =>
        this.#late(`${target === 'STARTED' ? 'start' : 'stop'} of connector ${connector}`, ms),
      )
    for (const { lease, connector: of, id } of this.#tenants.all()) {
      if (id === null || of !== connector) continue
      tell(lease).catch(error => log.debug(`${taskName(id)} has not heard of ${target}: ${javaTrace(error)}`))
    }
    const object = this.#tenants.object(connector)
    return object ? await tell(object.lease) : null
  }

  async startTask(id: TaskId, start: TaskStart): Promise<boolean> {
    const tenant = this.#tenants.admit(id.connector, id, this.#codeOf(start.connector))
    const place = placeOf(tenant)
    const ms = this.#pluginMs
    try {
      return await this.#process.call('startTask', { ...place, id, start }, ms, () =>
        this.#late(`the making of task ${taskName(id)}`, ms),
      )
    } catch (error) {
      if (this.#process.over) throw error
      this.#abandon(tenant, error)
      return false
    }
  }

  async stopAndAwaitTasks(ids: readonly TaskId[]): Promise<void> {
    const tenants = ids.map(id => this.#tenants.task(id)).filter(tenant => tenant !== undefined)
    const given = await this.#stop(tenants, this.#options.worker.gracefulStopMs)
    for (const { id } of given) log.error(`Graceful stop of task ${taskName(id!)} failed.`)
  }

  async stopAndAwaitConnectors(names: readonly string[]): Promise<void> {
    const tenants = names.map(name => this.#tenants.object(name)).filter(tenant => tenant !== undefined)
    const given = await this.#stop(tenants, CONNECTOR_STOP_MS)
    for (const { connector } of given) {
      log.error(`Connector '${connector}' failed to properly shut down: ${this.name} does not answer.`)
      this.#options.status.connector(connector, 'UNASSIGNED', { version: null })
    }
  }

  recordCounts(): RecordCounts {
    const counts = { written: 0, put: 0 }
    for (const tenant of this.#tenants.all()) {
      counts.written += tenant.counts.written
      counts.put += tenant.counts.put
    }
    return counts
  }

  forgetTopics(connector: string): void {
    for (const tenant of this.#tenants.all())
      if (tenant.connector === connector && tenant.id)
        this.#process.post({ type: 'forget-topics', lease: tenant.lease })
  }

  /** Ends the process, by force if it does not within the time to stop. */
  async close(): Promise<void> {
    await this.#process.close(this.#unresponsive ? 0 : this.#options.worker.gracefulStopMs + SLACK_MS)
  }

  toString(): string {
    return String(this.#process)
  }

  get #pluginMs(): number {
    const { pluginTimeoutMs, hostTimeoutMs } = this.#options.settings
    // The host itself tells of a call that takes too long; this is for when it cannot.
    return pluginTimeoutMs + hostTimeoutMs + SLACK_MS
  }

  #told(message: WorkerTold): void {
    if (message.type === 'log') writeLine(message.line)
    else if (message.type === 'ready')
      log.info(`${this} is ready, ${(message.rssBytes / 2 ** 20).toFixed(0)} MiB`)
    else if (message.type === 'counts') {
      this.#options.onLate(message.lateMs)
      for (const { lease, written, put, report } of message.tasks) {
        const tenant = this.#tenants.get(lease)
        if (tenant?.id == null) continue
        tenant.counts = { written, put }
        if (report !== null) this.#options.status.report?.(tenant.id, report)
      }
    } else if ('lease' in message) {
      const tenant = this.#tenants.get(message.lease)
      // Invariant 2: one that was given up is not heard, somebody newer may speak for it.
      if (tenant) this.#heard(tenant, message)
    }
  }

  #heard(tenant: Tenant, message: Extract<WorkerTold, { lease: number }>): void {
    const { status } = this.#options
    switch (message.type) {
      case 'connector':
        tenant.failed = message.state === 'FAILED'
        status.connector(tenant.connector, message.state, message.detail)
        break
      case 'task':
        tenant.failed = message.state === 'FAILED'
        if (tenant.failed || message.state === 'UNASSIGNED') this.#tenants.evict(tenant)
        status.task(tenant.id!, message.state, message.detail)
        break
      case 'topic':
        status.topic(message.id, message.topic)
        break
      case 'plugins':
        status.plugins?.(tenant.connector, tenant.id?.task ?? null, message.values)
        break
      case 'reconfigure':
        tenant.onReconfigure()
    }
  }

  async #answer(call: Call<WorkerCalls>): Promise<unknown> {
    if (call.name === 'print') {
      await printLine(call.args.lines)
      return null
    }
    const tenant = this.#tenants.get(call.args.lease)
    // Invariant 2: what was given up may be far behind whoever has taken over.
    if (!tenant)
      throw new ConnectException(
        'This connector or task was given up and may read and commit no offsets any more',
      )
    return await answerOffsets(call, tenant.connector, this.#options.worker.offsets)
  }

  /** Those that did not stop in time. */
  async #stop(tenants: readonly Tenant[], ms: number): Promise<Tenant[]> {
    if (tenants.length === 0) return []
    const leases = tenants.map(tenant => tenant.lease)
    let late = false
    try {
      await this.#process.call('stop', { leases }, ms + SLACK_MS, () => {
        late = true
        return this.#late('stop', ms)
      })
    } catch (error) {
      log.debug(`${this} has not stopped everything: ${javaTrace(error)}`)
    }
    for (const tenant of tenants) this.#tenants.evict(tenant)
    this.#unresponsive ||= late
    return late ? [...tenants] : []
  }

  #codeOf(connector: Readonly<Record<string, string>>): OutsideCode {
    const code = this.#options.codeOf(connector)
    for (const file of code.files) this.#loaded.add(file)
    return code
  }

  #objectOf(connector: string): Tenant {
    const tenant = this.#tenants.object(connector)
    if (!tenant) throw new ConnectException(`Connector ${connector} does not run on ${this.name}`)
    return tenant
  }

  #late(what: string, ms: number): HostException {
    return new HostException(`${what} has not returned within ${ms} ms on ${this.name}`, {
      hint: 'bunnect.plugin.timeout.ms is how long a call of a plugin may take.',
    })
  }

  /** Of something that the host did not begin, or not in time, and could not tell itself. */
  #abandon(tenant: Tenant, error: unknown): void {
    if (tenant.failed || !this.#tenants.get(tenant.lease)) return // Told already, or stopped meanwhile.
    // Its plugins may still be loading: it must not run when that comes to an end.
    void this.#stop([tenant], this.#pluginMs)
    this.#tenants.evict(tenant)
    tenant.failed = true
    const detail = failure(error, null)
    if (tenant.id) this.#options.status.task(tenant.id, 'FAILED', detail)
    else this.#options.status.connector(tenant.connector, 'FAILED', detail)
  }

  #ended({ how, reason, orderly }: ConnectionEnd): void {
    const end: HostEnd = { host: this, ...judged(how, reason, this.#tenants, this.#process.marks) }
    for (const tenant of this.#tenants.all()) this.#tenants.evict(tenant)
    if (!orderly) this.#options.onEnd(end)
  }
}

function placeOf({ lease, slot, code }: Tenant): ActorPlace {
  return { lease, slot, outside: code.outside, plugins: code.files }
}
