import { ConnectException, causes, javaTrace } from '../../../data/errors.ts'
import type { Admin, ClientProperties, Consumer, KafkaClient, Producer } from '../../../kafka/port.ts'
import { logger } from '../../../observe/log.ts'
import { replaceLevels } from '../../../observe/log-levels.ts'
import { redirectOutput } from '../../../observe/output.ts'
import type { Plugin } from '../../../sdk/plugin.ts'
import { type PluginRegistry, pluginRegistry } from '../../plugins.ts'
import type { StatusListener } from '../../status.ts'
import { errorToWire, RemoteException } from '../error-wire.ts'
import { InProcessHost } from '../in-process-host.ts'
import { Line } from '../line.ts'
import { inheritBoard, MarkWriter, PLUGIN_CALLS } from '../marks.ts'
import type {
  ActorPlace,
  Call,
  HostCalls,
  HostSetup,
  HostTold,
  WorkerCalls,
  WorkerTold,
} from '../protocol.ts'
import { Actor, type ActorName, culprits } from './actor.ts'
import { runAs } from './actor-scope.ts'
import { GuardedPlugins } from './guarded-plugins.ts'
import { sendLog } from './host-log.ts'
import { type AskWorker, LeasedOffsets } from './leased-offsets.ts'
import { OutsideFiles } from './outside-files.ts'
import { Turnstile } from './turnstile.ts'
import type { WayOut } from './way-out.ts'

const log = logger('bunnect.worker.hosts.HostProcess')
/** Where the worker has put the board of marks, beside the three standard streams. */
const BOARD_FD = 3
const LOAD = PLUGIN_CALLS.indexOf('load')
const PLUGIN_METRICS = PLUGIN_CALLS.indexOf('pluginMetrics')
const COUNTS_MS = 1000
/** Of the offset store, at the same time; the others wait here, in the host's own memory (invariant 7). */
const MOST_QUESTIONS = 64
/** Longer than any wait of the worker's store; it tells of its own trouble before. */
const WORKER_ANSWER_MS = 120_000

/** What a host is made of besides the worker's word. */
export interface HostProgram {
  /** By the worker's configuration. */
  builtIns(worker: ClientProperties): readonly Plugin[]
  openKafka(worker: ClientProperties, dataDir: string): Promise<KafkaClient>
}

/** A task host seen from inside: does what the worker says, for one connector's object or task at a time. */
export class HostProcess {
  readonly #line: Line<WorkerCalls, HostCalls, HostTold>
  readonly #program: HostProgram
  readonly #wayOut: WayOut
  readonly #actors = new Map<number, Actor>()
  readonly #marks = new MarkWriter(inheritBoard(BOARD_FD))
  readonly #outside = new OutsideFiles()
  readonly #questions = new Turnstile(MOST_QUESTIONS)
  #setup!: HostSetup
  #guard!: GuardedPlugins
  #readByWorker: () => void = () => {}
  /** The worker has asked for a sign of life since the counts were told. */
  #isHeard = false
  /** When the counts are due, by performance.now(). */
  #nextCounts = 0
  #kafka: Promise<KafkaClient> | null = null

  constructor(program: HostProgram, wayOut: WayOut, send: (bytes: Uint8Array) => void) {
    this.#program = program
    this.#wayOut = wayOut
    this.#line = new Line({ send, answer: call => this.#answer(call), told: message => this.#told(message) })
  }

  receive(bytes: unknown): void {
    this.#line.receive(bytes)
  }

  /** Whoever has to answer for an error that no call gives back. */
  blame(error: unknown): Actor[] {
    return culprits(error, [...this.#actors.values()])
  }

  readonly #ask: AskWorker = (name, args) =>
    this.#questions.through(() =>
      this.#line.call(name, args, WORKER_ANSWER_MS, () => new ConnectException('The worker did not answer')),
    )

  #post(message: WorkerTold): void {
    this.#line.post(message)
  }

  #told(message: HostTold): void {
    switch (message.type) {
      case 'setup':
        this.#begin(message.setup)
        break
      case 'ping':
        this.#readByWorker()
        this.#isHeard = true
        this.#post({ type: 'pong' })
        break
      case 'fail':
        this.#actors.get(message.lease)?.fail(new RemoteException(message.error))
        break
      case 'forget-topics':
        this.#actors.get(message.lease)?.forgetTopics()
        break
      case 'levels':
        replaceLevels(message.levels)
        break
      case 'end':
        void this.#end()
    }
  }

  #begin(setup: HostSetup): void {
    this.#setup = setup
    this.#readByWorker = sendLog(setup, message => this.#post(message))
    redirectOutput(async lines => void (await this.#ask('print', { lines })))
    this.#guard = new GuardedPlugins(this.#marks, setup.pluginTimeoutMs)
    this.#nextCounts = performance.now() + COUNTS_MS
    setInterval(() => this.#tellCounts(), COUNTS_MS).unref()
    this.#post({ type: 'ready', rssBytes: process.memoryUsage.rss() })
  }

  async #answer(call: Call<HostCalls>): Promise<unknown> {
    switch (call.name) {
      case 'startConnector': {
        const { name, config, target, lease } = call.args
        const onReconfigure = () => this.#askReconfigure(lease)
        return await this.#begun(call.args, { connector: name }, host =>
          host.startConnector({ name, config, target, onReconfigure }),
        )
      }
      case 'startTask': {
        const { id, start } = call.args
        return await this.#begun(call.args, { id }, host => host.startTask(id, start))
      }
      case 'taskConfigs':
        return await this.#with(call.args.lease, (host, actor) =>
          host.taskConfigs(actor.connector, call.args.max),
        )
      case 'setTargetState':
        return await this.#with(call.args.lease, (host, actor) =>
          host.setTargetState(actor.connector, call.args.target),
        )
      case 'stop': {
        const actors = call.args.leases
          .map(lease => this.#actors.get(lease))
          .filter(actor => actor !== undefined)
        await Promise.all(actors.map(actor => actor.stop()))
        for (const { place } of actors) this.#actors.delete(place.lease)
        return null
      }
      case 'describe':
        return await this.#outside.describe(call.args.paths)
      case 'validate':
        return await this.#outside.validate(call.args.className, call.args.config)
    }
  }

  /** Once a turn, however often the plugin asks (invariant 7). */
  #askReconfigure(lease: number): void {
    const actor = this.#actors.get(lease)
    if (!actor || actor.asking) return
    actor.asking = true
    setImmediate(() => {
      actor.asking = false
      this.#post({ type: 'reconfigure', lease })
    })
  }

  /** Loads what the actor needs and starts it in its own scope: whatever it leaves running is its own. */
  async #begun<T>(
    place: ActorPlace,
    name: ActorName,
    start: (host: InProcessHost) => Promise<T>,
  ): Promise<T> {
    const actor = new Actor(place, name)
    this.#actors.set(place.lease, actor)
    this.#marks.clear(place.slot)
    return await runAs(actor, async () => {
      const made = Promise.withResolvers<void>()
      actor.made = made.promise
      try {
        const host = await this.#hostFor(actor)
        if (actor.over) throw new ConnectException('It was stopped before its plugins were loaded')
        actor.host = host
        const started = start(host)
        made.resolve()
        return await started
      } catch (error) {
        if (actor.host === null && !actor.over) this.#tellUnmade(actor, error)
        throw error
      } finally {
        made.resolve()
      }
    })
  }

  async #hostFor({ place, name }: Actor): Promise<InProcessHost> {
    const outside = await this.#load(place)
    const plugins = this.#guarded(pluginRegistry([...this.#program.builtIns(this.#setup.worker), ...outside]))
    const { worker, gracefulStopMs, offsetFlushIntervalMs, offsetFlushTimeoutMs } = this.#setup
    return new InProcessHost({
      config: worker,
      gracefulStopMs,
      offsetFlushIntervalMs,
      offsetFlushTimeoutMs,
      kafka: this.#clients(),
      plugins,
      offsets: new LeasedOffsets(place.lease, this.#ask),
      status: this.#statuses(place.lease, 'id' in name),
    })
  }

  async #load({ slot, plugins }: ActorPlace): Promise<readonly Plugin[]> {
    if (plugins.length === 0) return []
    this.#marks.pend(slot, LOAD)
    try {
      return await this.#outside.load(plugins)
    } finally {
      this.#marks.settle(slot, LOAD)
    }
  }

  #statuses(lease: number, isTask: boolean): StatusListener {
    return {
      connector: (name, state, detail) => this.#post({ type: 'connector', lease, name, state, detail }),
      task: (id, state, detail) => {
        const counts = this.#actors.get(lease)?.newCounts()
        if (counts) this.#post({ type: 'counts', lateMs: 0, tasks: [counts] })
        this.#post({ type: 'task', lease, id, state, detail })
        if (isTask && (state === 'FAILED' || state === 'UNASSIGNED')) this.#actors.delete(lease)
      },
      topic: (id, topic) => this.#post({ type: 'topic', lease, id, topic }),
      plugins: (_connector, _task, values) => this.#post({ type: 'plugins', lease, values }),
      report: (_, report) => {
        const counts = this.#actors.get(lease)?.counted(report)
        if (counts) this.#post({ type: 'counts', lateMs: 0, tasks: [counts] })
      },
    }
  }

  #tellUnmade({ place, name }: Actor, error: unknown): void {
    log.error(`A plugin could not be loaded: ${causes(error)}`, javaTrace(error))
    const detail = { version: null, trace: javaTrace(error) }
    const { lease } = place
    if ('id' in name) this.#post({ type: 'task', lease, id: name.id, state: 'FAILED', detail })
    else this.#post({ type: 'connector', lease, name: name.connector, state: 'FAILED', detail })
    this.#actors.delete(lease)
  }

  async #with<T>(lease: number, run: (host: InProcessHost, actor: Actor) => Promise<T>): Promise<T | null> {
    const actor = this.#actors.get(lease)
    await actor?.made
    if (!actor?.host) return null // It has ended meanwhile, and its state has been told.
    const { host } = actor
    return await runAs(actor, () => run(host, actor))
  }

  #guarded(registry: PluginRegistry): PluginRegistry {
    const guard = this.#guard
    return {
      ...registry,
      connector: name => guard.connector(registry.connector(name)),
      converter: name => guard.converter(registry.converter(name)),
      transformation: name => guard.transformation(registry.transformation(name)),
      predicate: name => guard.predicate(registry.predicate(name)),
    }
  }

  /** The native client loads with the first task: a host that only tells what plugins there are never pays for it. */
  #clients(): KafkaClient {
    const { worker, dataDir } = this.#setup
    const open = () => (this.#kafka ??= this.#program.openKafka(worker, dataDir))
    return {
      producer: async (...args): Promise<Producer> => (await open()).producer(...args),
      consumer: async (...args): Promise<Consumer> => (await open()).consumer(...args),
      admin: async (...args): Promise<Admin> => (await open()).admin(...args),
      close: async () => {},
    }
  }

  #tellCounts(): void {
    const now = performance.now()
    const lateMs = Math.max(now - this.#nextCounts, 0)
    this.#nextCounts = now + COUNTS_MS
    if (!this.#isHeard) return // Invariant 7: a worker that is stopped has them pile up.
    this.#isHeard = false
    const tasks = [...this.#actors.values()].flatMap(actor => (actor.isTask && actor.newCounts()) || [])
    this.#post({ type: 'counts', lateMs, tasks })
    for (const actor of this.#actors.values()) this.#tellPluginMetrics(actor)
  }

  /** That is a call into the plugin, if it has such. */
  #tellPluginMetrics(actor: Actor): void {
    const before = this.#marks.enter(actor.slot, PLUGIN_METRICS)
    try {
      runAs(actor, () => actor.host?.tellPluginMetrics())
    } finally {
      this.#marks.leave(before)
    }
  }

  async #end(): Promise<void> {
    await Promise.all([...this.#actors.values()].map(actor => actor.stop()))
    try {
      await (await this.#kafka)?.close()
    } catch (error) {
      log.warn(`The Kafka clients could not be closed: ${javaTrace(error)}`, errorToWire(error).frames)
    }
    this.#wayOut.exit(0)
  }
}
