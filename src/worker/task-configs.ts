import { ConnectException } from '../data/errors.ts'
import type { ConnectorPlugin } from '../sdk/plugin.ts'

type Config = Readonly<Record<string, string>>

/** More task configurations than `tasks.max` allows. Java: the class of that name */
export class TooManyTasksException extends ConnectException {
  static override readonly javaClass = 'org.apache.kafka.connect.runtime.TooManyTasksException'

  constructor(connector: string, generated: number, max: number) {
    super(
      `The connector ${connector} has generated ${generated} tasks, which is greater than ${max}, the maximum ` +
        'number of tasks it is configured to create. This behaviour should be considered a bug and is disallowed. ' +
        "If necessary, it can be permitted by reconfiguring the connector with 'tasks.max.enforce' set to false; " +
        'however, this option will be removed in a future release of Kafka Connect.',
    )
  }
}

/** How many tasks a connector may have, and whether more are refused. */
export function tasksMax(connector: Config): { max: number; enforced: boolean } {
  return {
    max: Number(connector['tasks.max']?.trim() || 1),
    enforced: connector['tasks.max.enforce']?.trim().toLowerCase() !== 'false',
  }
}

/**
 * What the framework adds to each task configuration that a connector gave: the task's class and the
 * connector's choice of topics. Java: Worker.connectorTaskConfigs
 */
export function completeTaskConfigs(
  given: readonly Config[],
  plugin: ConnectorPlugin,
  connector: Config,
): Record<string, string>[] {
  return given.map(config => {
    const task: Record<string, string> = { ...config, 'task.class': plugin.taskClassName }
    for (const key of ['topics', 'topics.regex']) {
      const value = connector[key]
      if (value !== undefined) task[key] = value
    }
    return task
  })
}

/**
 * Whether new task configurations have to replace the old ones: also when only the connector's own
 * configuration is another one than when the old were made. Java: AbstractHerder.taskConfigsChanged
 */
export function taskConfigsChanged(
  old: readonly Config[],
  applied: Config | null,
  next: readonly Config[],
  connector: Config,
): boolean {
  if (old.length !== next.length) return true
  if (next.some((config, i) => !sameConfig(config, old[i]!))) return true
  return applied === null ? next.length > 0 : !sameConfig(applied, connector)
}

export function sameConfig(a: Config, b: Config): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every(key => a[key] === b[key])
}
