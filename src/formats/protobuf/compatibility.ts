/**
 * What changed from one schema to the next and breaks readers of the older data.
 * Java: io.confluent.kafka.schemaregistry.protobuf.diff.SchemaDiff
 */
import { orderByHash, stringHashCode } from '../../data/java-hash.ts'
import { breaksReaders, type Difference, type DifferenceType } from './difference.ts'
import {
  type EnumElement,
  type FieldElement,
  isScalar,
  type Label,
  type MessageElement,
  mapTypes,
  type OneofElement,
  type TypeElement,
} from './elements.ts'
import { join, type Names, type TypeInfo } from './names.ts'

/** One schema of the two. */
export interface Side {
  readonly names: Names
  readonly packageName: string
  readonly types: readonly TypeElement[]
}

/** All that changed, also what breaks nobody, in Java's order. */
export function differences(original: Side, update: Side): Difference[] {
  const found: Difference[] = []
  const comparison = new Comparison(original, update, [], found, new Set())
  if (original.packageName !== update.packageName) comparison.add('PACKAGE_CHANGED')
  comparison.types(original.types, update.types)
  return found
}

type Kind = 'SCALAR' | 'MAP' | 'MESSAGE'

class Comparison {
  /** Names of the messages around, a part of the path. */
  private scope: string[] = []

  constructor(
    private readonly original: Side,
    private readonly update: Side,
    private readonly path: string[],
    private readonly found: Difference[],
    /** Messages that are being compared, further out. */
    private readonly open: Set<MessageElement>,
  ) {
    this.scope = [...path]
  }

  add(type: DifferenceType): void {
    this.found.push({ type, path: `#/${this.path.join('/')}` })
  }

  private at(part: string | number, compare: () => void): void {
    this.path.push(String(part))
    compare()
    this.path.pop()
  }

  private inside(name: string, compare: () => void): void {
    this.scope.push(name)
    this.at(name, compare)
    this.scope.pop()
  }

  private resolve(side: Side, name: string): TypeInfo | null {
    return side.names.resolve(name, join(side.packageName, this.scope.join('.')).replace(/\.$/, ''))
  }

  types(original: readonly TypeElement[], update: readonly TypeElement[]): void {
    const before = messages(original)
    const after = messages(update)
    for (const name of hashOrder([...before.keys(), ...after.keys()])) {
      const left = before.get(name)
      const right = after.get(name)
      this.inside(name, () => {
        if (right === undefined) {
          if (this.resolve(this.original, name)?.mapType === null) this.add('MESSAGE_REMOVED')
        } else if (left === undefined) {
          if (this.resolve(this.update, name)?.mapType === null) this.add('MESSAGE_ADDED')
        } else {
          this.message(left.element, right.element)
          if (left.index !== right.index) this.add('MESSAGE_MOVED')
        }
      })
    }
    const enumsBefore = enums(original)
    const enumsAfter = enums(update)
    for (const name of hashOrder([...enumsBefore.keys(), ...enumsAfter.keys()])) {
      const left = enumsBefore.get(name)
      const right = enumsAfter.get(name)
      this.inside(name, () => {
        if (right === undefined) this.add('ENUM_REMOVED')
        else if (left === undefined) this.add('ENUM_ADDED')
        else this.constants(left, right)
      })
    }
  }

  private constants(original: EnumElement, update: EnumElement): void {
    const before = new Map(original.constants.map(constant => [constant.tag, constant.name]))
    const after = new Map(update.constants.map(constant => [constant.tag, constant.name]))
    for (const tag of tagOrder(before, after)) {
      const left = before.get(tag)
      const right = after.get(tag)
      if (right === undefined) this.at(tag, () => this.add('ENUM_CONST_REMOVED'))
      else if (left === undefined) this.at(tag, () => this.add('ENUM_CONST_ADDED'))
      else if (left !== right) this.at(tag, () => this.add('ENUM_CONST_CHANGED'))
    }
  }

  message(original: MessageElement, update: MessageElement): void {
    const first = !this.open.has(original)
    if (first) {
      this.open.add(original)
      this.members(original, update)
    }
    this.types(original.nested, update.nested)
    if (first) this.open.delete(original)
  }

  private members(original: MessageElement, update: MessageElement): void {
    const before = byTag(original.fields)
    const after = byTag(update.fields)
    const oneofsBefore = new Map(original.oneofs.map(oneof => [oneof.name, oneof]))
    const oneofsAfter = new Map(update.oneofs.map(oneof => [oneof.name, oneof]))
    const inOneofBefore = byTag(original.oneofs.flatMap(oneof => oneof.fields))
    for (const oneof of update.oneofs) this.moved(oneof, before, inOneofBefore)
    for (const name of hashOrder([...oneofsBefore.keys(), ...oneofsAfter.keys()])) {
      const left = oneofsBefore.get(name)
      const right = oneofsAfter.get(name)
      this.at(name, () => {
        if (right === undefined) this.add('ONEOF_REMOVED')
        else if (left === undefined) this.add('ONEOF_ADDED')
        else this.oneof(left, right)
      })
    }
    for (const tag of tagOrder(before, after)) {
      const left = before.get(tag)
      const right = after.get(tag)
      this.at(tag, () => {
        if (right === undefined)
          this.add(left!.label === 'required' ? 'REQUIRED_FIELD_REMOVED' : 'FIELD_REMOVED')
        else if (left === undefined)
          this.add(right.label === 'required' ? 'REQUIRED_FIELD_ADDED' : 'FIELD_ADDED')
        else this.field(left, right)
      })
    }
  }

  /** At most one field may move into a oneof, and only into a new one. What moved is taken out of `before`. */
  private moved(
    oneof: OneofElement,
    before: Map<number, FieldElement>,
    inOneofBefore: ReadonlyMap<number, FieldElement>,
  ): void {
    let moved = 0
    let existing = 0
    for (const { tag } of oneof.fields) {
      if (before.delete(tag)) moved++
      else if (inOneofBefore.has(tag)) existing++
    }
    this.at(oneof.name, () => {
      if (moved > 1) this.add('MULTIPLE_FIELDS_MOVED_TO_ONEOF')
      else if (moved === 1 && existing > 0) this.add('FIELD_MOVED_TO_EXISTING_ONEOF')
    })
  }

  private oneof(original: OneofElement, update: OneofElement): void {
    const before = byTag(original.fields)
    const after = byTag(update.fields)
    for (const tag of tagOrder(before, after)) {
      const left = before.get(tag)
      const right = after.get(tag)
      this.at(tag, () => {
        if (right === undefined) this.add('ONEOF_FIELD_REMOVED')
        else if (left === undefined) this.add('ONEOF_FIELD_ADDED')
        else this.field(left, right)
      })
    }
  }

  private field(original: FieldElement, update: FieldElement): void {
    if (original.name !== update.name) this.add('FIELD_NAME_CHANGED')
    this.kinds(original.label, update.label, original.type, update.type)
  }

  private kinds(
    originalLabel: Label | null,
    updateLabel: Label | null,
    originalType: string,
    updateType: string,
  ): void {
    const left = this.resolve(this.original, originalType)?.mapType ?? originalType
    const right = this.resolve(this.update, updateType)?.mapType ?? updateType
    const kind = this.kind(this.original, left)
    if (kind !== this.kind(this.update, right)) this.add('FIELD_KIND_CHANGED')
    else if (kind === 'SCALAR') this.scalars(originalLabel, updateLabel, left, right)
    else if (kind === 'MESSAGE') this.named(left, right)
    else {
      const before = mapTypes(left)!
      const after = mapTypes(right)!
      this.kinds(null, null, before.key, after.key)
      this.kinds(null, null, before.value, after.value)
    }
  }

  private kind(side: Side, type: string): Kind {
    if (isScalar(type)) return 'SCALAR'
    if (mapTypes(type) !== null) return 'MAP'
    return this.resolve(side, type)?.element.kind === 'enum' ? 'SCALAR' : 'MESSAGE'
  }

  private scalars(
    originalLabel: Label | null,
    updateLabel: Label | null,
    original: string,
    update: string,
  ): void {
    const kind = SCALAR_KINDS[original] ?? 'GENERAL_NUMBER'
    if (kind !== (SCALAR_KINDS[update] ?? 'GENERAL_NUMBER')) this.add('FIELD_SCALAR_KIND_CHANGED')
    else if (originalLabel !== null && updateLabel !== null && originalLabel !== updateLabel)
      this.add(
        kind === 'STRING_OR_BYTES' ? 'FIELD_STRING_OR_BYTES_LABEL_CHANGED' : 'FIELD_NUMERIC_LABEL_CHANGED',
      )
  }

  private named(original: string, update: string): void {
    const left = this.resolve(this.original, original)
    const right = this.resolve(this.update, update)
    if (left === null || right === null) {
      if (original !== update) this.add('FIELD_NAMED_TYPE_CHANGED')
      return
    }
    const name = localName(left)
    if (name !== localName(right)) this.add('FIELD_NAMED_TYPE_CHANGED')
    else if (!sameOrigin(left, right) && left.element.kind === 'message' && right.element.kind === 'message')
      this.elsewhere(name, left, right)
  }

  /** Messages of other files are compared as well, by the names that hold there. */
  private elsewhere(name: string, left: TypeInfo, right: TypeInfo): void {
    const found: Difference[] = []
    const inner = new Comparison(
      { ...this.original, packageName: left.packageName },
      { ...this.update, packageName: right.packageName },
      name.split('.'),
      found,
      new Set(this.open),
    )
    inner.message(left.element as MessageElement, right.element as MessageElement)
    this.found.push(...found)
    if (found.some(breaksReaders)) this.add('FIELD_NAMED_TYPE_CHANGED')
  }
}

/** Kinds that read each other's bytes; an enum is a general number. */
const SCALAR_KINDS: Record<string, string> = {
  int32: 'GENERAL_NUMBER',
  int64: 'GENERAL_NUMBER',
  uint32: 'GENERAL_NUMBER',
  uint64: 'GENERAL_NUMBER',
  bool: 'GENERAL_NUMBER',
  sint32: 'SIGNED_NUMBER',
  sint64: 'SIGNED_NUMBER',
  string: 'STRING_OR_BYTES',
  bytes: 'STRING_OR_BYTES',
  fixed32: 'FIXED32',
  sfixed32: 'FIXED32',
  fixed64: 'FIXED64',
  sfixed64: 'FIXED64',
  float: 'FLOAT',
  double: 'DOUBLE',
}

function localName({ fullName, packageName }: TypeInfo): string {
  return packageName !== '' && fullName.startsWith(`${packageName}.`)
    ? fullName.slice(packageName.length + 1)
    : fullName
}

/** Both of the schemas' own, or of the same version of the same subject. */
function sameOrigin(left: TypeInfo, right: TypeInfo): boolean {
  const [a, b] = [left.reference, right.reference]
  return a !== null && b !== null && a.subject === b.subject && a.version === b.version
}

function messages(
  types: readonly TypeElement[],
): Map<string, { readonly element: MessageElement; readonly index: number }> {
  const own = types.filter(type => type.kind === 'message')
  return new Map(own.map((element, index) => [element.name, { element, index }]))
}

function enums(types: readonly TypeElement[]): Map<string, EnumElement> {
  return new Map(types.filter(type => type.kind === 'enum').map(element => [element.name, element]))
}

function byTag(fields: readonly FieldElement[]): Map<number, FieldElement> {
  return new Map(fields.map(field => [field.tag, field]))
}

/** As a Java HashSet hands them out. */
function hashOrder(names: readonly string[]): string[] {
  return orderByHash([...new Set(names)], stringHashCode)
}

function tagOrder(before: ReadonlyMap<number, unknown>, after: ReadonlyMap<number, unknown>): number[] {
  return orderByHash([...new Set([...before.keys(), ...after.keys()])], tag => tag)
}
