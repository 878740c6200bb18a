/** Files that every schema may import without a reference. Java: ProtobufSchema.KNOWN_DEPENDENCIES */
import type { FileElement } from '../elements.ts'
import { Names } from '../names.ts'
import { parseProto } from '../parser.ts'
import { confluent } from './confluent.ts'
import { descriptor } from './descriptor.ts'
import { googleProtobuf } from './google-protobuf.ts'
import { googleType } from './google-type.ts'

const texts: ReadonlyMap<string, string> = new Map(
  [confluent, googleProtobuf, googleType, descriptor].flatMap(Object.entries<string>),
)
const parsed = new Map<string, FileElement>()

/** By the name that an import calls it; null when it is none of them. */
export function wellKnownFile(name: string): FileElement | null {
  const text = texts.get(name)
  if (text === undefined) return null
  let file = parsed.get(name)
  if (file === undefined) {
    file = parseProto(text)
    parsed.set(name, file)
  }
  return file
}

let all: Names | null = null

/** The types of all of them. */
export function wellKnownNames(): Names {
  if (all === null) {
    all = new Names()
    for (const name of texts.keys()) all.add(wellKnownFile(name)!, null)
  }
  return all
}
