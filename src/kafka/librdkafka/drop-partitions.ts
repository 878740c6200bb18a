import { type PackedBatch, STRIDE } from '../packed-batch.ts'
import type { TopicPartition } from '../port.ts'
import { partitionKey } from './events.ts'

/** Takes the records of some partitions out of a batch; the others keep their order and their bytes. */
export function dropPartitions(batch: PackedBatch, partitions: readonly TopicPartition[]): void {
  const gone = new Set(partitions.map(partitionKey))
  const index = new Uint8Array(batch.index)
  let kept = 0
  for (let i = 0; i < batch.count; i++) {
    if (gone.has(`${batch.topic(i)}-${batch.partition(i)}`)) continue
    if (kept !== i) index.copyWithin(kept * STRIDE, i * STRIDE, (i + 1) * STRIDE)
    kept++
  }
  batch.count = kept
}
