/** The requests of Kafka's protocol that say who may write under a `transactional.id` (KIP-98). Java: org.apache.kafka.common.message */
import { type Answer, type Api, findCoordinator } from './requests.ts'

const TRANSACTION_COORDINATOR = 1

export const findTransactionCoordinator: Api<
  { transactionalId: string },
  Answer & { nodeId: number; host: string; port: number }
> = {
  ...findCoordinator,
  write: (writer, { transactionalId }) =>
    void writer.string(transactionalId).int8(TRANSACTION_COORDINATOR).end(),
}

/** -1: whoever asks has had no number of its own before. */
const NO_PRODUCER = -1

/**
 * Makes whoever asks the only producer of the id: those before are fenced, and what they have open is aborted.
 * `timeoutMs`: how long a transaction may be open.
 */
export const initProducerId: Api<
  { transactionalId: string; timeoutMs: number },
  Answer & { producerId: number | bigint; epoch: number }
> = {
  name: 'InitProducerId',
  key: 22,
  lowest: 0,
  highest: 4,
  flexibleFrom: 2,
  write(writer, { transactionalId, timeoutMs }, version) {
    writer.nullableString(transactionalId).int32(timeoutMs)
    if (version >= 3) writer.int64(NO_PRODUCER).int16(NO_PRODUCER)
    writer.end()
  },
  read(reader) {
    reader.int32()
    const answer = { errorCode: reader.int16(), producerId: reader.int64(), epoch: reader.int16() }
    reader.end()
    return answer
  },
}
