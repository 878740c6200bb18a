/** Names under which a worker's producers write in transactions. Java: DistributedConfig.transactionalProducerId, Worker.taskTransactionalId */
import type { TaskId } from '../../worker/status.ts'

/** Of the leader's writes to the config topic; `group` is `group.id`. KIP-618 */
export function leaderTransactionalId(group: string): string {
  return `connect-cluster-${group}`
}

/** Of a source task; also of whoever alters the connector's offsets, as task 0. KIP-618 */
export function taskTransactionalId(group: string, { connector, task }: TaskId): string {
  return `${group}-${connector}-${task}`
}
