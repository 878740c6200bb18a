import { ConnectException } from '../data/errors.ts'

/** Connect's own offset file, record by record: JSON bytes of internal-topics §4.1, null for a tombstone. */
export interface RawOffset {
  key: Uint8Array
  value: Uint8Array | null
}

/** Start of every Java serialisation stream. */
export const JAVA_STREAM_MAGIC = Buffer.from('aced0005', 'hex')

const NULL = 0x70
const REFERENCE = 0x71
const CLASS_DESCRIPTION = 0x72
const OBJECT = 0x73
const ARRAY = 0x75
const BLOCK_DATA = 0x77
const END_BLOCK_DATA = 0x78
const FIRST_HANDLE = 0x7e0000

const utf = (text: string): Buffer => {
  const bytes = Buffer.from(text)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}
/** Class description of java.util.HashMap up to the object's own data. */
const HASH_MAP = Buffer.concat([
  JAVA_STREAM_MAGIC,
  Buffer.from([OBJECT, CLASS_DESCRIPTION]),
  utf('java.util.HashMap'),
  Buffer.from('0507dac1c31660d103', 'hex'),
  Buffer.from([0, 2, 0x46]),
  utf('loadFactor'),
  Buffer.from([0x49]),
  utf('threshold'),
  Buffer.from([END_BLOCK_DATA, NULL]),
])
const BYTE_ARRAY = Buffer.concat([
  Buffer.from([CLASS_DESCRIPTION]),
  utf('[B'),
  Buffer.from('acf317f8060854e0020000', 'hex'),
  Buffer.from([END_BLOCK_DATA, NULL]),
])
/** Handles are given out in stream order: HashMap's class 0, the map 1, the class of byte[] 2, then arrays. */
const ARRAY_CLASS_HANDLE = FIRST_HANDLE + 2

/**
 * The bytes that the JVM's standalone worker writes for these offsets: a serialised
 * `java.util.HashMap<byte[],byte[]>`. Java: org.apache.kafka.connect.storage.FileOffsetBackingStore.save
 */
export function writeJavaOffsets(entries: readonly RawOffset[]): Buffer {
  let buckets = 16
  while (entries.length > 0.75 * buckets) buckets *= 2
  const head = Buffer.alloc(18)
  head.writeFloatBE(0.75, 0)
  head.writeInt32BE(entries.length === 0 ? 0 : 0.75 * buckets, 4)
  head.writeUInt8(BLOCK_DATA, 8)
  head.writeUInt8(8, 9)
  head.writeInt32BE(buckets, 10)
  head.writeInt32BE(entries.length, 14)
  const parts: Uint8Array[] = [HASH_MAP, head]
  let described = false
  const array = (bytes: Uint8Array | null) => {
    if (bytes === null) {
      parts.push(Buffer.from([NULL]))
      return
    }
    const start = Buffer.alloc(5)
    start.writeUInt8(REFERENCE, 0)
    start.writeInt32BE(ARRAY_CLASS_HANDLE, 1)
    const length = Buffer.alloc(4)
    length.writeInt32BE(bytes.length)
    parts.push(Buffer.from([ARRAY]), described ? start : BYTE_ARRAY, length, bytes)
    described = true
  }
  for (const { key, value } of entries) {
    array(key)
    array(value)
  }
  parts.push(Buffer.from([END_BLOCK_DATA]))
  return Buffer.concat(parts)
}

/**
 * Reads what the JVM wrote, entries in any order. An entry with a null key, which Connect never writes, is
 * left out. Throws ConnectException saying at which byte the file stops making sense.
 */
export function readJavaOffsets(file: Uint8Array): RawOffset[] {
  const stream = new JavaStream(Buffer.from(file.buffer, file.byteOffset, file.byteLength))
  stream.expect(HASH_MAP, 'a serialised java.util.HashMap')
  stream.take(8, 'load factor and threshold')
  stream.expect(Buffer.from([BLOCK_DATA, 8]), "the map's block data")
  stream.take(4, 'number of buckets')
  const size = stream.take(4, 'number of entries').readInt32BE()
  if (size < 0) stream.fail(`a map of ${size} entries`)
  const entries: RawOffset[] = []
  for (let i = 0; i < size; i++) {
    const key = stream.byteArray()
    const value = stream.byteArray()
    if (key !== null) entries.push({ key, value })
  }
  stream.expect(Buffer.from([END_BLOCK_DATA]), 'the end of the map')
  return entries
}

class JavaStream {
  #at = 0
  #described = false
  readonly #arrays: Buffer[] = []

  constructor(readonly bytes: Buffer) {}

  fail(found: string): never {
    throw new ConnectException(`not a readable Java offset file: ${found} at byte ${this.#at}`)
  }

  take(length: number, what: string): Buffer {
    if (this.#at + length > this.bytes.length) this.fail(`the file ends inside ${what}`)
    this.#at += length
    return this.bytes.subarray(this.#at - length, this.#at)
  }

  expect(wanted: Buffer, what: string): void {
    if (!this.take(wanted.length, what).equals(wanted)) {
      this.#at -= wanted.length
      this.fail(`something else than ${what}`)
    }
  }

  byteArray(): Buffer | null {
    const tag = this.take(1, 'an entry').readUInt8()
    if (tag === NULL) return null
    if (tag === REFERENCE) {
      const handle = this.take(4, 'a reference').readInt32BE()
      return this.#arrays[handle - ARRAY_CLASS_HANDLE - 1] ?? this.fail('a reference to nothing')
    }
    if (tag !== ARRAY) this.fail(`an object that is not a byte array (tag 0x${tag.toString(16)})`)
    if (this.#described) {
      const reference = Buffer.alloc(5)
      reference.writeUInt8(REFERENCE)
      reference.writeInt32BE(ARRAY_CLASS_HANDLE, 1)
      this.expect(reference, 'the class byte[]')
    } else {
      this.expect(BYTE_ARRAY, 'the class byte[]')
      this.#described = true
    }
    const length = this.take(4, 'the length of a byte array').readInt32BE()
    if (length < 0) this.fail(`a byte array of ${length} bytes`)
    const array = this.take(length, 'a byte array')
    this.#arrays.push(array)
    return array
  }
}
