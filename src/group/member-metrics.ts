import type { Traffic } from '../kafka/wire/connection.ts'
import { COORDINATOR } from '../observe/metrics/group-templates.ts'
import type { Metrics } from '../observe/metrics/registry.ts'
import type { Work } from './membership.ts'

/** What is timed, as the sensors of `connect-coordinator-metrics` are called. */
export type MemberEvent = 'heartbeat' | 'join' | 'sync' | 'rebalance' | 'failedRebalance'

/**
 * What a member counts. Java: WorkerCoordinator.WorkerCoordinatorMetrics,
 * AbstractCoordinator.GroupCoordinatorMetrics
 */
export class MemberMetrics {
  /** Told of everything timed, in ms; 1 for a rebalance that failed. */
  observe: (event: MemberEvent, value: number) => void = () => {}
  /** ms since 1970; null before the first. */
  lastHeartbeatAt: number | null = null
  lastRebalanceAt: number | null = null
  /** Of all connections of the member. */
  readonly traffic: Traffic = { opened: 0, closed: 0, requests: 0, responses: 0, bytesOut: 0, bytesIn: 0 }

  heartbeat(ms: number): void {
    this.lastHeartbeatAt = Date.now()
    this.observe('heartbeat', ms)
  }

  rebalance(ms: number): void {
    this.lastRebalanceAt = Date.now()
    this.observe('rebalance', ms)
  }
}

/** Shows what a member counts among the worker's metrics. */
export function showMemberMetrics(
  metrics: Metrics,
  clientId: string,
  member: { readonly metrics: MemberMetrics; readonly held: Work | null },
): void {
  const own = member.metrics
  const secondsAgo = (at: number | null, now: number) =>
    at === null ? -1 : Math.max(Math.floor((now - at) / 1000), 0)
  const group = metrics.add(COORDINATOR, [clientId], {
    'assigned-connectors': () => member.held?.connectors.length ?? 0,
    'assigned-tasks': () => member.held?.tasks.length ?? 0,
    'last-rebalance-seconds-ago': now => secondsAgo(own.lastRebalanceAt, now),
    'last-heartbeat-seconds-ago': now => secondsAgo(own.lastHeartbeatAt, now),
  })
  own.observe = (event, value) => group.sensor(event).record(value, metrics.now())
}
