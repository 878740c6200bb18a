import type { KafkaError } from '../port.ts'
import { kafkaErrorByCode, kafkaErrorByName } from '../protocol-errors.ts'
import type { Answer } from './requests.ts'

/** Java's words for what brokers answer by number alone. Java: org.apache.kafka.common.protocol.Errors */
const TEXTS: ReadonlyMap<number, string> = new Map([
  [-1, 'The server experienced an unexpected error when processing the request.'],
  [3, 'This server does not host this topic-partition.'],
  [5, 'There is no leader for this topic-partition as we are in the middle of a leadership election.'],
  [
    6,
    'For requests intended only for the leader, this error indicates that the broker is not the current leader. For requests intended for any replica, this error indicates that the broker is not a replica of the topic partition.',
  ],
  [7, 'The request timed out.'],
  [14, "The coordinator is loading and hence can't process requests."],
  [15, 'The coordinator is not available.'],
  [16, 'This is not the correct coordinator.'],
  [17, 'The request attempted to perform an operation on an invalid topic.'],
  [29, 'Topic authorization failed.'],
  [31, 'Cluster authorization failed.'],
  [35, 'The version of API is not supported.'],
  [36, 'Topic with this name already exists.'],
  [37, 'Number of partitions is below 1.'],
  [38, 'Replication factor is below 1 or larger than the number of available brokers.'],
  [40, 'Configuration is invalid.'],
  [41, 'This is not the correct controller for this cluster.'],
  [44, 'Request parameters do not satisfy the configured policy.'],
  [
    50,
    'The transaction timeout is larger than the maximum value allowed by the broker (as configured by transaction.max.timeout.ms).',
  ],
  [
    51,
    'The producer attempted to update a transaction while another concurrent operation on the same transaction was ongoing.',
  ],
  [53, 'The transactional id authorization failed.'],
  [56, 'Disk error when trying to access log file on the disk.'],
  [74, 'The leader epoch in the request is older than the epoch on the broker.'],
  [75, 'The leader epoch in the request is newer than the epoch on the broker.'],
  [
    78,
    'The leader high watermark has not caught up from a recent leader election so the offsets cannot be guaranteed to be monotonically increasing.',
  ],
])

/** The error of an answer that has no other meaning than that; the broker's own words, where it has some. */
export function answerError(code: number, text?: string | null): KafkaError {
  return kafkaErrorByCode(code, text || TEXTS.get(code) || 'The broker refused the request')
}

/** Throws what an answer says if it did not go well. */
export function checkAnswer({ errorCode, errorMessage }: Answer): void {
  if (errorCode !== 0) throw answerError(errorCode, errorMessage)
}

/** With the deed; that nobody could be reached is what Java's client calls a timeout. */
export function named(error: KafkaError, what: string): KafkaError {
  if (error.code !== 'NETWORK_EXCEPTION')
    return kafkaErrorByName(error.code, `${what}: ${error.reason}`, error, error.reason)
  return kafkaErrorByName('REQUEST_TIMED_OUT', `${what}: no broker answers (${error.reason})`, error)
}
