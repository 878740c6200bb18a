import type { Logger } from '../../observe/log.ts'
import { setLoggerLevel } from '../../observe/loggers.ts'
import type { Worker } from '../../worker/worker.ts'
import type { ConnectorRuns } from '../connector-runs.ts'
import type { Desired, DesiredState } from '../desired-state.ts'
import type { ConnectorStatus } from '../herder.ts'
import type { RequestQueue } from '../request-queue.ts'
import { restartPlan } from '../restart-plan.ts'
import type { Restarts } from '../restarts.ts'
import type { AssignedWork } from './assigned-work.ts'
import type { ConfigEvent, ConfigSnapshot } from './config-events.ts'
import type { GroupRounds } from './group-rounds.ts'
import { PendingRestarts } from './pending-restarts.ts'
import type { SessionKeys } from './session-keys.ts'
import type { StatusCleanup } from './status-cleanup.ts'

export interface ConfigReactionsParts {
  snapshot(): ConfigSnapshot
  state: DesiredState
  worker: Worker
  queue: RequestQueue
  runs: ConnectorRuns
  work: AssignedWork
  rounds: Pick<GroupRounds, 'changed' | 'covers'>
  cleanup: StatusCleanup
  keys: SessionKeys
  /** By policy. */
  autoRestarts: Restarts
  statusOf(connector: string): ConnectorStatus | null
  log: Logger
}

/** What a record of the config topic asks of this worker. Java: DistributedHerder.ConfigUpdateListener */
export class ConfigReactions {
  readonly #parts: ConfigReactionsParts
  readonly #restarts = new PendingRestarts()
  /** Connectors that a round has been asked for: a record of one of them is an update. */
  #known = new Set<string>()

  constructor(parts: ConfigReactionsParts) {
    this.#parts = parts
  }

  /** The topic has been read to its end: the first round is about all that it has. */
  begin(): void {
    this.#known = new Set(this.#parts.snapshot().connectors())
  }

  /** `offset`: of the config topic, behind what has changed. */
  react(event: ConfigEvent, offset: number): void {
    const reason = this.#reasonToRejoin(event, offset)
    if (reason !== null) this.#parts.rounds.changed(`connector ${reason}`, offset)
    switch (event.type) {
      case 'target-state':
        this.#targetChanged(event.connector)
        this.#parts.log.info(`Connector ${event.connector} target state change`)
        this.#follow(event.connector)
        break
      case 'session-key':
        this.#parts.keys.arrived(event.key)
        break
      case 'restart':
        if (this.#restarts.offer(event.request)) this.#restart(event.request.connector)
        break
      case 'logger':
        setLoggerLevel(event.namespace, event.level)
    }
  }

  /** What the group has to give to somebody, or take away; null for what the worker sees to by itself. */
  #reasonToRejoin(event: ConfigEvent, offset: number): string | null {
    if (event.type === 'connector') {
      const isNew = !this.#known.has(event.connector)
      this.#known.add(event.connector)
      this.#parts.autoRestarts.reconfigured(event.connector)
      this.#parts.log.info(`Connector ${event.connector} config updated`)
      // One that was deleted and made anew between two rounds is this worker's still: no round may give it once more.
      if (!isNew || this.#parts.work.holdsConnector(event.connector)) {
        this.#parts.work.connectorChanged(event.connector)
      }
      return isNew ? `${event.connector} was created` : null
    }
    if (event.type === 'connector-removed') {
      if (!this.#known.delete(event.connector)) return null
      this.#parts.log.info(`Connector ${event.connector} config removed`)
      this.#parts.cleanup.changed(event.connector)
      this.#parts.work.connectorRemoved(event.connector)
      this.#parts.autoRestarts.forget(event.connector)
      // Or one that waits for its turn would keep those of a later connector of this name from it.
      this.#restarts.take(event.connector)
      return `${event.connector} was deleted`
    }
    if (event.type !== 'tasks') return null
    const tasks = event.tasks.map(({ connector, task }) => `${connector}-${task}`)
    this.#parts.log.info(`Tasks [${tasks.join(', ')}] configs updated`)
    this.#parts.cleanup.changed(event.connector)
    const isCovered = this.#parts.rounds.covers(offset)
    this.#parts.work.tasksChanged(event.connector, isCovered ? null : offset)
    return `${event.connector} has new task configurations`
  }

  #targetChanged(name: string): void {
    const desired = this.#parts.state.get(name)
    if (desired) this.#parts.autoRestarts.targetChanged(name, desired.target)
  }

  /** The plugin follows in its own time. */
  #follow(name: string): void {
    this.#beside(name, async desired => {
      if (!desired) return
      void this.#parts.runs.follow(name, this.#parts.worker.setTargetState(name, desired.target))
    })
  }

  #restart(name: string): void {
    this.#beside(name, async desired => {
      // Also of a connector that was deleted before this was written: what is left waiting, nobody asks for again.
      const request = this.#restarts.take(name)
      const status = this.#parts.statusOf(name)
      if (!desired || !request || !status) return
      const plan = restartPlan(status, request)
      if (plan.connector) this.#parts.autoRestarts.forget(name, null)
      for (const task of plan.tasks) this.#parts.autoRestarts.forget(name, task)
      const connector = plan.connector && this.#parts.work.runsConnector(name)
      await this.#parts.runs.restart(name, desired, {
        connector,
        // Others end: the configurations that have just been read are for fewer.
        tasks: this.#parts.work.runningTasks(name, plan.tasks).filter(task => task < desired.tasks.length),
      })
    })
  }

  /** In the connector's turn; null where it does not exist by then. */
  #beside(name: string, job: (desired: Desired | null) => Promise<void>): void {
    const done = this.#parts.queue.job(name, () => job(this.#parts.state.get(name)))
    done.catch(() => {}) // Only a worker that stops refuses it.
  }
}
