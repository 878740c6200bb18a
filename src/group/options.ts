import type { WorkerConfig } from '../config/worker-config.ts'
import { brokers } from '../kafka/bootstrap-servers.ts'
import { clientSecurity } from '../kafka/security.ts'
import type { Address, ConnectionOptions } from '../kafka/wire/connection.ts'
import type { ConnectProtocol } from './membership.ts'

/** How a member speaks to its group; times in ms. */
export interface GroupOptions extends ConnectionOptions {
  bootstrap: readonly Address[]
  groupId: string
  protocol: ConnectProtocol
  sessionTimeoutMs: number
  rebalanceTimeoutMs: number
  heartbeatIntervalMs: number
  requestTimeoutMs: number
  /** Between attempts that the broker has refused. */
  retryBackoffMs: number
  /** Between connections that have failed: grows from the first to the second. */
  reconnectBackoffMs: number
  reconnectBackoffMaxMs: number
}

/**
 * Of a distributed worker, whose own keys are those of the group's client; `workerId` is `host:port` as advertised.
 * Throws ConfigException with Java's texts. Java: WorkerGroupMember
 */
export function groupOptions(
  config: WorkerConfig<'distributed'>,
  workerId: string,
): { options: GroupOptions; warnings: string[] } {
  const { values, raw } = config
  const { tls, sasl, warnings } = clientSecurity(raw)
  const options: GroupOptions = {
    clientId: values['client.id'] || `connect-${workerId}`,
    connectTimeoutMs: values['socket.connection.setup.timeout.ms'],
    tls,
    sasl,
    bootstrap: brokers(values['bootstrap.servers']),
    groupId: values['group.id'],
    protocol: values['connect.protocol'].toLowerCase() as ConnectProtocol,
    sessionTimeoutMs: values['session.timeout.ms'],
    rebalanceTimeoutMs: values['rebalance.timeout.ms'],
    heartbeatIntervalMs: values['heartbeat.interval.ms'],
    requestTimeoutMs: values['request.timeout.ms'],
    retryBackoffMs: values['retry.backoff.ms'],
    reconnectBackoffMs: values['reconnect.backoff.ms'],
    reconnectBackoffMaxMs: values['reconnect.backoff.max.ms'],
  }
  return { options, warnings }
}
