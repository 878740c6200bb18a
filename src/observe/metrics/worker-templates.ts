import { groupTemplate } from './template.ts'

/** connect-worker-metrics without tags. Java: org.apache.kafka.connect.runtime.WorkerMetricsGroup */
export const WORKER = groupTemplate('connect-worker-metrics', [], {
  gauges: {
    'connector-count': 'The number of connectors run in this worker.',
    'task-count': 'The number of tasks run in this worker.',
  },
  sensors: {
    connectorAttempts: {
      total: ['connector-startup-attempts-total', 'The number of connector startups that were attempted.'],
    },
    connectorSuccesses: {
      total: ['connector-startup-success-total', 'The number of connector starts that succeeded.'],
    },
    connectorFailures: {
      total: ['connector-startup-failure-total', 'The number of connector starts that failed.'],
    },
    connectorResults: {
      success: [
        'connector-startup-success-percentage',
        'The share (0 to 1) of connector starts that succeeded.',
      ],
      failure: [
        'connector-startup-failure-percentage',
        'The share (0 to 1) of connector starts that failed.',
      ],
    },
    taskAttempts: {
      total: ['task-startup-attempts-total', 'The number of task startups that were attempted.'],
    },
    taskSuccesses: { total: ['task-startup-success-total', 'The number of task starts that succeeded.'] },
    taskFailures: { total: ['task-startup-failure-total', 'The number of task starts that failed.'] },
    taskResults: {
      success: ['task-startup-success-percentage', 'The share (0 to 1) of task starts that succeeded.'],
      failure: ['task-startup-failure-percentage', 'The share (0 to 1) of task starts that failed.'],
    },
  },
})

/** connect-worker-metrics of one connector. Java: Worker.ConnectorStatusMetricsGroup */
export const WORKER_CONNECTOR = groupTemplate('connect-worker-metrics', ['connector'], {
  gauges: {
    'connector-total-task-count': 'The number of tasks of the connector on this worker.',
    'connector-running-task-count': 'The number of running tasks of the connector on this worker.',
    'connector-paused-task-count': 'The number of paused tasks of the connector on this worker.',
    'connector-failed-task-count': 'The number of failed tasks of the connector on this worker.',
    'connector-unassigned-task-count': 'The number of unassigned tasks of the connector on this worker.',
    'connector-destroyed-task-count': 'The number of destroyed tasks of the connector on this worker.',
    'connector-restarting-task-count': 'The number of restarting tasks of the connector on this worker.',
  },
})

/** connector-metrics. Java: WorkerConnector.ConnectorMetricsGroup */
export const CONNECTOR = groupTemplate('connector-metrics', ['connector'], {
  labels: {
    status: 'The status of the connector: unassigned, running, paused, stopped, failed or restarting.',
    'connector-type': 'The type of the connector: source, sink or unknown.',
    'connector-class': 'The name of the connector class.',
    'connector-version': 'The version of the connector class, as reported by the connector.',
  },
})

/** connect-worker-rebalance-metrics. Java: DistributedHerder.HerderMetrics */
export const REBALANCE = groupTemplate('connect-worker-rebalance-metrics', [], {
  labels: {
    'connect-protocol': 'The Connect protocol used by this cluster.',
    'leader-name': 'The name of the group leader.',
  },
  gauges: {
    epoch: 'The epoch or generation number of this worker.',
    rebalancing: 'Whether this worker is currently rebalancing.',
    'time-since-last-rebalance-ms':
      'The time in milliseconds since this worker completed the most recent rebalance.',
  },
  sensors: {
    completed: {
      total: ['completed-rebalances-total', 'The number of rebalances completed by this worker.'],
    },
    time: {
      max: [
        'rebalance-max-time-ms',
        'The longest time in milliseconds that this worker spent on a rebalance.',
      ],
      avg: [
        'rebalance-avg-time-ms',
        'The average time in milliseconds that this worker spent on a rebalance.',
      ],
    },
  },
})

/** kafka-metrics-count of the worker. */
export const METRICS_COUNT = groupTemplate('kafka-metrics-count', [], {
  gauges: { count: 'The number of metrics that are registered.' },
})

const appInfo = {
  gauges: { 'start-time-ms': 'When the process was started, in ms since 1970.' },
  labels: {
    version: 'The version of Kafka Connect.',
    'commit-id': 'The commit of Kafka Connect.',
  },
}
/** app-info. Java: org.apache.kafka.common.utils.AppInfoParser */
export const APP_INFO = groupTemplate('app-info', [], appInfo)
export const CLIENT_APP_INFO = groupTemplate('app-info', ['client-id'], appInfo)
/** The bean that AppInfoParser registers itself, beside the metrics. */
export const APP_INFO_BEAN = groupTemplate('app-info', ['id'], {
  gauges: { StartTimeMs: 'When the process was started, in ms since 1970.' },
  infos: { Version: 'The version of Kafka Connect.', CommitId: 'The commit of Kafka Connect.' },
  uncounted: true,
})
