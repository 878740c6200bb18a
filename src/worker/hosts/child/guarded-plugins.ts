import { ConnectException } from '../../../data/errors.ts'
import { isPending } from '../../../pipeline/awaitable.ts'
import type {
  ConnectorPlugin,
  ConverterPlugin,
  Monitorable,
  PredicatePlugin,
  SinkTask,
  SourceTask,
  TransformationPlugin,
} from '../../../sdk/plugin.ts'
import { within } from '../../../waiting/deadline.ts'
import { type MarkWriter, PLUGIN_CALLS, type PluginCall } from '../marks.ts'
import { currentActor } from './actor-scope.ts'

const CALL = Object.fromEntries(PLUGIN_CALLS.map((name, i) => [name, i])) as Record<PluginCall, number>

/** What the converters of values and of headers have in common. */
interface Codec<Into extends unknown[], From extends unknown[]> extends Monitorable {
  serialize(...args: Into): void
  deserialize(...args: From): void
  registers?: boolean
  close?(): void
}

/**
 * Plugins whose calls are marked on the board, so that the worker knows who is at fault when the host does not come
 * back; the calls that nobody waits for with a deadline of his own get one.
 */
export class GuardedPlugins {
  readonly #marks: MarkWriter
  readonly #timeoutMs: number

  /** `timeoutMs` is bunnect.plugin.timeout.ms. */
  constructor(marks: MarkWriter, timeoutMs: number) {
    this.#marks = marks
    this.#timeoutMs = timeoutMs
  }

  connector(plugin: ConnectorPlugin): ConnectorPlugin {
    const slot = () => currentActor()?.slot ?? 0
    const calls = {
      ...(plugin.start && {
        start: (...args: Parameters<NonNullable<typeof plugin.start>>) =>
          this.#timed(slot(), 'start', plugin, () => plugin.start!(args[0], args[1] as never)),
      }),
      ...(plugin.stop && {
        stop: (...args: Parameters<NonNullable<typeof plugin.stop>>) =>
          this.#timed(slot(), 'stop', plugin, () => plugin.stop!(args[0], args[1] as never)),
      }),
      ...(plugin.taskConfigs && {
        taskConfigs: (...args: Parameters<NonNullable<typeof plugin.taskConfigs>>) =>
          this.#timed(slot(), 'taskConfigs', plugin, () => plugin.taskConfigs!(...args)),
      }),
    }
    if (plugin.kind === 'source')
      return {
        ...plugin,
        ...calls,
        task: (...args: Parameters<typeof plugin.task>) => this.#source(plugin, plugin.task(...args), slot()),
      }
    return {
      ...plugin,
      ...calls,
      task: (...args: Parameters<typeof plugin.task>) => this.#sink(plugin, plugin.task(...args), slot()),
    }
  }

  /** One that is compiled in is trusted, and costs nothing. */
  transformation(plugin: TransformationPlugin): TransformationPlugin {
    if (!plugin.outside) return plugin
    const marks = this.#marks
    return {
      ...plugin,
      create: (config, raw) => {
        const { slot, made } = this.#load(() => plugin.create(config, raw))
        return {
          apply(record) {
            const before = marks.enter(slot, CALL.transform)
            try {
              return made.apply(record)
            } finally {
              marks.leave(before)
            }
          },
          ...once(made),
        }
      },
    }
  }

  predicate(plugin: PredicatePlugin): PredicatePlugin {
    if (!plugin.outside) return plugin
    const marks = this.#marks
    return {
      ...plugin,
      create: (config, raw) => {
        const { slot, made } = this.#load(() => plugin.create(config, raw))
        return {
          test(record) {
            const before = marks.enter(slot, CALL.predicate)
            try {
              return made.test(record)
            } finally {
              marks.leave(before)
            }
          },
          ...once(made),
        }
      },
    }
  }

  converter(plugin: ConverterPlugin): ConverterPlugin {
    if (!plugin.outside) return plugin
    const { converter, headerConverter } = plugin
    return {
      ...plugin,
      ...(converter && {
        converter: (config, isKey) => this.#converter(() => converter(config, isKey)),
      }),
      ...(headerConverter && {
        headerConverter: config => this.#converter(() => headerConverter(config)),
      }),
    }
  }

  #converter<Into extends unknown[], From extends unknown[]>(
    make: () => Codec<Into, From>,
  ): Codec<Into, From> {
    const { slot, made } = this.#load(make)
    const serialize = made.serialize.bind(made)
    const deserialize = made.deserialize.bind(made)
    return {
      serialize: (...args) => this.#marked(slot, 'converter', () => serialize(...args)),
      deserialize: (...args) => this.#marked(slot, 'converter', () => deserialize(...args)),
      ...(made.registers && { registers: true }),
      ...once(made),
    }
  }

  #source(plugin: ConnectorPlugin, task: SourceTask, slot: number): SourceTask {
    return {
      ...(task.start && { start: () => this.#timed(slot, 'start', plugin, () => task.start!()) }),
      poll: () => this.#marked(slot, 'poll', () => task.poll()),
      ...(task.commitRecord && {
        commitRecord: (record, metadata) =>
          this.#marked(slot, 'commitRecord', () => task.commitRecord!(record, metadata)),
      }),
      ...(task.commit && { commit: () => this.#marked(slot, 'commit', () => task.commit!()) }),
      ...(task.stop && { stop: () => this.#marked(slot, 'stop', () => task.stop!()) }),
    }
  }

  #sink(plugin: ConnectorPlugin, task: SinkTask, slot: number): SinkTask {
    return {
      ...(task.start && { start: () => this.#timed(slot, 'start', plugin, () => task.start!()) }),
      ...(task.open && { open: at => this.#marked(slot, 'open', () => task.open!(at)) }),
      put: records => this.#marked(slot, 'put', () => task.put(records)),
      ...(task.flush && { flush: at => this.#marked(slot, 'flush', () => task.flush!(at)) }),
      ...(task.preCommit && { preCommit: at => this.#marked(slot, 'preCommit', () => task.preCommit!(at)) }),
      ...(task.close && { close: at => this.#marked(slot, 'close', () => task.close!(at)) }),
      ...(task.stop && { stop: () => this.#marked(slot, 'stop', () => task.stop!()) }),
    }
  }

  #load<T>(make: () => T): { slot: number; made: T } {
    const slot = currentActor()?.slot ?? 0
    return { slot, made: this.#marked(slot, 'load', make) }
  }

  #marked<T>(slot: number, name: PluginCall, call: () => T): T {
    const marks = this.#marks
    const index = CALL[name]
    const before = marks.enter(slot, index)
    try {
      const answer = call()
      if (!isPending(answer)) return answer
      marks.pend(slot, index)
      return Promise.resolve(answer).finally(() => marks.settle(slot, index)) as T
    } finally {
      marks.leave(before)
    }
  }

  /** Invariant 7: a call that does not come back fails; the plugin may go on, nobody listens to it. */
  async #timed<T>(
    slot: number,
    name: PluginCall,
    plugin: ConnectorPlugin,
    call: () => T | Promise<T>,
  ): Promise<T> {
    const answer = this.#marked(slot, name, call)
    if (!isPending(answer)) return answer
    return await within(answer, this.#timeoutMs, () => {
      throw new ConnectException(
        `${name} of ${plugin.className} did not return within ${this.#timeoutMs} ms`,
        { hint: 'bunnect.plugin.timeout.ms is how long such a call may take.' },
      )
    })
  }
}

/** What is called once, with the others waiting. */
function once(made: Monitorable & { close?(): void }): Monitorable & { close?(): void } {
  return {
    ...(made.withPluginMetrics && { withPluginMetrics: metrics => made.withPluginMetrics!(metrics) }),
    ...(made.close && { close: () => made.close!() }),
  }
}
