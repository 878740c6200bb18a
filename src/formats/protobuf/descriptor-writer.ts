/** A file as protoc would compile it. Java: ProtobufSchema.toDynamicSchema().getFileDescriptorProto() */
import {
  ENUM_OPTIONS,
  FIELD_OPTIONS,
  FILE_OPTIONS,
  MESSAGE_OPTIONS,
  META_NUMBER,
  METHOD_OPTIONS,
  type OptionNames,
  SERVICE_OPTIONS,
  VALUE_OPTIONS,
} from './descriptor-options.ts'
import {
  Bare,
  type EnumElement,
  type ExtendElement,
  type FieldElement,
  type FileElement,
  isScalar,
  type MessageElement,
  mapTypes,
  type OptionElement,
  type OptionMap,
  type OptionValue,
  type ReservedElement,
  type ServiceElement,
  type Syntax,
} from './elements.ts'
import { mapEntryName } from './map-names.ts'
import { join, type Names } from './names.ts'
import { asMap, merged } from './print-options.ts'
import { WireWriter } from './wire-writer.ts'

const TYPE_NUMBERS: Readonly<Record<string, number>> = {
  double: 1,
  float: 2,
  int64: 3,
  uint64: 4,
  int32: 5,
  fixed64: 6,
  fixed32: 7,
  bool: 8,
  string: 9,
  message: 11,
  bytes: 12,
  uint32: 13,
  enum: 14,
  sfixed32: 15,
  sfixed64: 16,
  sint32: 17,
  sint64: 18,
}
const LABEL_NUMBERS = { optional: 1, required: 2, repeated: 3 }

/** The bytes of a FileDescriptorProto; its name is `default`, as in Java. */
export function descriptorBytes(file: FileElement, names: Names): Uint8Array {
  const out = new DescriptorWriter(names, file.syntax)
  out.file(file)
  return Uint8Array.from(out.wire.written())
}

class DescriptorWriter {
  readonly wire = new WireWriter()

  constructor(
    private readonly names: Names,
    private readonly syntax: Syntax | null,
  ) {}

  file(file: FileElement): void {
    const scope = file.packageName ?? ''
    this.text(1, 'default')
    if (scope !== '') this.text(2, scope)
    const imports = [...file.imports, ...file.publicImports]
    for (const name of imports) this.text(3, name)
    for (const type of file.types) if (type.kind === 'message') this.part(4, () => this.message(type, scope))
    for (const type of file.types) if (type.kind === 'enum') this.part(5, () => this.enum(type))
    for (const service of file.services) this.part(6, () => this.service(service, scope))
    this.extensions(7, file.extensions, scope)
    this.options(8, file.options, FILE_OPTIONS, 'file_meta')
    file.publicImports.forEach((_, i) => {
      this.integer(10, file.imports.length + i)
    })
    if (file.syntax === 'proto3') this.text(12, 'proto3')
  }

  private message(message: MessageElement, outer: string): void {
    const scope = join(outer, message.name)
    this.text(1, message.name)
    let synthetic = message.oneofs.length
    const optional: string[] = []
    message.oneofs.forEach((oneof, index) => {
      for (const field of oneof.fields) this.part(2, () => this.field(field, scope, index, false))
    })
    for (const field of message.fields) {
      const isOptional = this.syntax === 'proto3' && field.label === 'optional'
      const index = isOptional ? synthetic++ : null
      if (isOptional) optional.push(field.name)
      this.part(2, () => this.field(field, scope, index, isOptional))
    }
    for (const type of message.nested)
      if (type.kind === 'message') this.part(3, () => this.message(type, scope))
    for (const field of message.fields) {
      const map = mapTypes(field.type)
      if (map !== null) this.part(3, () => this.entry(mapEntryName(field.name), map.key, map.value, scope))
    }
    for (const type of message.nested) if (type.kind === 'enum') this.part(4, () => this.enum(type))
    this.ranges(5, message.extensionRanges, 1)
    this.extensions(6, message.extensions, scope)
    this.options(7, message.options, MESSAGE_OPTIONS, 'message_meta')
    for (const oneof of message.oneofs) this.part(8, () => this.text(1, oneof.name))
    for (const name of optional) this.part(8, () => this.text(1, `_${name}`))
    this.reserved(message.reserved, 9, 10, 1)
  }

  private entry(name: string, key: string, value: string, outer: string): void {
    const scope = join(outer, name)
    this.text(1, name)
    const field = (fieldName: string, type: string, tag: number) =>
      this.part(2, () => {
        this.text(1, fieldName)
        this.integer(3, tag)
        this.integer(4, LABEL_NUMBERS.optional)
        this.type(type, scope)
      })
    field('key', key, 1)
    field('value', value, 2)
    this.part(7, () => this.integer(7, 1))
  }

  private field(field: FieldElement, scope: string, oneof: number | null, proto3Optional: boolean): void {
    const isMap = mapTypes(field.type) !== null
    this.text(1, field.name)
    this.integer(3, field.tag)
    this.integer(4, isMap ? LABEL_NUMBERS.repeated : LABEL_NUMBERS[field.label ?? 'optional'])
    this.type(isMap ? `.${join(scope, mapEntryName(field.name))}` : field.type, scope, isMap)
    if (field.defaultValue !== null) this.text(7, field.defaultValue)
    this.options(8, field.options, FIELD_OPTIONS, 'field_meta')
    if (oneof !== null) this.integer(9, oneof)
    if (field.jsonName !== null) this.text(10, field.jsonName)
    if (proto3Optional) this.integer(17, 1)
  }

  private type(type: string, scope: string, isEntry = false): void {
    if (isScalar(type)) {
      this.integer(5, TYPE_NUMBERS[type]!)
      return
    }
    const info = isEntry ? null : this.names.resolve(type, scope)
    if (isEntry || info !== null)
      this.integer(5, info?.element.kind === 'enum' ? TYPE_NUMBERS['enum']! : TYPE_NUMBERS['message']!)
    this.text(6, info === null ? type : `.${info.fullName}`)
  }

  private extensions(number: number, extensions: readonly ExtendElement[], scope: string): void {
    for (const { name, fields } of extensions) {
      const extendee = this.names.resolve(name, scope)
      for (const field of fields)
        this.part(number, () => {
          this.text(2, extendee === null ? name : `.${extendee.fullName}`)
          this.field(field, scope, null, false)
        })
    }
  }

  private enum(type: EnumElement): void {
    this.text(1, type.name)
    for (const constant of type.constants)
      this.part(2, () => {
        this.text(1, constant.name)
        this.integer(2, constant.tag)
        this.options(3, constant.options, VALUE_OPTIONS, 'enum_value_meta')
      })
    this.options(3, type.options, ENUM_OPTIONS, 'enum_meta')
    this.reserved(type.reserved, 4, 5, 0)
  }

  private service(service: ServiceElement, scope: string): void {
    const type = (name: string) => {
      const info = this.names.resolve(name, scope)
      return info === null ? name : `.${info.fullName}`
    }
    this.text(1, service.name)
    for (const rpc of service.rpcs)
      this.part(2, () => {
        this.text(1, rpc.name)
        this.text(2, type(rpc.requestType))
        this.text(3, type(rpc.responseType))
        this.options(4, rpc.options, METHOD_OPTIONS, null)
        if (rpc.requestStreaming) this.integer(5, 1)
        if (rpc.responseStreaming) this.integer(6, 1)
      })
    this.options(3, service.options, SERVICE_OPTIONS, null)
  }

  private reserved(
    elements: readonly ReservedElement[],
    rangeNumber: number,
    nameNumber: number,
    beyond: number,
  ): void {
    this.ranges(rangeNumber, elements, beyond)
    for (const value of elements.flatMap(element => element.values))
      if (typeof value === 'string') this.text(nameNumber, value)
  }

  /** `beyond`: how far the end lies behind the last number. */
  private ranges(number: number, elements: readonly ReservedElement[], beyond: number): void {
    for (const value of elements.flatMap(element => element.values)) {
      if (typeof value === 'string') continue
      const { from, to } = typeof value === 'number' ? { from: value, to: value } : value
      this.part(number, () => {
        this.integer(1, from)
        this.integer(2, to + beyond)
      })
    }
  }

  private options(
    number: number,
    options: readonly OptionElement[],
    names: OptionNames,
    meta: string | null,
  ): void {
    const known = options.filter(option => !option.parenthesized && names.has(option.name))
    const metas =
      meta === null
        ? []
        : options.filter(o => o.parenthesized && o.name.replace(/^\./, '') === `confluent.${meta}`)
    if (known.length + metas.length === 0) return
    this.part(number, () => {
      for (const { name, value } of known) {
        const { number: key, values } = names.get(name)!
        const text = value instanceof Bare ? value.text : String(value)
        if (values !== null) this.integer(key, Math.max(0, values.indexOf(text)))
        else if (value instanceof Bare) this.integer(key, text === 'true' ? 1 : 0)
        else this.text(key, text)
      }
      if (metas.length === 0) return
      const { value } = metas.map(asMap).reduce(merged)
      if (value instanceof Map) this.part(META_NUMBER, () => this.meta(value as OptionMap))
    })
  }

  private meta(meta: OptionMap): void {
    const doc = meta.get('doc')
    if (typeof doc === 'string') this.text(1, doc)
    for (const entry of listOf(meta.get('params'))) {
      if (!(entry instanceof Map)) continue
      this.part(2, () => {
        this.text(1, String((entry as OptionMap).get('key') ?? ''))
        this.text(2, String((entry as OptionMap).get('value') ?? ''))
      })
    }
    for (const tag of listOf(meta.get('tags'))) if (typeof tag === 'string') this.text(3, tag)
  }

  private text(number: number, value: string): void {
    this.wire.uint32(number * 8 + 2)
    this.wire.string(value)
  }

  private integer(number: number, value: number): void {
    this.wire.uint32(number * 8)
    this.wire.int32(value)
  }

  private part(number: number, write: () => void): void {
    this.wire.uint32(number * 8 + 2)
    const start = this.wire.begin()
    write()
    this.wire.end(start)
  }
}

function listOf(value: OptionValue | undefined): readonly OptionValue[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value]
}
