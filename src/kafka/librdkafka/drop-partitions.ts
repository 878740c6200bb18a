import { type PackedBatch, STRIDE } from '../packed-batch.ts'
import type { TopicPartition } from '../port.ts'
import { partitionKey } from './events.ts'

/**
 * Takes the records of some partitions out of a batch; the others keep their order and their bytes. Gives the offset of
 * the first record that each of them loses.
 */
export function dropPartitions(
  batch: PackedBatch,
  partitions: readonly TopicPartition[],
): Map<string, number> {
  const gone = new Set(partitions.map(partitionKey))
  const firsts = new Map<string, number>()
  const index = new Uint8Array(batch.index)
  let kept = 0
  for (let i = 0; i < batch.count; i++) {
    const key = partitionKey({ topic: batch.topic(i), partition: batch.partition(i) })
    if (gone.has(key)) {
      if (!firsts.has(key)) firsts.set(key, batch.offset(i))
      continue
    }
    if (kept !== i) index.copyWithin(kept * STRIDE, i * STRIDE, (i + 1) * STRIDE)
    kept++
  }
  batch.count = kept
  return firsts
}
