import { withoutNulls } from '../../config/connector/checked-key.ts'
import type { Config } from '../../sdk/plugin.ts'
import { sameConfig } from '../../worker/task-configs.ts'
import type { ConfigResolver } from '../config-resolver.ts'
import type { Desired, DesiredState } from '../desired-state.ts'
import { HerderError } from '../errors.ts'
import type { SerialQueues } from '../serial.ts'
import { UndeliveredError } from '../undelivered-error.ts'
import { caughtUp } from './catch-up.ts'
import type { ConfigStore } from './config-events.ts'
import type { Leadership } from './leadership.ts'
import type { TaskConfigDelivery } from './task-config-delivery.ts'

export interface TopicStateParts {
  store: ConfigStore
  writes: SerialQueues
  resolver: ConfigResolver
  leadership: Leadership
  delivery: TaskConfigDelivery
}

type Unknown = 'CONNECTOR_NOT_FOUND' | 'UNKNOWN_CONNECTOR' | 'UNKNOWN_CONNECTOR_STATE'

/** Desired state as the config topic has it. Java: ClusterConfigState, with the configuration that tasks were made from */
export class TopicState implements DesiredState {
  readonly #store: ConfigStore
  readonly #writes: SerialQueues
  readonly #resolver: ConfigResolver
  readonly #leadership: Leadership
  readonly #delivery: TaskConfigDelivery
  /** Stored configurations never change. */
  readonly #usable = new WeakMap<object, Config>()
  /** What the configurations that tasks were made from stood for; a secret that changes later is a change. */
  readonly #applied = new Map<string, { raw: Config; resolved: Config }>()

  constructor({ store, writes, resolver, leadership, delivery }: TopicStateParts) {
    this.#store = store
    this.#writes = writes
    this.#resolver = resolver
    this.#leadership = leadership
    this.#delivery = delivery
  }

  connectors(): string[] {
    return this.#store.snapshot().connectors()
  }

  get(connector: string): Desired | null {
    const snapshot = this.#store.snapshot()
    const config = this.config(connector)
    if (config === null) return null
    return {
      config,
      target: snapshot.targetState(connector) ?? 'STARTED',
      tasks: snapshot.tasks(connector).map(id => snapshot.taskConfig(id) ?? {}),
    }
  }

  config(connector: string): Config | null {
    const stored = this.#store.snapshot().connectorConfig(connector)
    if (stored === null) return null
    // Nulls that others have written: the JVM's connector fails with them, here the keys are absent.
    const config = this.#usable.get(stored) ?? withoutNulls(stored)
    this.#usable.set(stored, config)
    return config
  }

  async applied(connector: string): Promise<Config | null> {
    const stored = this.#store.snapshot().appliedConfig(connector)
    if (stored === null) return null
    const raw = withoutNulls(stored)
    const known = this.#applied.get(connector)
    if (known && sameConfig(known.raw, raw)) return known.resolved
    const { config: resolved } = await this.#resolver.resolve(raw)
    const found = { raw, resolved: withoutNulls(resolved) }
    this.#applied.set(connector, found)
    return found.resolved
  }

  async replaceTasks(
    connector: string,
    tasks: Record<string, string>[],
    applied: Config,
    needed: () => Promise<boolean>,
  ): Promise<void> {
    if (this.#leadership.isHere) {
      await this.#writes.run(connector, async () => {
        if (await needed()) await this.#write(connector, tasks)
      })
    } else {
      // Not in the connector's turn: what waits for another worker holds up nobody here.
      if (!(await needed())) return
      await this.#delivery.send(connector, tasks)
      await caughtUp(this.#store)
    }
    const raw = this.#store.snapshot().appliedConfig(connector)
    if (raw !== null) this.#applied.set(connector, { raw: withoutNulls(raw), resolved: applied })
  }

  async #write(connector: string, tasks: Record<string, string>[]): Promise<void> {
    await this.#leadership.lead().catch(() => {
      throw new UndeliveredError('This worker has ceased to lead the group', null)
    })
    await this.#store.putTasks(connector, tasks)
  }

  /** It is gone. */
  forget(connector: string): void {
    this.#applied.delete(connector)
  }

  /**
   * As `known`, where other workers may have read on (invariant 3): what is unknown here, the connector or this task,
   * is looked for up to the end of the topic.
   */
  async knownAnywhere(connector: string, otherwise: Unknown, task?: number): Promise<Desired> {
    const { tasks = [] } = this.get(connector) ?? {}
    const isKnown = this.config(connector) !== null && (task === undefined || tasks[task] !== undefined)
    if (!isKnown && !(await this.#leadership.hasRead())) throw new HerderError('STALE_CONFIG')
    return this.known(connector, otherwise)
  }

  /** Or HerderError with Connect's text for a connector that nobody has configured. */
  known(connector: string, otherwise: Unknown): Desired {
    const desired = this.get(connector)
    if (!desired) throw new HerderError(otherwise, connector)
    return desired
  }
}
