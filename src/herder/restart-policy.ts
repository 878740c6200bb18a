import type { Parsed } from '../config/keys.ts'
import { restartKeys } from '../config/restart-keys.ts'
import { parseConfig } from '../config/validate.ts'
import type { Config } from '../sdk/plugin.ts'

/** `bunnect.restart.*`; times in ms. */
export interface RestartPolicy {
  when: 'retriable' | 'always' | 'never'
  initialMs: number
  maxMs: number
  /** 0 … 1 */
  jitter: number
  limit: number
  windowMs: number
}

/** The worker's, with what the connector's configuration has of its own. Throws ConfigException. */
export function restartPolicy(worker: Config, connector: Config): RestartPolicy {
  const own: Record<string, string> = {}
  for (const name of Object.keys(restartKeys)) {
    const value = connector[name] ?? worker[name]
    if (value !== undefined) own[name] = value
  }
  const values: Parsed<typeof restartKeys> = parseConfig(restartKeys, own)
  return {
    when: values['bunnect.restart.policy'] as RestartPolicy['when'],
    initialMs: values['bunnect.restart.backoff.initial.ms'],
    maxMs: values['bunnect.restart.backoff.max.ms'],
    jitter: values['bunnect.restart.backoff.jitter'],
    limit: values['bunnect.restart.limit'],
    windowMs: values['bunnect.restart.window.ms'],
  }
}

/**
 * When the next restart is due, in ms of the clock of `now`. `streak` is how many there were since the last that lasted,
 * `attempts` when those of the window were, oldest first; `random` is in 0 … 1.
 */
export function nextRestart(
  policy: RestartPolicy,
  { streak, attempts }: { streak: number; attempts: readonly number[] },
  now: number,
  random: number,
): { at: number; isLimited: boolean } {
  const wait = Math.min(policy.initialMs * 2 ** Math.min(streak, 50), policy.maxMs)
  const due = now + Math.round(wait * (1 + policy.jitter * (2 * random - 1)))
  const oldest = attempts.at(-policy.limit)
  const room = oldest === undefined || attempts.length < policy.limit ? 0 : oldest + policy.windowMs
  return { at: Math.max(due, room), isLimited: room > due }
}
