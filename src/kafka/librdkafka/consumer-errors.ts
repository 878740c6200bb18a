import type { Logger } from '../../observe/log.ts'
import { KafkaError } from '../port.ts'
import { kafkaError } from './errors.ts'
import { type ClientEvent, type NativeError, type PartitionResult, partitionKey } from './events.ts'
import { SeldomWarnings } from './seldom-warnings.ts'

/** Consumer errors that end a `poll`; the others are news about brokers and topics that pass. */
const FINAL = new Set([29, 30, 58, 35, 1, -140, -181, -169])
/** What the group's coordinator refuses a member for, and what to do about it: Java fails on these, librdkafka asks again. */
const REFUSALS = new Map([
  [
    23,
    'every member of the group has to offer an assignor that all others offer ' +
      '(consumer.override.partition.assignment.strategy), and the same group.protocol',
  ],
  [24, 'a group needs a name (group.id)'],
  [
    26,
    "session.timeout.ms has to lie between the broker's group.min.session.timeout.ms and group.max.session.timeout.ms",
  ],
  [81, "the group has as many members as the broker's group.max.size allows"],
  [111, 'another member that is still there has this group.instance.id'],
  [112, 'the broker has no assignor of this name (group.remote.assignor)'],
])
const UNKNOWN_TOPIC = new Set([3, -188, -190])

/** Sorts what librdkafka reports to a consumer: what ends a `poll` is returned, the rest warned of. */
export class ConsumerErrors {
  readonly #warnings: SeldomWarnings

  constructor(log: Logger) {
    this.#warnings = new SeldomWarnings(log)
  }

  /** An error of the client as a whole. */
  ofClient(error: NativeError): KafkaError | null {
    const told = kafkaError(error)
    if (error.fatal) return told
    this.#warnings.warn(`${error.code}`, told.message)
    return null
  }

  /** An error of consuming, mostly from one topic. */
  ofConsuming({ error, topic, partition }: ClientEvent & { kind: 'consumerError' }): KafkaError | null {
    const advice = REFUSALS.get(error.code)
    if (advice !== undefined) return kafkaError({ ...error, message: `${error.message}: ${advice}` })
    if (error.fatal || FINAL.has(error.code)) {
      return kafkaError(
        error,
        topic ? `Consuming ${topic}${partition < 0 ? '' : `-${partition}`}` : 'Consuming',
      )
    }
    if (UNKNOWN_TOPIC.has(error.code)) {
      // Java waits for it to appear, and so does librdkafka.
      this.#warnings.warn(topic, `Topic ${topic} does not exist; waiting for it to be created`)
    } else {
      const text = kafkaError(error).message
      this.#warnings.warn(`${topic} ${error.code}`, topic ? `Consuming ${topic}: ${text}` : text)
    }
    return null
  }
}

/** Throws the error of the first partition that has one; `what` was done with them. */
export function throwFirst(partitions: readonly PartitionResult[], what: string): void {
  const failed = partitions.find(p => p.code !== 0)
  if (failed) throw commitFailed(kafkaError({ code: failed.code }, `${what} of ${partitionKey(failed)}`))
}

/** The errors that tell a member that it is none any more have one class in Java. */
export function commitFailed(error: KafkaError): KafkaError {
  if (!['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID'].includes(error.code)) return error
  return new KafkaError(error.code, error.message, {
    javaClass: 'org.apache.kafka.clients.consumer.CommitFailedException',
    cause: error,
  })
}
