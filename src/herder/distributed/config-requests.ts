import type { Membership } from '../../group/membership.ts'
import type { TargetState } from '../../worker/status.ts'
import { HerderError } from '../errors.ts'
import type { ConnectorInfo, ConnectorStatus, RequestOptions, SubmittedConfig } from '../herder.ts'
import type { OtherWorkers } from '../other-workers.ts'
import { patched } from '../patched.ts'
import type { AtStage } from '../request-queue.ts'
import { restartPlan } from '../restart-plan.ts'
import type { SerialQueues } from '../serial.ts'
import { checkStillWanted } from '../still-wanted.ts'
import type { Validation } from '../validation.ts'
import type { ConfigStore } from './config-events.ts'
import { acceptedElsewhere } from './lacks-plugin.ts'
import type { Leadership } from './leadership.ts'
import type { TopicState } from './topic-state.ts'

export interface ConfigRequestsParts {
  store: ConfigStore
  state: TopicState
  writes: SerialQueues
  leadership: Leadership
  validation: Validation
  membership: Pick<Membership, 'current'>
  others: OtherWorkers
  /** URLs of the other members of a group that this worker leads. */
  members(): readonly string[]
  /** The JVM's answers, also where ours are better. */
  strict: boolean
  infoOf(connector: string): ConnectorInfo
  /** Null where nothing is known to have been reported, and that matters. */
  statusOf(connector: string): ConnectorStatus | null
}

type PutOptions = RequestOptions & { replace: boolean; initialState?: TargetState }

/**
 * Requests that end with a record of the config topic, each connector's one after the other. What changes or ends work
 * only the leader writes; whether a connector is paused, and levels of loggers, any worker.
 */
export class ConfigRequests {
  readonly #parts: ConfigRequestsParts

  constructor(parts: ConfigRequestsParts) {
    this.#parts = parts
  }

  /** Validated here, and by the leader again. */
  async put(
    name: string,
    submitted: SubmittedConfig,
    options: PutOptions,
    at: AtStage,
  ): Promise<{ created: boolean; info: ConnectorInfo }> {
    const config = await this.#checked(submitted, options)
    return await this.#asLeader(name, () => this.#write(name, config, options, at))
  }

  patch(
    name: string,
    patch: SubmittedConfig,
    options: RequestOptions | undefined,
    at: AtStage,
  ): Promise<ConnectorInfo> {
    const { state } = this.#parts
    return this.#asLeader(name, async () => {
      const { config: before } = state.known(name, 'CONNECTOR_NOT_FOUND')
      const config = await this.#checked(patched(before, patch), options)
      return (await this.#write(name, config, { ...options, replace: true }, at)).info
    })
  }

  delete(name: string, options: RequestOptions | undefined): Promise<void> {
    const { state, store } = this.#parts
    return this.#asLeader(name, async () => {
      state.known(name, 'CONNECTOR_NOT_FOUND')
      checkStillWanted(options)
      await store.removeConnector(name)
    })
  }

  async setTarget(name: string, target: TargetState, options: RequestOptions | undefined): Promise<void> {
    const { state, store, writes } = this.#parts
    await state.knownAnywhere(name, 'UNKNOWN_CONNECTOR_STATE')
    const write = async () => {
      state.known(name, 'UNKNOWN_CONNECTOR_STATE')
      checkStillWanted(options)
      if (target === 'STOPPED') await store.putTasks(name, [])
      await store.putTargetState(name, target)
    }
    await (target === 'STOPPED' ? this.#asLeader(name, write) : writes.run(name, write))
  }

  async restart(
    name: string,
    { includeTasks, onlyFailed, ...options }: RequestOptions & { includeTasks: boolean; onlyFailed: boolean },
  ): Promise<ConnectorStatus> {
    const { leadership, state, store, statusOf } = this.#parts
    const flags = { includeTasks, onlyFailed }
    await state.knownAnywhere(name, 'UNKNOWN_CONNECTOR')
    await leadership.lead()
    const status = statusOf(name)
    if (!status) throw new HerderError('NO_STATUS_TO_RESTART', name)
    checkStillWanted(options)
    await store.putRestart({ connector: name, ...flags })
    return restartPlan(status, flags).announced
  }

  async loggerLevel(namespace: string, level: string, options: RequestOptions | undefined): Promise<void> {
    checkStillWanted(options)
    await this.#parts.store.putLoggerLevel(namespace, level)
  }

  /** What another worker's connector wants of its tasks; by need, which that worker has looked at. */
  putTasks(name: string, configs: readonly Record<string, string>[]): Promise<void> {
    const { state, store } = this.#parts
    return this.#asLeader(name, async () => {
      const { target } = state.known(name, 'CONNECTOR_NOT_FOUND')
      if (configs.length > 0 && target === 'STOPPED')
        throw new HerderError(
          'BAD_REQUEST',
          `Cannot submit non-empty set of task configs for stopped connector ${name}`,
        )
      await store.putTasks(name, configs)
    })
  }

  /** In the connector's turn. Throws ElsewhereError on every worker but the leader. */
  async #asLeader<T>(name: string, write: () => Promise<T>): Promise<T> {
    const { leadership, writes } = this.#parts
    await leadership.lead()
    return await writes.run(name, async () => {
      leadership.require()
      return await write()
    })
  }

  async #checked(config: SubmittedConfig, { signal }: RequestOptions = {}): Promise<Record<string, string>> {
    const { validation, membership, strict, members, others } = this.#parts
    try {
      return await validation.checked(config)
    } catch (error) {
      if (strict) throw error
      const group = { current: membership.current, urls: members(), others, signal }
      return await acceptedElsewhere(error, config, group)
    }
  }

  async #write(
    name: string,
    config: Record<string, string>,
    { replace, initialState, signal }: PutOptions,
    at: AtStage,
  ): Promise<{ created: boolean; info: ConnectorInfo }> {
    const { store, infoOf, leadership } = this.#parts
    const created = !store.snapshot().contains(name)
    if (!created && !replace) throw new HerderError('CONNECTOR_EXISTS', name)
    checkStillWanted({ ...(signal && { signal }) })
    at(`writing a config for connector ${name} to the config topic`)
    leadership.require()
    await store.putConnector(name, config, initialState)
    return { created, info: { ...infoOf(name), config } }
  }
}
