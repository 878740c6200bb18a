import { KafkaError } from '../port.ts'

const COMMON = 'org.apache.kafka.common.errors.'
const CONSUMER = 'org.apache.kafka.clients.consumer.'

/** Every error of the embedded log that a broker would answer, with Java's class for it. */
const ERRORS = {
  CORRUPT_MESSAGE: { java: `${COMMON}CorruptRecordException` },
  GROUP_ID_NOT_FOUND: { java: `${COMMON}GroupIdNotFoundException` },
  GROUP_SUBSCRIBED_TO_TOPIC: { java: `${COMMON}GroupSubscribedToTopicException` },
  ILLEGAL_STATE: { java: 'java.lang.IllegalStateException' },
  INVALID_CONFIG: { java: `${COMMON}InvalidConfigurationException` },
  INVALID_GROUP_ID: { java: `${COMMON}InvalidGroupIdException` },
  INVALID_PARTITIONS: { java: `${COMMON}InvalidPartitionsException` },
  INVALID_TOPIC_EXCEPTION: { java: `${COMMON}InvalidTopicException` },
  INVALID_TXN_STATE: { java: 'java.lang.IllegalStateException' },
  KAFKA_STORAGE_ERROR: { java: `${COMMON}KafkaStorageException`, retriable: true },
  MESSAGE_TOO_LARGE: { java: `${COMMON}RecordTooLargeException` },
  NON_EMPTY_GROUP: { java: `${COMMON}GroupNotEmptyException` },
  NO_OFFSET: { java: `${CONSUMER}NoOffsetForPartitionException` },
  OFFSET_OUT_OF_RANGE: { java: `${CONSUMER}OffsetOutOfRangeException` },
  PRODUCER_FENCED: { java: `${COMMON}ProducerFencedException`, fatal: true },
  REQUEST_TIMED_OUT: { java: `${COMMON}TimeoutException`, retriable: true },
  TOPIC_ALREADY_EXISTS: { java: `${COMMON}TopicExistsException` },
  UNKNOWN_MEMBER_ID: { java: `${CONSUMER}CommitFailedException` },
  UNKNOWN_TOPIC_OR_PARTITION: { java: `${COMMON}UnknownTopicOrPartitionException`, retriable: true },
} satisfies Record<string, { java: string; retriable?: boolean; fatal?: boolean }>

export type EmbeddedErrorCode = keyof typeof ERRORS

export function kafkaError(code: EmbeddedErrorCode, message: string, cause?: unknown): KafkaError {
  const entry: { java: string; retriable?: boolean; fatal?: boolean } = ERRORS[code]
  return new KafkaError(code, message, {
    javaClass: entry.java,
    retriable: entry.retriable,
    fatal: entry.fatal,
    ...(cause === undefined ? {} : { cause }),
  })
}
