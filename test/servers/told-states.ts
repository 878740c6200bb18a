/** What the records of internal topics say when all of them have been read. */
import type { Entry } from './cluster.ts'

export interface Status {
  state: string
  /** As the record has it, host:port. */
  worker: string
}

/** Connectors as `c`, tasks as `c-0`, from the records of a config topic. */
export function configuredItems(configs: readonly Entry[]): string[] {
  const tasks = new Map<string, number>()
  for (const { key, value } of configs) {
    const [, kind, name = ''] = /^(connector|commit)-(.*)$/s.exec(key ?? '') ?? []
    if (kind === 'connector' && value === null) tasks.delete(name)
    if (kind === 'connector' && value !== null) tasks.set(name, tasks.get(name) ?? 0)
    if (kind === 'commit' && value !== null && tasks.has(name)) tasks.set(name, JSON.parse(value).tasks)
  }
  return [...tasks].flatMap(([name, count]) => [
    name,
    ...Array.from({ length: count }, (_, task) => `${name}-${task}`),
  ])
}

const statusKey = /^status-(?:connector|task)-(.*)$/s

/** The newest of each connector and task that has one. */
export function statusesOf(records: readonly Entry[]): Map<string, Status> {
  const statuses = new Map<string, Status>()
  for (const { key, value } of records) {
    const item = statusKey.exec(key ?? '')?.[1]
    if (item === undefined) continue
    if (value === null) statuses.delete(item)
    else statuses.set(item, statusIn(value))
  }
  return statuses
}

/**
 * Where one worker told that it runs something which another had not told to have ended, as `item: was, is`. There are
 * none but those of workers that could not tell any more.
 */
export function takenOverUntold(records: readonly Entry[], nameOf: (worker: string) => string): string[] {
  const running = new Map<string, string>()
  const found: string[] = []
  for (const { key, value } of records) {
    const item = statusKey.exec(key ?? '')?.[1]
    if (item === undefined) continue
    if (value === null) {
      running.delete(item)
      continue
    }
    const { state, worker } = statusIn(value)
    const before = running.get(item)
    if (state === 'RUNNING' || state === 'PAUSED') {
      if (before !== undefined && before !== worker)
        found.push(`${item}: ${nameOf(before)}, ${nameOf(worker)}`)
      running.set(item, worker)
    } else if (before === worker) running.delete(item)
  }
  return found
}

function statusIn(value: string): Status {
  const { state, worker_id } = JSON.parse(value)
  return { state, worker: worker_id }
}
