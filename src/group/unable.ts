/**
 * What a worker of ours says behind the metadata that all workers have: Java reads no further than its own fields.
 * `bunn`, INT16 version, ARRAY of STRING: connectors that the member cannot run, then anything that makes these bytes
 * differ from those of the round before.
 */
import { WireReader, WireWriter } from '../kafka/wire/fields.ts'

const MAGIC = Buffer.from('bunn')
const VERSION = 1

/** No bytes where there is nothing to say. `attempt`: how often the round had to be asked for again. */
export function encodeUnable(connectors: readonly string[], attempt: number): Uint8Array {
  const writer = new WireWriter()
  if (connectors.length === 0 && attempt === 0) return writer.bytes()
  writer.raw(MAGIC).int16(VERSION)
  return writer
    .array(connectors, connector => writer.string(connector))
    .int32(attempt)
    .bytes()
}

/** Whatever else somebody may have written there is nothing to us. */
export function decodeUnable(bytes: Uint8Array): string[] {
  const magic = bytes.subarray(0, MAGIC.length)
  if (!MAGIC.equals(magic)) return []
  try {
    const reader = new WireReader(bytes.subarray(MAGIC.length))
    if (reader.int16() < VERSION) return []
    return reader.array(() => reader.string())
  } catch {
    return []
  }
}
