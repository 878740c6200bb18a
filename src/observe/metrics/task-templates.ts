import { groupTemplate } from './template.ts'

const TASK_TAGS = ['connector', 'task']

/** connector-task-metrics. Java: WorkerTask.TaskMetricsGroup */
export const TASK = groupTemplate('connector-task-metrics', TASK_TAGS, {
  labels: { status: 'The status of the task: unassigned, running, paused, failed, restarting or destroyed.' },
  infos: {
    'connector-class': 'The name of the connector class.',
    'connector-type': 'The type of the connector: source or sink.',
    'connector-version': 'The version of the connector class.',
    'task-class': 'The class name of the task.',
    'task-version': 'The version of the task.',
    'key-converter-class': 'The fully qualified class name from key.converter.',
    'key-converter-version': 'The version from key.converter.',
    'value-converter-class': 'The fully qualified class name from value.converter.',
    'value-converter-version': 'The version from value.converter.',
    'header-converter-class': 'The fully qualified class name from header.converter.',
    'header-converter-version': 'The version from header.converter.',
  },
  gauges: {
    'running-ratio': 'The fraction of time this task has spent in the running state.',
    'pause-ratio': 'The fraction of time this task has spent in the paused state.',
  },
  sensors: {
    commitTime: {
      max: [
        'offset-commit-max-time-ms',
        'The maximum time in milliseconds taken by this task to commit offsets.',
      ],
      avg: [
        'offset-commit-avg-time-ms',
        'The average time in milliseconds taken by this task to commit offsets.',
      ],
    },
    commitResult: {
      success: [
        'offset-commit-success-percentage',
        "The share (0 to 1) of this task's commits that succeeded.",
      ],
      failure: ['offset-commit-failure-percentage', "The share (0 to 1) of this task's commits that failed."],
    },
    batchSize: {
      max: ['batch-size-max', 'The number of records in the largest batch the task has processed so far.'],
      avg: ['batch-size-avg', 'The average number of records in the batches the task has processed so far.'],
    },
  },
})

/** source-task-metrics. Java: AbstractWorkerSourceTask.SourceTaskMetricsGroup */
export const SOURCE_TASK = groupTemplate('source-task-metrics', TASK_TAGS, {
  sensors: {
    poll: {
      rate: ['source-record-poll-rate', 'Records a second polled by this task, before transformations.'],
      total: ['source-record-poll-total', 'Records polled by this task since it was last restarted.'],
    },
    write: {
      rate: [
        'source-record-write-rate',
        'Records a second written to Kafka for this task, filtered ones not counted.',
      ],
      total: [
        'source-record-write-total',
        'Records written to Kafka for this task since it was last restarted.',
      ],
    },
    pollTime: {
      max: ['poll-batch-max-time-ms', 'The maximum time in milliseconds taken to poll for a batch.'],
      avg: ['poll-batch-avg-time-ms', 'The average time in milliseconds taken to poll for a batch.'],
    },
    active: {
      value: [
        'source-record-active-count',
        'Records polled by this task but not yet completely written to Kafka.',
      ],
      max: ['source-record-active-count-max', 'The most records polled but not yet completely written.'],
      avg: [
        'source-record-active-count-avg',
        'The average of records polled but not yet completely written.',
      ],
    },
  },
})

/** sink-task-metrics. Java: WorkerSinkTask.SinkTaskMetricsGroup */
export const SINK_TASK = groupTemplate('sink-task-metrics', TASK_TAGS, {
  sensors: {
    read: {
      rate: [
        'sink-record-read-rate',
        'Records a second read from Kafka for this task, before transformations.',
      ],
      total: ['sink-record-read-total', 'Records read from Kafka by this task since it was last restarted.'],
    },
    send: {
      rate: ['sink-record-send-rate', 'Records a second put to this task, after transformations.'],
      total: ['sink-record-send-total', 'Records put to this task since it was last restarted.'],
    },
    partitions: { value: ['partition-count', 'The number of topic partitions assigned to this task.'] },
    commitSequence: {
      value: ['offset-commit-seq-no', 'The current sequence number for offset commits.'],
    },
    completion: {
      rate: ['offset-commit-completion-rate', 'Offset commits a second that were completed successfully.'],
      total: ['offset-commit-completion-total', 'Offset commits that were completed successfully.'],
    },
    skip: {
      rate: ['offset-commit-skip-rate', 'Offset commits a second that came back too late and were ignored.'],
      total: ['offset-commit-skip-total', 'Offset commits that came back too late and were ignored.'],
    },
    putTime: {
      max: ['put-batch-max-time-ms', 'The maximum time in milliseconds taken to put a batch.'],
      avg: ['put-batch-avg-time-ms', 'The average time in milliseconds taken to put a batch.'],
    },
    active: {
      value: ['sink-record-active-count', 'Records read from Kafka but not yet committed by this task.'],
      max: ['sink-record-active-count-max', 'The most records read from Kafka but not yet committed.'],
      avg: ['sink-record-active-count-avg', 'The average of records read from Kafka but not yet committed.'],
    },
  },
})

/** task-error-metrics; in the order of ERROR_COUNTS. Java: ErrorHandlingMetrics */
export const TASK_ERRORS = groupTemplate('task-error-metrics', TASK_TAGS, {
  gauges: {
    'total-record-failures': 'The number of record processing failures in this task.',
    'total-record-errors': 'The number of record processing errors in this task.',
    'total-records-skipped': 'The number of records skipped due to errors.',
    'total-retries': 'The number of operations retried.',
    'total-errors-logged': 'The number of errors that were logged.',
    'deadletterqueue-produce-requests': 'The number of attempted writes to the dead letter queue.',
    'deadletterqueue-produce-failures': 'The number of failed writes to the dead letter queue.',
    'last-error-timestamp': 'When this task last encountered an error, in ms since 1970; 0 = never.',
  },
})

/** connector-transform-metrics and connector-predicate-metrics. Java: WorkerTask.TaskMetricsGroup, TaskPluginsMetadata */
export const TRANSFORM = groupTemplate('connector-transform-metrics', [...TASK_TAGS, 'transform'], {
  infos: {
    'transform-class': 'The class name of the transformation class.',
    'transform-version': 'The version of the transformation class.',
  },
})
export const PREDICATE = groupTemplate('connector-predicate-metrics', [...TASK_TAGS, 'predicate'], {
  infos: {
    'predicate-class': 'The class name of the predicate class.',
    'predicate-version': 'The version of the predicate class.',
  },
})

/** Ours: how far a sink task's consumer is behind the end of one partition. */
export const LAG = groupTemplate('bunnect-consumer-lag', [...TASK_TAGS, 'topic', 'partition'], {
  gauges: {
    records:
      'Records between the end of the partition, as the last fetch told, and what the task reads next.',
  },
  uncounted: true,
})

/** Ours: where a task's time goes. */
export const STAGE = groupTemplate('bunnect-task-stage', [...TASK_TAGS, 'stage'], {
  gauges: { 'seconds-total': 'Time spent in the stage; poll and produce include waiting.' },
  uncounted: true,
})
