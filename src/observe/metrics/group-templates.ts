import { groupTemplate } from './template.ts'

/** connect-coordinator-metrics. Java: WorkerCoordinatorMetrics, AbstractCoordinator.GroupCoordinatorMetrics */
export const COORDINATOR = groupTemplate('connect-coordinator-metrics', ['client-id'], {
  gauges: {
    'assigned-connectors': 'The number of connector instances currently assigned to this consumer.',
    'assigned-tasks': 'The number of tasks currently assigned to this consumer.',
    'last-rebalance-seconds-ago':
      'The number of seconds since the last successful rebalance event; -1 = never.',
    'last-heartbeat-seconds-ago': 'The number of seconds since the last heartbeat was answered; -1 = never.',
  },
  sensors: {
    heartbeat: {
      max: ['heartbeat-response-time-max', 'The most milliseconds until a heartbeat was answered.'],
      countRate: ['heartbeat-rate', 'Heartbeats a second.'],
      count: ['heartbeat-total', 'The number of heartbeats.'],
    },
    join: {
      avg: ['join-time-avg', 'The average milliseconds that a join took.'],
      max: ['join-time-max', 'The most milliseconds that a join took.'],
      countRate: ['join-rate', 'Joins a second.'],
      count: ['join-total', 'The number of joins.'],
    },
    sync: {
      avg: ['sync-time-avg', 'The average milliseconds that a sync took.'],
      max: ['sync-time-max', 'The most milliseconds that a sync took.'],
      countRate: ['sync-rate', 'Syncs a second.'],
      count: ['sync-total', 'The number of syncs.'],
    },
    rebalance: {
      avg: ['rebalance-latency-avg', 'The average milliseconds that a rebalance took.'],
      max: ['rebalance-latency-max', 'The most milliseconds that a rebalance took.'],
      total: ['rebalance-latency-total', 'The milliseconds that all rebalances took.'],
      count: ['rebalance-total', 'The number of successful rebalances.'],
      countsPerHour: ['rebalance-rate-per-hour', 'Successful rebalances an hour.'],
    },
    failedRebalance: {
      count: ['failed-rebalance-total', 'The number of rebalances that failed.'],
      countsPerHour: ['failed-rebalance-rate-per-hour', 'Rebalances that failed, an hour.'],
    },
  },
})
