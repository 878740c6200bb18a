import { withoutNulls } from '../../config/connector/checked-key.ts'
import { ConnectException, causes, causesAndHint } from '../../data/errors.ts'
import { taskAdminProperties } from '../../kafka/client-layers.ts'
import type { Admin, KafkaClient } from '../../kafka/port.ts'
import { logger } from '../../observe/log.ts'
import type { Config } from '../../sdk/plugin.ts'
import { within } from '../../waiting/deadline.ts'
import type { Worker } from '../../worker/worker.ts'
import type { ConfigResolver } from '../config-resolver.ts'
import { ElsewhereError, HerderError } from '../errors.ts'
import type { SerialQueues } from '../serial.ts'
import type { ConfigSnapshot, ConfigStore } from './config-events.ts'
import type { Leadership } from './leadership.ts'
import type { TopicState } from './topic-state.ts'
import { taskTransactionalId } from './transactional-ids.ts'

/** What fencing needs of the worker it runs on. */
export interface FencingClients {
  kafka: Pick<KafkaClient, 'admin'>
  /** The worker's own configuration. */
  config: Config
  /** group.id */
  group: string
}

export interface ZombieFencingParts {
  store: ConfigStore
  state: TopicState
  writes: SerialQueues
  leadership: Leadership
  resolver: ConfigResolver
  worker: Pick<Worker, 'pluginOf'>
  clients: FencingClients
  /** worker.sync.timeout.ms */
  syncTimeoutMs: number
}

/** How long the coordinators may take; fixed in the JVM too. */
const FENCING_MS = 90_000
const FAILED = 'Failed to perform zombie fencing'

const log = logger('org.apache.kafka.connect.runtime.distributed.DistributedHerder')

/**
 * Sees to it, as leader, that no former task of a source connector writes in transactions any more, and writes how
 * many tasks may from now on. Exactly-once tasks of JVM workers ask for it before they run.
 * Java: DistributedHerder.fenceZombieSourceTasks, ZombieFencing (KIP-618)
 */
export class ZombieFencing {
  readonly #parts: ZombieFencingParts
  /** By connector: who comes while one is under way waits for the same one. */
  readonly #rounds = new Map<string, Promise<void>>()
  readonly #admins = new Set<Admin>()
  #closed = false

  constructor(parts: ZombieFencingParts) {
    this.#parts = parts
  }

  /** Throws HerderError for what is no source connector, ElsewhereError on every worker but the leader. */
  async fence(name: string): Promise<void> {
    const { leadership, state, worker, store, writes } = this.#parts
    await leadership.lead()
    const { config } = state.known(name, 'CONNECTOR_NOT_FOUND')
    // A class that is not here may be a source of JVM workers of the group.
    if (worker.pluginOf(config)?.kind === 'sink')
      throw new HerderError('BAD_REQUEST', `Connector ${name} is not a source connector`)
    await this.#refresh('Failed to read to end of config topic before performing zombie fencing')
    const round = await writes.run(name, async () => {
      leadership.require()
      const snapshot = store.snapshot()
      if (!snapshot.pendingFencing(name)) return null
      const former = snapshot.taskCountRecord(name)
      const tasks = snapshot.taskCount(name)
      // One task that follows one has the same id, and shuts its predecessor out by itself.
      if (former === null || (former === 1 && tasks === 1)) {
        await store.putTaskCount(name, tasks)
        return null
      }
      return { ended: this.#joined(name, former, snapshot) }
    })
    await round?.ended
  }

  /** Rounds that wait for a coordinator fail. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled([...this.#admins].map(admin => admin.close()))
  }

  #joined(name: string, former: number, before: ConfigSnapshot): Promise<void> {
    const running = this.#rounds.get(name)
    if (running) return running
    const round = this.#round(name, former, before).finally(() => this.#rounds.delete(name))
    this.#rounds.set(name, round)
    return round
  }

  async #round(name: string, former: number, before: ConfigSnapshot): Promise<void> {
    const admin = await this.#open(name)
    try {
      const { group } = this.#parts.clients
      const ids = Array.from({ length: former }, (_, task) =>
        taskTransactionalId(group, { connector: name, task }),
      )
      await admin.fenceProducers(ids, FENCING_MS)
      await this.#record(name, before)
    } catch (error) {
      if (error instanceof ElsewhereError) throw error
      throw this.#failed(name, former, error)
    } finally {
      this.#admins.delete(admin)
      await admin.close()
    }
  }

  /** Unless there are other tasks than those that were to run: the record would be about them. */
  #record(name: string, before: ConfigSnapshot): Promise<void> {
    const { store, writes, leadership } = this.#parts
    const isOvertaken = () => generationOf(store.snapshot(), name) > generationOf(before, name)
    if (isOvertaken() && store.snapshot().tasks(name).length > 0)
      throw new OvertakenError(
        'Failed to complete zombie fencing because a new set of task configs was generated',
      )
    return writes.run(name, async () => {
      await this.#refresh('Failed to read to end of config topic')
      if (isOvertaken())
        throw new OvertakenError(
          'Fencing failed because new task configurations were generated for the connector',
        )
      leadership.require()
      await store.putTaskCount(name, before.taskCount(name))
    })
  }

  /** The client has the connector's `admin.override.…` settings. Java: Worker.fenceZombies */
  async #open(name: string): Promise<Admin> {
    const { state, resolver, clients } = this.#parts
    const { config: raw } = state.known(name, 'CONNECTOR_NOT_FOUND')
    const { config } = await resolver.resolve(raw)
    const id = `connector-worker-adminclient-${name}`
    const properties = taskAdminProperties(clients.config, withoutNulls(config), id)
    let admin: Admin
    try {
      admin = await clients.kafka.admin(properties, name)
    } catch (cause) {
      throw new ConnectException('Failed to create new KafkaAdminClient', {
        cause,
        hint: `Correct admin.override.… of connector ${name}, or admin.… of the worker: ${causesAndHint(cause)}`,
      })
    }
    this.#admins.add(admin)
    if (!this.#closed) return admin
    await admin.close()
    throw new HerderError('SHUTTING_DOWN')
  }

  #failed(name: string, former: number, cause: unknown): ConnectException {
    const { group } = this.#parts.clients
    const hint =
      cause instanceof OvertakenError
        ? `Connector ${name} has new task configurations: tasks that run with those ask anew, and nothing has to be done.`
        : `The ${former} former tasks of connector ${name} may still write (${causes(cause)}). See that its admin ` +
          `client reaches the brokers and may write and describe the transactional ids ${group}-${name}-0 to ` +
          `-${former - 1}, then restart its failed tasks.`
    log.warn(`${FAILED} for connector ${name}: ${causes(cause)}. ${hint}`)
    return new ConnectException(FAILED, { cause, hint })
  }

  async #refresh(failure: string): Promise<void> {
    const { store, syncTimeoutMs } = this.#parts
    const late = new AbortController()
    try {
      await within(store.refresh(late.signal), syncTimeoutMs, () => {
        throw new ConnectException(`Timed out after ${syncTimeoutMs} ms (worker.sync.timeout.ms)`)
      })
    } catch (cause) {
      throw new ConnectException(failure, {
        cause,
        hint: `See that the brokers of the config topic are there: ${causes(cause)}`,
      })
    } finally {
      late.abort()
    }
  }
}

/** Other tasks are to run than those that the former ones were fenced for. */
class OvertakenError extends ConnectException {}

function generationOf(snapshot: ConfigSnapshot, name: string): number {
  return snapshot.taskConfigGeneration(name) ?? -1
}
