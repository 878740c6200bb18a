import { causesAndHint } from '../../data/errors.ts'
import type { Work } from '../../group/membership.ts'
import { logger } from '../../observe/log.ts'
import type { Worker } from '../../worker/worker.ts'
import type { ConnectorRuns } from '../connector-runs.ts'
import type { DesiredState } from '../desired-state.ts'
import { HerderError } from '../errors.ts'
import type { RequestQueue } from '../request-queue.ts'
import type { ConfigSnapshot } from './config-events.ts'
import { connectorsIn, Held } from './held.ts'
import { NOTHING, type Share, type Steps, stepsBetween } from './steps.ts'

const log = logger('org.apache.kafka.connect.runtime.distributed.DistributedHerder')

export interface AssignedWorkParts {
  snapshot(): ConfigSnapshot
  state: DesiredState
  runs: ConnectorRuns
  worker: Worker
  queue: RequestQueue
  /** A connector's object is about to end here. */
  onStopping(connector: string): void
  /** A connector that was here has been deleted and stopped. */
  onGone(connector: string): void
}

/**
 * Runs what the group has given this worker, as the config topic has it: whenever one of the two changes, the
 * connectors concerned are brought from what runs to what is to run, each in its own queue. A plugin that takes its
 * time to stop holds up nobody else. Java: DistributedHerder.startWork, onRevoked, processConnectorConfigUpdates …
 */
export class AssignedWork {
  readonly #parts: AssignedWorkParts
  #held: Held | null = null
  readonly #running = new Map<string, Share>()
  /** How often the configuration of a connector, or of its tasks, has been written since this worker reads. */
  readonly #connectorRevisions = new Map<string, number>()
  readonly #taskRevisions = new Map<string, number>()
  /**
   * Connectors with new task configurations that no round has given to anybody yet, with the offset of the config
   * topic as of which the next one has to be.
   */
  readonly #unassigned = new Map<string, number>()
  readonly #queued = new Map<string, Promise<void>>()
  /** Those that have begun as well. */
  readonly #settling = new Set<Promise<void>>()
  #halted = false

  constructor(parts: AssignedWorkParts) {
    this.#parts = parts
  }

  /** Null until a first round, and when the group has given this worker up. */
  get held(): Work | null {
    return this.#held?.work ?? null
  }

  holdsConnector(name: string): boolean {
    return this.#held?.connector(name) ?? false
  }

  holdsTask(connector: string, task: number): boolean {
    return this.#held?.task(connector, task) ?? false
  }

  /**
   * A round as of this offset of the config topic has given this worker all this; `touched` is what may have changed.
   * Resolves when that is settled.
   */
  async take(held: Work, configOffset: number, touched: readonly Work[]): Promise<void> {
    const names = connectorsIn(...touched)
    for (const [name, offset] of this.#unassigned) {
      if (offset > configOffset) continue
      this.#unassigned.delete(name)
      names.add(name)
    }
    this.#held = new Held(held)
    await Promise.all([...names].map(name => this.#settle(name)))
  }

  /** What it has been given stays its own, and nothing of it runs from now on. Resolves when all has ended. */
  async halt(): Promise<void> {
    this.#halted = true
    await Promise.all([...this.#running.keys()].map(name => this.#settle(name)))
  }

  /** Nothing waits for a round that gives it to somebody. */
  get isGiven(): boolean {
    return this.#unassigned.size === 0
  }

  /** Resolves when what has been given has begun, and what was taken away has ended. */
  async begun(): Promise<void> {
    await Promise.all(this.#settling)
  }

  /** The same of the connectors that have a part in this work. */
  async settled(work: Work): Promise<void> {
    await Promise.all([...connectorsIn(work)].map(name => this.#settle(name)))
  }

  /** Whatever it runs belongs to others now. */
  async drop(): Promise<void> {
    this.#held = null
    await Promise.all([...this.#running.keys()].map(name => this.#settle(name)))
    const { queue, worker } = this.#parts
    // A worker that stops ends everything by itself, which may take as long.
    if (queue.closed) await worker.stop()
  }

  connectorChanged(name: string): void {
    bump(this.#connectorRevisions, name)
    void this.#settle(name)
  }

  connectorRemoved(name: string): void {
    bump(this.#taskRevisions, name)
    this.connectorChanged(name)
  }

  /**
   * Its tasks end at once, and begin again when a round has said where: one that was made from the config topic up to
   * `offset`. Null where the last round knew of them already.
   */
  tasksChanged(name: string, offset: number | null): void {
    bump(this.#taskRevisions, name)
    if (offset !== null) this.#unassigned.set(name, offset)
    void this.#settle(name)
  }

  /** Of these tasks, those that are here. */
  runningTasks(connector: string, tasks: readonly number[]): number[] {
    const running = this.#running.get(connector)?.tasks
    return tasks.filter(task => running?.has(task))
  }

  runsConnector(name: string): boolean {
    return (this.#running.get(name)?.connector ?? null) !== null
  }

  /** Does what leads to what is to run. Asked for again before it has begun, it is done once. */
  #settle(name: string): Promise<void> {
    const queued = this.#queued.get(name)
    if (queued) return queued
    const job = this.#parts.queue.job(name, () => {
      this.#queued.delete(name)
      return this.#bringAbout(name)
    })
    const settled = job.catch(error => {
      // The worker stops: that ends everything by itself.
      if (error instanceof HerderError && error.code === 'SHUTTING_DOWN') return
      log.error(`What is to run of connector ${name} could not be brought about: ${causesAndHint(error)}`)
    })
    this.#queued.set(name, settled)
    this.#settling.add(settled)
    void settled.finally(() => this.#settling.delete(settled))
    return settled
  }

  async #bringAbout(name: string): Promise<void> {
    const { worker, runs, state, queue } = this.#parts
    const ids = (tasks: readonly number[]) => tasks.map(task => ({ connector: name, task }))
    while (!queue.closed) {
      const running = this.#running.get(name) ?? NOTHING
      const wanted = this.#wanted(name)
      const steps = stepsBetween(running, wanted)
      if (!steps) {
        this.#forgetRevisions(name, running)
        return
      }
      const { stopConnector, stopTasks, startConnector, startTasks } = steps
      if (stopConnector || stopTasks.length > 0) {
        if (stopConnector) this.#parts.onStopping(name)
        await Promise.all([
          worker.stopAndAwaitConnectors(stopConnector ? [name] : []),
          worker.stopAndAwaitTasks(ids(stopTasks)),
        ])
        this.#stopped(name, running, steps)
        continue // Meanwhile something else may be wanted.
      }
      const desired = state.get(name)
      if (desired === null) continue
      this.#running.set(name, wanted)
      if (startConnector) await runs.begin(name, desired)
      await Promise.all(ids(startTasks).map(id => runs.startTask(id, desired)))
    }
  }

  #stopped(name: string, running: Share, { stopConnector, stopTasks }: Steps): void {
    const tasks = new Map([...running.tasks].filter(([task]) => !stopTasks.includes(task)))
    const connector = stopConnector ? null : running.connector
    if (connector !== null || tasks.size > 0) this.#running.set(name, { connector, tasks })
    else this.#running.delete(name)
    const { snapshot, runs, onGone } = this.#parts
    const exists = snapshot().contains(name)
    if (stopConnector && !(exists && this.holdsConnector(name))) runs.forget(name)
    if (!exists) onGone(name)
  }

  /** With nothing left of an old connector, one of the same name may begin anew. */
  #forgetRevisions(name: string, running: Share): void {
    if (running !== NOTHING || this.#parts.snapshot().contains(name)) return
    this.#connectorRevisions.delete(name)
    this.#taskRevisions.delete(name)
    this.#unassigned.delete(name)
  }

  /** By what the group has given and what is configured now. */
  #wanted(name: string): Share {
    const snapshot = this.#parts.snapshot()
    if (this.#halted || !snapshot.contains(name)) return NOTHING
    const revision = this.#taskRevisions.get(name) ?? 0
    const tasks = this.#unassigned.has(name)
      ? []
      : snapshot.tasks(name).filter(({ task }) => this.holdsTask(name, task))
    return {
      connector: this.holdsConnector(name) ? (this.#connectorRevisions.get(name) ?? 0) : null,
      tasks: new Map(tasks.map(({ task }) => [task, revision])),
    }
  }
}

function bump(revisions: Map<string, number>, name: string): void {
  revisions.set(name, (revisions.get(name) ?? 0) + 1)
}
