import type { PackedBatch, PackedHeader } from '../kafka/packed-batch.ts'

/** What is in a record whose bytes are made already. */
export interface RawRecord {
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly PackedHeader[]
}

/** `topic` is the batch's number of it; partition and timestamp -1 mean unset. Throws KafkaError MESSAGE_TOO_LARGE. */
export function appendRaw(
  batch: PackedBatch,
  topic: number,
  partition: number,
  timestamp: number,
  { key, value, headers }: RawRecord,
): void {
  batch.begin(topic, partition, timestamp)
  if (key === null) batch.putNull()
  else batch.putBytes(key)
  batch.endKey()
  if (value === null) batch.putNull()
  else batch.putBytes(value)
  batch.endValue()
  for (const header of headers) batch.header(header.name, header.value)
  batch.commit()
}
