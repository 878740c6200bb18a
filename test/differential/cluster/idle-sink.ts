import type { WorkerGroup } from '../../servers/worker-group.ts'

/**
 * The configuration of a sink that is given nothing. Its consumer group is of this group of workers alone: consumers of
 * other groups whose workers were killed would keep those of an equally named sink waiting, and its tasks from ending.
 */
export function idleSink(group: WorkerGroup, name: string, tasks: number): Record<string, string> {
  return {
    'connector.class': 'org.apache.kafka.connect.file.FileStreamSinkConnector',
    'tasks.max': String(tasks),
    topics: `${group.name}-none`,
    'consumer.override.group.id': `${group.name}-${name}`,
  }
}
