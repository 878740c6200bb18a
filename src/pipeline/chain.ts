import type { ConnectRecord } from '../data/records.ts'

/**
 * Transformations, in order, of one record; null drops it. A task without transformations has no chain at all
 * (null), so that it pays nothing. Java: org.apache.kafka.connect.runtime.TransformationChain
 */
export interface Chain<R extends ConnectRecord> {
  apply(record: R): R | null
  close(): void
}
