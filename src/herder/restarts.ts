import { causesAndHint } from '../data/errors.ts'
import { logger } from '../observe/log.ts'
import type { RestartMetrics } from '../observe/metrics/restart-metrics.ts'
import { masked } from '../observe/secrets.ts'
import type { Config } from '../sdk/plugin.ts'
import type { StatusDetail, StatusListener, TargetState } from '../worker/status.ts'
import { HerderError } from './errors.ts'
import type { RestartInfo } from './herder.ts'
import { nextRestart, type RestartPolicy, restartPolicy } from './restart-policy.ts'

/** Its lines are found with those of the connector or task that they are about. */
const logOf = ({ connector, task }: RestartTarget) =>
  logger('bunnect.herder.Restarts', `${connector}|${task === null ? 'worker' : `task-${task}`}`)
/** Of a cause, in answers and lines; the whole trace is in the status. */
const LONGEST_CAUSE = 1000
/** The longest that a timer takes; what is later is looked at again then. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** A connector's object where `task` is null. */
export interface RestartTarget {
  connector: string
  task: number | null
}

export interface RestartsOptions {
  /** The worker's own configuration. */
  worker: Config
  /** ms of a clock that nobody sets. */
  now?: () => number
  /** In 0 … 1. */
  random?: () => number
}

/** What a herder does for it. */
export interface Restarter {
  /** As it was written; null when there is no such connector any more. */
  config(connector: string): Config | null
  target(connector: string): TargetState | null
  /** It is this worker's to run. */
  isHere(target: RestartTarget): boolean
  /** As a person's restart of it by REST does. */
  restart(target: RestartTarget): Promise<void>
}

interface Failing {
  readonly target: RestartTarget
  state: RestartInfo['state']
  /** When restarts were, within the window, oldest first. */
  attempts: number[]
  /** Restarts since the last that lasted. */
  streak: number
  /** As `now` counts, like all times in here: the wall clock is only shown. */
  next: number | null
  timer: Timer | undefined
  detail: StatusDetail
  reason: string
  runningSince: number | null
}

/**
 * Restarts what has failed in a way that may pass, by `bunnect.restart.*`: again and again, ever later, until it
 * lasts. Whatever a person does to a connector comes first.
 */
export class Restarts {
  /** Counts them, for the worker's metrics. */
  counts: Pick<RestartMetrics, 'restarted' | 'forget'> | null = null
  readonly #options: Required<RestartsOptions>
  readonly #failing = new Map<string, Failing>()
  #restarter: Restarter | null = null
  #closed = false

  constructor({ worker, now = () => Math.floor(performance.now()), random = Math.random }: RestartsOptions) {
    this.#options = { worker, now, random }
  }

  /** Who does it; before, nothing is restarted. */
  use(restarter: Restarter): void {
    this.#restarter = restarter
  }

  /** Hears what `inner` is told. */
  hearing(inner: StatusListener): StatusListener {
    return {
      connector: (name, state, detail) => {
        inner.connector(name, state, detail)
        this.#heard({ connector: name, task: null }, state, detail)
      },
      task: (id, state, detail) => {
        inner.task(id, state, detail)
        this.#heard(id, state, detail)
      },
      topic: (id, topic) => inner.topic(id, topic),
    }
  }

  /** A person restarts or deletes it, or it runs elsewhere: as if it had never failed. All of it without `task`. */
  forget(connector: string, task?: number | null): void {
    if (task === undefined) this.counts?.forget(connector)
    for (const [key, failing] of this.#of(connector)) {
      if (task !== undefined && failing.target.task !== task) continue
      clearTimeout(failing.timer)
      this.#failing.delete(key)
    }
  }

  /** It has another configuration: what has failed gets its chance from the beginning. */
  reconfigured(connector: string): void {
    for (const [, failing] of this.#of(connector)) {
      failing.attempts = []
      failing.streak = 0
      if (failing.state !== 'running' && failing.state !== 'restarting') this.#plan(failing)
    }
  }

  /** What has failed waits while its connector is paused, and is gone with one that is stopped. */
  targetChanged(connector: string, target: TargetState): void {
    if (target === 'STOPPED') this.forget(connector)
    for (const [, failing] of this.#of(connector)) {
      if (target === 'STARTED' && failing.state === 'paused') this.#plan(failing)
      if (target === 'PAUSED' && failing.state === 'waiting') this.#suspend(failing)
    }
  }

  /** What has failed, and what was restarted within the window. */
  list(): RestartInfo[] {
    const { now } = this.#options
    const shown: RestartInfo[] = []
    for (const [key, failing] of this.#failing) {
      // Tasks that a later configuration has no more.
      if (this.#restarter?.isHere(failing.target) === false) {
        clearTimeout(failing.timer)
        this.#failing.delete(key)
        continue
      }
      const { windowMs, limit } = this.#policyOf(failing.target.connector)
      this.#expire(failing, windowMs)
      if (failing.state === 'running' && failing.attempts.length === 0) {
        this.#failing.delete(key)
        continue
      }
      const left = failing.next === null ? null : Math.max(failing.next - now(), 0)
      shown.push({
        ...failing.target,
        state: failing.state,
        attempts: failing.attempts.length,
        limit,
        window_ms: windowMs,
        next_attempt: left === null ? null : new Date(Date.now() + left).toISOString(),
        next_attempt_in_ms: left,
        last_error: causeOf(failing.detail),
        reason: failing.reason,
      })
    }
    return shown
  }

  close(): void {
    this.#closed = true
    for (const { timer } of this.#failing.values()) clearTimeout(timer)
    this.#failing.clear()
  }

  #heard(target: RestartTarget, state: string, detail: StatusDetail): void {
    if (this.#closed) return
    const { connector, task } = target
    const key = keyOf(target)
    const failing = this.#failing.get(key)
    const now = this.#options.now()
    if (state === 'FAILED') {
      const { maxMs } = this.#policyOf(connector)
      const entry: Failing = failing ?? {
        target: { connector, task },
        state: 'failed',
        attempts: [],
        streak: 0,
        next: null,
        timer: undefined,
        detail,
        reason: '',
        runningSince: null,
      }
      if (entry.runningSince !== null && now - entry.runningSince >= maxMs) entry.streak = 0
      entry.runningSince = null
      entry.detail = detail
      this.#failing.set(key, entry)
      this.#plan(entry)
      return
    }
    if (!failing) return
    clearTimeout(failing.timer)
    failing.next = null
    failing.reason = ''
    failing.state = state === 'RUNNING' ? 'running' : 'restarting'
    failing.runningSince = state === 'RUNNING' ? now : null
  }

  #plan(failing: Failing): void {
    const { target, detail } = failing
    const policy = this.#policyOf(target.connector)
    clearTimeout(failing.timer)
    failing.next = null
    failing.state = 'failed'
    if (policy.when === 'never') {
      failing.reason = 'bunnect.restart.policy=never'
      return
    }
    if (policy.when === 'retriable' && detail.retriable !== true) {
      failing.reason = 'The cause does not pass by itself: mend it, then restart'
      return
    }
    if (this.#restarter?.target(target.connector) === 'PAUSED') {
      this.#suspend(failing)
      return
    }
    const now = this.#options.now()
    this.#expire(failing, policy.windowMs)
    const { at, isLimited } = nextRestart(policy, failing, now, this.#options.random())
    failing.state = 'waiting'
    failing.next = at
    failing.reason = isLimited
      ? `bunnect.restart.limit=${policy.limit} restarts within ${policy.windowMs} ms are used up`
      : ''
    logOf(target).warn(
      `${nameOf(target)} will be restarted in ${at - now} ms (restarts within ${policy.windowMs} ms: ${failing.attempts.length} of ${policy.limit}). It failed with ${causeOf(detail)}`,
    )
    this.#schedule(failing)
  }

  #schedule(failing: Failing): void {
    const wait = Math.max((failing.next ?? 0) - this.#options.now(), 0)
    failing.timer = setTimeout(
      () => {
        if (failing.next === null) return
        if (this.#options.now() < failing.next) this.#schedule(failing)
        else void this.#restart(failing)
      },
      Math.min(wait, LONGEST_TIMER_MS),
    )
  }

  #suspend(failing: Failing): void {
    clearTimeout(failing.timer)
    failing.next = null
    failing.state = 'paused'
    failing.reason = 'The connector is paused'
  }

  async #restart(failing: Failing): Promise<void> {
    const { target } = failing
    const restarter = this.#restarter
    failing.next = null
    const wanted = restarter?.target(target.connector)
    if (!restarter || wanted === null || wanted === 'STOPPED' || !restarter.isHere(target)) {
      this.#failing.delete(keyOf(target))
      return
    }
    if (wanted === 'PAUSED') return this.#suspend(failing)
    failing.attempts.push(this.#options.now())
    this.counts?.restarted(target.connector, target.task)
    failing.streak++
    failing.state = 'restarting'
    logOf(target).info(
      `Restarting ${nameOf(target)}, which had failed (restart ${failing.streak} since it last ran for long)`,
    )
    try {
      await restarter.restart(target)
    } catch (error) {
      if (error instanceof HerderError && error.code === 'SHUTTING_DOWN') return
      // A start that failed has told it as a status, which has made a new plan.
      if (failing.state !== 'restarting' || this.#failing.get(keyOf(target)) !== failing || this.#closed)
        return
      logOf(target).error(`${nameOf(target)} could not be restarted: ${causesAndHint(error)}`)
      this.#plan(failing)
    }
  }

  #expire(failing: Failing, windowMs: number): void {
    const since = this.#options.now() - windowMs
    failing.attempts = failing.attempts.filter(at => at > since)
  }

  /** A connector whose own keys cannot be read, because a reference stands in them, follows the worker's. */
  #policyOf(connector: string): RestartPolicy {
    const { worker } = this.#options
    try {
      return restartPolicy(worker, this.#restarter?.config(connector) ?? {})
    } catch {
      return restartPolicy(worker, {})
    }
  }

  #of(connector: string): [string, Failing][] {
    return [...this.#failing].filter(([, failing]) => failing.target.connector === connector)
  }
}

function keyOf({ connector, task }: RestartTarget): string {
  return `${task ?? ''}-${connector}`
}

function nameOf({ connector, task }: RestartTarget): string {
  return task === null ? `Connector ${connector}` : `Task ${connector}-${task}`
}

/** The first line of a trace, and the innermost cause; a plugin's errors know secrets (invariant 5). */
function causeOf({ trace = '' }: StatusDetail): string {
  const lines = masked(trace).split('\n')
  const root = lines.findLast(line => line.startsWith('Caused by: '))
  return (root === undefined ? lines[0]! : `${lines[0]} (${root})`).slice(0, LONGEST_CAUSE)
}
