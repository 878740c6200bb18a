import type { GroupLeader } from '../../group/leader.ts'
import type { Worker } from '../../worker/worker.ts'
import type { ConnectorRuns } from '../connector-runs.ts'
import type { Desired } from '../desired-state.ts'
import { ElsewhereError, HerderError } from '../errors.ts'
import type { RequestQueue } from '../request-queue.ts'
import type { AssignedWork } from './assigned-work.ts'
import type { ConfigSnapshot } from './config-events.ts'
import type { GroupRounds } from './group-rounds.ts'
import type { Leadership } from './leadership.ts'
import type { Settling } from './settling.ts'
import type { TopicState } from './topic-state.ts'

/** How long a round that gives it to somebody is waited for. */
const GIVEN_MS = 5000

export interface OwnRestartsParts {
  worker: Pick<Worker, 'connector' | 'stopAndAwaitConnectors' | 'stopAndAwaitTasks'>
  snapshot(): ConfigSnapshot
  state: TopicState
  queue: RequestQueue
  runs: ConnectorRuns
  work: AssignedWork
  rounds: Pick<GroupRounds, 'next' | 'isClosed'>
  leadership: Pick<Leadership, 'require' | 'url'>
  leader: Pick<GroupLeader, 'ownerOf'>
  settling: Pick<Settling, 'settled'>
  /** Advertised by this worker. */
  url: string
}

/**
 * Restarts of a single connector's object or task, which a person or the policy asks of the worker that runs it.
 * Java: DistributedHerder.restartConnector, restartTask
 */
export class OwnRestarts {
  readonly #parts: OwnRestartsParts

  constructor(parts: OwnRestartsParts) {
    this.#parts = parts
  }

  /**
   * Resolves when it has started, or when somebody else has begun it anew meanwhile; `begin` is called right before it
   * is stopped. Throws HerderError.
   */
  async connector(name: string, begin = () => {}): Promise<void> {
    const { state, runs, work, worker } = this.#parts
    await state.knownAnywhere(name, 'UNKNOWN_CONNECTOR')
    const isHere = () => work.runsConnector(name)
    for (let isStopped = false; ; ) {
      const begun = await this.#inTurn(name, null, isHere, async ({ config, target }) => {
        // Of two that stop what the other one has begun, neither would ever be done.
        if (isStopped && worker.connector(name)) return null
        begin()
        const resolved = await runs.resolved(name, config) // A provider that fails leaves the connector as it is.
        await worker.stopAndAwaitConnectors([name])
        return { ...runs.start(name, target, resolved), object: worker.connector(name) }
      })
      try {
        await begun?.promise
        break
      } catch {
        // Else it was stopped while it started: for a restart, another configuration or another worker.
        if (!begun?.object?.over) throw new HerderError('CONNECTOR_START_FAILED', name)
        isStopped = true
      }
    }
    void runs.reconfigure(name)
  }

  /** Resolves when it has been started; `begin` as above. Throws HerderError. */
  async task(connector: string, task: number, begin = () => {}): Promise<void> {
    const { state, runs, work, worker, snapshot } = this.#parts
    const id = { connector, task }
    const name = `${connector}-${task}`
    const known = await state.knownAnywhere(connector, 'UNKNOWN_CONNECTOR', task)
    if (snapshot().taskConfig(id) === null) throw new HerderError('UNKNOWN_TASK', name)
    const configured = ({ tasks }: Desired) => {
      if (!tasks[task]) throw new HerderError('NOT_ASSIGNED')
    }
    configured(known)
    const isHere = (desired: Desired) => {
      configured(desired)
      return work.runningTasks(connector, [task]).length > 0
    }
    await this.#inTurn(connector, task, isHere, async desired => {
      begin()
      await runs.resolved(connector, desired.config) // A provider that fails leaves the task as it is.
      await worker.stopAndAwaitTasks([id])
      if (!(await runs.startTask(id, desired))) throw new HerderError('TASK_START_FAILED', name)
    })
  }

  /**
   * In the connector's turn, and only what has been begun here: what is between two configurations the next round
   * gives.
   */
  async #inTurn<T>(
    connector: string,
    task: number | null,
    isHere: (desired: Desired) => boolean,
    job: (desired: Desired) => Promise<T>,
  ): Promise<T> {
    const { queue, state, rounds, leadership } = this.#parts
    for (;;) {
      const round = rounds.next()
      if (!this.#isHeld(connector, task)) await this.#elsewhere(connector, task)
      const done = await queue.job(connector, async () => {
        const desired = state.known(connector, 'UNKNOWN_CONNECTOR')
        return isHere(desired) ? { value: await job(desired) } : null
      })
      if (done) return done.value
      await round
      // No round gives it to this worker any more: the leader knows, or will, who has it.
      if (rounds.isClosed && !queue.closed) throw new ElsewhereError(leadership.url)
    }
  }

  #isHeld(connector: string, task: number | null): boolean {
    const { work } = this.#parts
    return task === null ? work.holdsConnector(connector) : work.holdsTask(connector, task)
  }

  /** Throws ElsewhereError, unless it turns out to be about to be given to this worker. */
  async #elsewhere(connector: string, task: number | null): Promise<void> {
    const { leadership, leader, settling, url } = this.#parts
    leadership.require()
    const owner = leader.ownerOf(connector, task)
    if (owner !== null && owner !== url) throw new ElsewhereError(owner)
    // The leader knows of it, and nobody has it yet, or has been told.
    await settling.settled(AbortSignal.timeout(GIVEN_MS))
    if (!this.#isHeld(connector, task)) throw new ElsewhereError(leader.ownerOf(connector, task))
  }
}
