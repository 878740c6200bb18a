import { ConnectException } from '../../data/errors.ts'
import type { OffsetMap } from '../../data/records.ts'
import { decodeKey, decodeValue, encodeValue } from '../../stores/offset-text.ts'
import type { TaskOffsetStore } from '../worker-options.ts'
import type { Call, OffsetCalls } from './protocol.ts'

/**
 * What a host asks of the offset store, for one connector and no other. A write is answered when it is durable
 * (invariant 1).
 */
export async function answerOffsets(
  { name, args }: Call<OffsetCalls>,
  connector: string,
  store: TaskOffsetStore,
): Promise<(string | null)[] | null> {
  const partitionOf = (text: string): OffsetMap | null => {
    const key = decodeKey(Buffer.from(text))
    if (key?.connector !== connector)
      throw new ConnectException(`${text} is no source partition of connector ${connector}`)
    return key.partition
  }
  if (name === 'offsets') {
    const found = await store.get(connector, args.keys.map(partitionOf))
    return found.map(offset => (offset === null ? null : encodeValue(offset).toString()))
  }
  const entries = args.entries.map(({ key, value }) => ({
    partition: partitionOf(key),
    offset: value === null ? null : decodeValue(Buffer.from(value)),
  }))
  await store.set(connector, entries)
  return null
}
