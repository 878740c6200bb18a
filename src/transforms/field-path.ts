/**
 * Where in a Struct or Map a field lies: KIP-821. Version V1 knows only the fields at the top, V2 steps that dots
 * part. Java: org.apache.kafka.connect.transforms.field.SingleFieldPath, FieldSyntaxVersion
 */
import { key } from '../config/keys.ts'
import { oneOfIgnoringCase } from '../config/validators.ts'
import { ConfigException } from '../data/errors.ts'
import { IllegalArgumentException } from '../data/java-errors.ts'
import type { Field, Schema } from '../data/schema.ts'
import type { Struct } from '../data/struct.ts'
import { getEntry } from './map-copy.ts'
import { requireMap, requireStruct, type SchemalessMap } from './operand.ts'

export const fieldSyntaxVersion = {
  'field.syntax.version': key.string({
    default: 'V1',
    importance: 'high',
    validator: oneOfIgnoringCase('V1', 'V2'),
    doc: 'Defines the version of the syntax to access fields. If set to <code>V1</code>, then the field paths are limited to access the elements at the root level of the struct or map. If set to <code>V2</code>, the syntax will support accessing nested elements. To access nested elements, dotted notation is used. If dots are already included in the field name, then backtick pairs can be used to wrap field names containing dots. E.g. to access the subfield <code>baz</code> from a field named "foo.bar" in a struct/map the following format can be used to access its elements: "<code>foo.bar</code>.baz".',
  }),
}

const PURPOSE = 'nested field access'

export class FieldPath {
  readonly steps: readonly string[]
  private readonly way: readonly string[]
  private readonly last: string | null

  /** @throws ConfigException for a path of version V2 with a backtick that has no partner */
  constructor(path: string, version: string) {
    this.steps = version.toUpperCase() === 'V2' ? stepsOf(path) : [path]
    this.way = this.steps.slice(0, -1)
    this.last = this.steps.at(-1) ?? null
  }

  /** Null when a step does not exist. @throws DataException when a step leads into what is no STRUCT */
  fieldIn(schema: Schema): Field | null {
    let at: Schema = schema
    for (const step of this.way) {
      const field = at.field(step)
      if (field === null) return null
      at = field.schema
    }
    return at.field(this.lastStep())
  }

  /** On the way defaults count always, for the field itself on demand. */
  valueInStruct(struct: Struct, defaults: boolean): unknown {
    let at = struct
    for (const step of this.way) {
      const field = at.schema.field(step)
      const value = field === null ? null : at.get(field)
      if (value === null) return null
      at = requireStruct(value, PURPOSE, field?.schema)
    }
    const field = at.schema.field(this.lastStep())
    if (field === null) return null
    return defaults ? at.get(field) : at.getWithoutDefault(field)
  }

  valueInMap(map: SchemalessMap): unknown {
    let at = map
    for (const step of this.way) {
      const value = getEntry(at, step)
      if (value === null) return null
      at = requireMap(value, PURPOSE)
    }
    return getEntry(at, this.lastStep())
  }

  /** An empty path of version V2 has no steps. */
  private lastStep(): string {
    if (this.last === null) throw new IllegalArgumentException('fromIndex(0) > toIndex(-1)')
    return this.last
  }
}

/**
 * Steps are parted by dots. One that starts with a backtick goes to the backtick before a dot or the end; there
 * `` \` `` before a dot or the end is a backtick that belongs to the name. A dot at the end adds an empty step.
 */
function stepsOf(path: string): string[] {
  const steps: string[] = []
  let at = 0
  while (at < path.length) {
    if (path[at] !== '`') {
      const dot = path.indexOf('.', at)
      steps.push(dot < 0 ? path.slice(at) : path.slice(at, dot))
      at = dot < 0 ? path.length : dot + 1
      continue
    }
    const quoted = quotedStep(path, at)
    steps.push(quoted.step)
    at = quoted.next
  }
  if (path.endsWith('.')) steps.push('')
  return steps
}

function quotedStep(path: string, start: number): { step: string; next: number } {
  let step = ''
  let from = start + 1
  let at = from
  for (;;) {
    const backtick = path.indexOf('`', at)
    if (backtick < 0) throw incompletePair(path, start)
    const escaped = path[backtick - 1] === '\\'
    const last = backtick === path.length - 1
    if (last || path[backtick + 1] === '.') {
      if (!escaped) return { step: step + path.slice(from, backtick), next: backtick + 2 }
      if (last) throw incompletePair(path, start)
      step += `${path.slice(from, backtick - 1)}\``
      from = backtick + 1
    }
    at = backtick + 1
  }
}

function incompletePair(path: string, position: number): ConfigException {
  return new ConfigException(
    `Incomplete backtick pair in path: [${path}], consider adding a backslash before backtick at position ${position} to escape it`,
  )
}
