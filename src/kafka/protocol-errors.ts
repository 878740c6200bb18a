import { KafkaError } from './port.ts'

/** [code of librdkafka and the protocol, name, Java's class, may be retried] */
type Row = readonly [code: number, name: string, javaClass: string, retriable: boolean]
const RETRIABLE = true
const FINAL = false

const errors = 'org.apache.kafka.common.errors'
const consumer = 'org.apache.kafka.clients.consumer'

/** Java: org.apache.kafka.common.protocol.Errors */
const PROTOCOL: readonly Row[] = [
  [-1, 'UNKNOWN_SERVER_ERROR', 'UnknownServerException', FINAL],
  [1, 'OFFSET_OUT_OF_RANGE', 'OffsetOutOfRangeException', FINAL],
  [2, 'CORRUPT_MESSAGE', 'CorruptRecordException', RETRIABLE],
  [3, 'UNKNOWN_TOPIC_OR_PARTITION', 'UnknownTopicOrPartitionException', RETRIABLE],
  [4, 'INVALID_FETCH_SIZE', 'InvalidFetchSizeException', FINAL],
  [5, 'LEADER_NOT_AVAILABLE', 'LeaderNotAvailableException', RETRIABLE],
  [6, 'NOT_LEADER_OR_FOLLOWER', 'NotLeaderOrFollowerException', RETRIABLE],
  [7, 'REQUEST_TIMED_OUT', 'TimeoutException', RETRIABLE],
  [8, 'BROKER_NOT_AVAILABLE', 'BrokerNotAvailableException', FINAL],
  [9, 'REPLICA_NOT_AVAILABLE', 'ReplicaNotAvailableException', RETRIABLE],
  [10, 'MESSAGE_TOO_LARGE', 'RecordTooLargeException', FINAL],
  [12, 'OFFSET_METADATA_TOO_LARGE', 'OffsetMetadataTooLarge', FINAL],
  [13, 'NETWORK_EXCEPTION', 'NetworkException', RETRIABLE],
  [14, 'COORDINATOR_LOAD_IN_PROGRESS', 'CoordinatorLoadInProgressException', RETRIABLE],
  [15, 'COORDINATOR_NOT_AVAILABLE', 'CoordinatorNotAvailableException', RETRIABLE],
  [16, 'NOT_COORDINATOR', 'NotCoordinatorException', RETRIABLE],
  [17, 'INVALID_TOPIC_EXCEPTION', 'InvalidTopicException', FINAL],
  [18, 'RECORD_LIST_TOO_LARGE', 'RecordBatchTooLargeException', FINAL],
  [19, 'NOT_ENOUGH_REPLICAS', 'NotEnoughReplicasException', RETRIABLE],
  [20, 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'NotEnoughReplicasAfterAppendException', RETRIABLE],
  [21, 'INVALID_REQUIRED_ACKS', 'InvalidRequiredAcksException', FINAL],
  [22, 'ILLEGAL_GENERATION', 'IllegalGenerationException', FINAL],
  [23, 'INCONSISTENT_GROUP_PROTOCOL', 'InconsistentGroupProtocolException', FINAL],
  [24, 'INVALID_GROUP_ID', 'InvalidGroupIdException', FINAL],
  [25, 'UNKNOWN_MEMBER_ID', 'UnknownMemberIdException', FINAL],
  [26, 'INVALID_SESSION_TIMEOUT', 'InvalidSessionTimeoutException', FINAL],
  [27, 'REBALANCE_IN_PROGRESS', 'RebalanceInProgressException', FINAL],
  [28, 'INVALID_COMMIT_OFFSET_SIZE', 'InvalidCommitOffsetSizeException', FINAL],
  [29, 'TOPIC_AUTHORIZATION_FAILED', 'TopicAuthorizationException', FINAL],
  [30, 'GROUP_AUTHORIZATION_FAILED', 'GroupAuthorizationException', FINAL],
  [31, 'CLUSTER_AUTHORIZATION_FAILED', 'ClusterAuthorizationException', FINAL],
  [32, 'INVALID_TIMESTAMP', 'InvalidTimestampException', FINAL],
  [33, 'UNSUPPORTED_SASL_MECHANISM', 'UnsupportedSaslMechanismException', FINAL],
  [34, 'ILLEGAL_SASL_STATE', 'IllegalSaslStateException', FINAL],
  [35, 'UNSUPPORTED_VERSION', 'UnsupportedVersionException', FINAL],
  [36, 'TOPIC_ALREADY_EXISTS', 'TopicExistsException', FINAL],
  [37, 'INVALID_PARTITIONS', 'InvalidPartitionsException', FINAL],
  [38, 'INVALID_REPLICATION_FACTOR', 'InvalidReplicationFactorException', FINAL],
  [39, 'INVALID_REPLICA_ASSIGNMENT', 'InvalidReplicaAssignmentException', FINAL],
  [40, 'INVALID_CONFIG', 'InvalidConfigurationException', FINAL],
  [41, 'NOT_CONTROLLER', 'NotControllerException', RETRIABLE],
  [42, 'INVALID_REQUEST', 'InvalidRequestException', FINAL],
  [43, 'UNSUPPORTED_FOR_MESSAGE_FORMAT', 'UnsupportedForMessageFormatException', FINAL],
  [44, 'POLICY_VIOLATION', 'PolicyViolationException', FINAL],
  [45, 'OUT_OF_ORDER_SEQUENCE_NUMBER', 'OutOfOrderSequenceException', FINAL],
  [46, 'DUPLICATE_SEQUENCE_NUMBER', 'DuplicateSequenceException', FINAL],
  [47, 'INVALID_PRODUCER_EPOCH', 'InvalidProducerEpochException', FINAL],
  [48, 'INVALID_TXN_STATE', 'InvalidTxnStateException', FINAL],
  [49, 'INVALID_PRODUCER_ID_MAPPING', 'InvalidPidMappingException', FINAL],
  [50, 'INVALID_TRANSACTION_TIMEOUT', 'InvalidTxnTimeoutException', FINAL],
  [51, 'CONCURRENT_TRANSACTIONS', 'ConcurrentTransactionsException', RETRIABLE],
  [52, 'TRANSACTION_COORDINATOR_FENCED', 'TransactionCoordinatorFencedException', FINAL],
  [53, 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'TransactionalIdAuthorizationException', FINAL],
  [54, 'SECURITY_DISABLED', 'SecurityDisabledException', FINAL],
  [55, 'OPERATION_NOT_ATTEMPTED', 'OperationNotAttemptedException', FINAL],
  [56, 'KAFKA_STORAGE_ERROR', 'KafkaStorageException', RETRIABLE],
  [58, 'SASL_AUTHENTICATION_FAILED', 'SaslAuthenticationException', FINAL],
  [59, 'UNKNOWN_PRODUCER_ID', 'UnknownProducerIdException', FINAL],
  [60, 'REASSIGNMENT_IN_PROGRESS', 'ReassignmentInProgressException', FINAL],
  [67, 'INVALID_PRINCIPAL_TYPE', 'InvalidPrincipalTypeException', FINAL],
  [68, 'NON_EMPTY_GROUP', 'GroupNotEmptyException', FINAL],
  [69, 'GROUP_ID_NOT_FOUND', 'GroupIdNotFoundException', FINAL],
  [73, 'TOPIC_DELETION_DISABLED', 'TopicDeletionDisabledException', FINAL],
  [74, 'FENCED_LEADER_EPOCH', 'FencedLeaderEpochException', RETRIABLE],
  [75, 'UNKNOWN_LEADER_EPOCH', 'UnknownLeaderEpochException', RETRIABLE],
  [76, 'UNSUPPORTED_COMPRESSION_TYPE', 'UnsupportedCompressionTypeException', FINAL],
  [77, 'STALE_BROKER_EPOCH', 'StaleBrokerEpochException', FINAL],
  [78, 'OFFSET_NOT_AVAILABLE', 'OffsetNotAvailableException', RETRIABLE],
  [79, 'MEMBER_ID_REQUIRED', 'MemberIdRequiredException', FINAL],
  [81, 'GROUP_MAX_SIZE_REACHED', 'GroupMaxSizeReachedException', FINAL],
  [82, 'FENCED_INSTANCE_ID', 'FencedInstanceIdException', FINAL],
  [86, 'GROUP_SUBSCRIBED_TO_TOPIC', 'GroupSubscribedToTopicException', FINAL],
  [88, 'UNSTABLE_OFFSET_COMMIT', 'UnstableOffsetCommitException', RETRIABLE],
  [89, 'THROTTLING_QUOTA_EXCEEDED', 'ThrottlingQuotaExceededException', RETRIABLE],
  [90, 'PRODUCER_FENCED', 'ProducerFencedException', FINAL],
  [100, 'UNKNOWN_TOPIC_ID', 'UnknownTopicIdException', RETRIABLE],
  [103, 'INCONSISTENT_TOPIC_ID', 'InconsistentTopicIdException', RETRIABLE],
  [110, 'FENCED_MEMBER_EPOCH', 'FencedMemberEpochException', FINAL],
  [111, 'UNRELEASED_INSTANCE_ID', 'UnreleasedInstanceIdException', FINAL],
  [112, 'UNSUPPORTED_ASSIGNOR', 'UnsupportedAssignorException', FINAL],
  [113, 'STALE_MEMBER_EPOCH', 'StaleMemberEpochException', FINAL],
  [120, 'TRANSACTION_ABORTABLE', 'TransactionAbortableException', FINAL],
  [128, 'REBOOTSTRAP_REQUIRED', 'RebootstrapRequiredException', FINAL],
]

/** librdkafka's own codes under the names of what the Java client would report. */
const LOCAL: readonly Row[] = [
  [-198, 'CORRUPT_MESSAGE', 'CorruptRecordException', RETRIABLE],
  [-195, 'NETWORK_EXCEPTION', 'DisconnectException', RETRIABLE],
  [-193, 'NETWORK_EXCEPTION', 'DisconnectException', RETRIABLE],
  [-192, 'REQUEST_TIMED_OUT', 'TimeoutException', RETRIABLE],
  [-190, 'UNKNOWN_TOPIC_OR_PARTITION', 'UnknownTopicOrPartitionException', RETRIABLE],
  [-188, 'UNKNOWN_TOPIC_OR_PARTITION', 'UnknownTopicOrPartitionException', RETRIABLE],
  [-187, 'BROKER_NOT_AVAILABLE', 'DisconnectException', RETRIABLE],
  [-185, 'REQUEST_TIMED_OUT', 'TimeoutException', RETRIABLE],
  [-181, 'SSL_AUTHENTICATION_FAILED', 'SslAuthenticationException', FINAL],
  [-180, 'COORDINATOR_NOT_AVAILABLE', 'CoordinatorNotAvailableException', RETRIABLE],
  [-169, 'SASL_AUTHENTICATION_FAILED', 'SaslAuthenticationException', FINAL],
  [-144, 'PRODUCER_FENCED', 'ProducerFencedException', FINAL],
]
const ELSEWHERE: readonly Row[] = [
  // The protocol's own, but Java has its class elsewhere.
  [87, 'INVALID_RECORD', 'org.apache.kafka.common.InvalidRecordException', FINAL],
  // Java: RecordAccumulator.abortIncompleteBatches, "Producer is closed forcefully."
  [-152, 'PRODUCER_CLOSED', 'org.apache.kafka.common.KafkaException', FINAL],
  [-151, 'PRODUCER_CLOSED', 'org.apache.kafka.common.KafkaException', FINAL],
  [-186, 'INVALID_REQUEST', 'java.lang.IllegalArgumentException', FINAL],
  [-184, 'BUFFER_EXHAUSTED', 'org.apache.kafka.clients.producer.BufferExhaustedException', RETRIABLE],
  [-172, 'ILLEGAL_STATE', 'java.lang.IllegalStateException', FINAL],
  [-147, 'MAX_POLL_INTERVAL_EXCEEDED', `${consumer}.CommitFailedException`, FINAL],
  [-142, 'UNKNOWN_MEMBER_ID', `${consumer}.CommitFailedException`, FINAL],
  [-140, 'NO_OFFSET_FOR_PARTITION', `${consumer}.NoOffsetForPartitionException`, FINAL],
]

/** What is known of an error by its code: the protocol's, or one of librdkafka's own, which are negative. */
export interface KnownError {
  name: string
  javaClass: string
  retriable: boolean
}
const known = new Map<number, KnownError>()
for (const [code, name, javaClass, retriable] of [...PROTOCOL, ...LOCAL]) {
  known.set(code, { name, javaClass: `${errors}.${javaClass}`, retriable })
}
for (const [code, name, javaClass, retriable] of ELSEWHERE) {
  known.set(code, { name, javaClass, retriable })
}
const byName = new Map([...known.values()].map(row => [row.name, row]))

export function knownError(code: number): KnownError | undefined {
  return known.get(code)
}

/** An error by the protocol's name, as other libraries report it; `reason` is the broker's own text. */
export function kafkaErrorByName(
  name: string,
  message: string,
  cause?: unknown,
  reason: string = message,
): KafkaError {
  const row = byName.get(name)
  return new KafkaError(name, message, {
    reason,
    ...(row ? { javaClass: row.javaClass, retriable: row.retriable } : {}),
    ...(cause === undefined ? {} : { cause }),
  })
}

/** An error by the protocol's number, where no native client is at hand. */
export function kafkaErrorByCode(code: number, message: string): KafkaError {
  const name = known.get(code)?.name
  return name === undefined
    ? kafkaErrorByName('UNKNOWN_SERVER_ERROR', `${message} (error ${code})`)
    : kafkaErrorByName(name, message)
}
