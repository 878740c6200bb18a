/** Which of a union's types data of another schema is read as. Java: org.apache.avro.Resolver */
import { type AvroType, isNamed, type RecordType, type UnionType } from './types.ts'

const WIDENED: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
}

/** Whether a single value of the one type can be read as one of the other. */
export function isWidened(writer: AvroType, reader: AvroType): boolean {
  return WIDENED[writer.type]?.includes(reader.type) ?? false
}

/** The place of the reader's branch, -1 for none. `writer` is no union. */
export function matchingBranch(writer: AvroType, reader: UnionType): number {
  let similar = -1
  for (const [i, branch] of reader.types.entries()) {
    if (branch.type !== writer.type) continue
    if (!isNamed(writer) || !isNamed(branch)) return i
    if (writer.name.full === branch.name.full) return i
    if (writer.type !== 'record' || branch.type !== 'record' || !isReadable(writer, branch)) continue
    if (similar < 0 || writer.name.simple === branch.name.simple) similar = i
  }
  return similar >= 0 ? similar : reader.types.findIndex(branch => isWidened(writer, branch))
}

/** As far as it can be told from the fields themselves. */
function isReadable(writer: RecordType, reader: RecordType): boolean {
  return reader.fields.every(field => {
    const written = writer.fields.find(other => other.name === field.name)
    if (written === undefined) return field.defaultValue !== undefined
    const isUnion = written.type.type === 'union' || field.type.type === 'union'
    return isUnion || written.type.type === field.type.type || isWidened(written.type, field.type)
  })
}
