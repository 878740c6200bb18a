import { ConnectException } from '../data/errors.ts'
import { KafkaError } from '../kafka/port.ts'
import type { GroupOptions } from './options.ts'

/** Why a membership cannot go on, by the protocol's name: what is wrong and what to do. */
const FATAL: Readonly<Record<string, (options: GroupOptions) => [text: string, hint: string]>> = {
  GROUP_AUTHORIZATION_FAILED: ({ groupId }) => [
    `Not authorized to access group: ${groupId}`,
    'Give the principal of this worker the rights READ and DESCRIBE on the group.',
  ],
  INCONSISTENT_GROUP_PROTOCOL: ({ groupId, protocol }) => [
    `The members of the group ${groupId} do not speak Connect's protocols, or none that connect.protocol=${protocol} allows`,
    'Give the workers a group.id that no consumer uses, and the same connect.protocol everywhere.',
  ],
  GROUP_MAX_SIZE_REACHED: ({ groupId }) => [
    `The group ${groupId} has as many members as the brokers allow`,
    'Stop members that are not needed, or raise group.max.size on the brokers.',
  ],
  FENCED_INSTANCE_ID: ({ groupId }) => [
    `The group ${groupId} takes this worker for a static member that another one has replaced`,
    'Give the workers a group.id that no consumer uses: Connect has no group.instance.id.',
  ],
  INVALID_SESSION_TIMEOUT: ({ sessionTimeoutMs }) => [
    `The brokers do not allow session.timeout.ms=${sessionTimeoutMs}`,
    'Choose it between group.min.session.timeout.ms and group.max.session.timeout.ms of the brokers.',
  ],
  INVALID_GROUP_ID: ({ groupId }) => [
    `The brokers do not take "${groupId}" as group.id`,
    'Choose another one.',
  ],
  SASL_AUTHENTICATION_FAILED: () => [
    'The brokers refuse the credentials of this worker',
    'Check sasl.mechanism and sasl.jaas.config.',
  ],
  SSL_AUTHENTICATION_FAILED: () => [
    'The TLS handshake with the brokers failed',
    'Check ssl.truststore.location, and that the certificates name the hosts of bootstrap.servers and of the brokers.',
  ],
}

/** The error that a person is shown; one of ours is shown as it is. */
export function groupError(error: Error, options: GroupOptions): Error {
  if (!(error instanceof KafkaError)) return error
  const known = FATAL[error.code]?.(options)
  const [text, hint] = known ?? [`The membership in the group ${options.groupId} failed`, undefined]
  return new ConnectException(`${text}: ${error.reason} (${error.code})`, {
    cause: error,
    ...(hint && { hint }),
  })
}
