/**
 * Which message of a schema a payload holds: its place among the messages, then that among the messages inside it.
 * Java: io.confluent.kafka.schemaregistry.protobuf.MessageIndexes, ProtobufSchema.toMessageIndexes
 */
import { SerializationException } from '../../data/errors.ts'
import { type FileElement, isMapEntry, type MessageElement, type TypeElement } from './elements.ts'
import { join } from './names.ts'

/** More would be a sign of bytes that are something else. */
const MOST = 100

function messagesOf(types: readonly TypeElement[]): MessageElement[] {
  return types.filter(type => type.kind === 'message')
}

/**
 * Path to the message of that full name; empty when there is none. `normalized`: entries of maps do not count, since
 * the normalized text has none.
 */
export function indexesOf(file: FileElement, fullName: string, normalized = false): number[] {
  const prefix = file.packageName === null || file.packageName === '' ? '' : `${file.packageName}.`
  if (!fullName.startsWith(prefix)) return []
  const indexes: number[] = []
  let types: readonly TypeElement[] = file.types
  for (const part of fullName.slice(prefix.length).split('.')) {
    const messages = messagesOf(types).filter(message => !normalized || !isMapEntry(message))
    const index = messages.findIndex(message => message.name === part)
    if (index < 0) return []
    indexes.push(index)
    types = messages[index]!.nested
  }
  return indexes
}

/** Full name of the message there; null when there is none. */
export function nameAt(file: FileElement, indexes: readonly number[]): string | null {
  let types: readonly TypeElement[] = file.types
  let name = file.packageName ?? ''
  for (const index of indexes) {
    const message = messagesOf(types)[index]
    if (message === undefined) return null
    name = join(name, message.name)
    types = message.nested
  }
  return name
}

/** The first message, the usual one, is a single 0. */
export function encodeIndexes(indexes: readonly number[]): Uint8Array {
  if (indexes.length === 0 || (indexes.length === 1 && indexes[0] === 0)) return Uint8Array.of(0)
  const bytes: number[] = []
  for (const value of [indexes.length, ...indexes]) {
    let rest = value * 2
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
    bytes.push(rest)
  }
  return Uint8Array.from(bytes)
}

interface ReadIndexes {
  readonly indexes: readonly number[]
  /** Where the message starts. */
  readonly at: number
}

const FIRST: readonly number[] = [0]

/** @throws SerializationException when there are none */
export function readIndexes(data: Uint8Array, start: number, end: number): ReadIndexes {
  if (data[start] === 0 && start < end) return { indexes: FIRST, at: start + 1 }
  let at = start
  const next = (): number => {
    let value = 0
    for (let scale = 1; at < end && scale <= 2 ** 28; scale *= 128) {
      const byte = data[at++]!
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2
    }
    throw new SerializationException(
      at >= end ? 'The message indexes end too early' : 'A message index is longer than five bytes',
    )
  }
  const count = next()
  if (count < 0 || count > MOST)
    throw new SerializationException(
      `The payload starts with ${count} message indexes: it was not written as Protobuf with message indexes`,
    )
  const indexes: number[] = []
  for (let i = 0; i < count; i++) indexes.push(next())
  return { indexes: count === 0 ? FIRST : indexes, at }
}
