import type { Side } from '../../servers/worker.ts'
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

/** Starts b of ours, then a of this side, and creates idle sinks of two tasks each through b. */
export async function startWithSinks(
  group: WorkerGroup,
  side: Side,
  names: readonly string[],
): Promise<void> {
  await group.probe.create(`${group.name}-none`)
  await group.start('b', 'bunnect')
  await group.start('a', side)
  for (const name of names)
    await group.body('b', 'POST', '/connectors', { name, config: idleSink(group, name, 2) })
}
