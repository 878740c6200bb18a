import type { ConnectorStatus } from './herder.ts'

/** What a restart with flags touches, and the answer that announces it. */
export interface RestartPlan {
  connector: boolean
  tasks: number[]
  /** The status with RESTARTING for what is affected. */
  announced: ConnectorStatus
}

/** Java: org.apache.kafka.connect.runtime.RestartPlan, RestartRequest (KIP-745) */
export function restartPlan(
  status: ConnectorStatus,
  { includeTasks, onlyFailed }: { includeTasks: boolean; onlyFailed: boolean },
): RestartPlan {
  const affected = (state: string) => !onlyFailed || state === 'FAILED'
  const connector = affected(status.connector.state)
  const tasks = includeTasks ? status.tasks.filter(task => affected(task.state)).map(task => task.id) : []
  return {
    connector,
    tasks,
    announced: {
      ...status,
      connector: connector ? { ...status.connector, state: 'RESTARTING' } : status.connector,
      tasks: status.tasks.map(task => (tasks.includes(task.id) ? { ...task, state: 'RESTARTING' } : task)),
    },
  }
}
