/** Reads .proto text of proto2 and proto3. Java: com.squareup.wire.schema.internal.parser.ProtoParser */
import {
  Bare,
  type ConstantElement,
  type EnumElement,
  type ExtendElement,
  type FieldElement,
  type FileElement,
  type GroupElement,
  type Label,
  MAX_TAG,
  type MessageElement,
  type OneofElement,
  type OptionElement,
  type Range,
  type ReservedElement,
  type RpcElement,
  type ServiceElement,
  type Syntax,
  type TypeElement,
} from './elements.ts'
import { readOption, readOptions } from './option-reader.ts'
import { SyntaxReader } from './syntax-reader.ts'

/** Messages within messages; deeper ones are taken for an attack on the stack. */
const MAX_DEPTH = 100
const LABELS: ReadonlySet<string> = new Set(['optional', 'required', 'repeated'])
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/

/** @throws InvalidSchema with line and column */
export function parseProto(text: string): FileElement {
  return new Parser(new SyntaxReader(text)).file()
}

class Parser {
  private syntax: Syntax | null = null
  private depth = 0

  constructor(private readonly reader: SyntaxReader) {}

  file(): FileElement {
    const { reader } = this
    let packageName: string | null = null
    const imports: string[] = []
    const publicImports: string[] = []
    const types: TypeElement[] = []
    const services: ServiceElement[] = []
    const extensions: ExtendElement[] = []
    const options: OptionElement[] = []
    while (!reader.exhausted()) {
      if (reader.take(';')) continue
      const word = reader.word()
      switch (word) {
        case 'syntax':
          this.readSyntax()
          break
        case 'edition':
          throw reader.error(
            'editions are not supported; write the schema with syntax = "proto3" or "proto2"',
          )
        case 'package':
          packageName = this.packageName()
          reader.expect(';')
          break
        case 'import': {
          const kind = reader.peekWord()
          if (kind === 'public' || kind === 'weak') reader.word()
          ;(kind === 'public' ? publicImports : imports).push(reader.quotedName())
          reader.expect(';')
          break
        }
        case 'option':
          options.push(this.option())
          break
        case 'message':
          types.push(this.message())
          break
        case 'enum':
          types.push(this.enum())
          break
        case 'service':
          services.push(this.service())
          break
        case 'extend':
          extensions.push(this.extend())
          break
        default:
          throw reader.error(`unexpected label: ${word}`)
      }
    }
    return {
      syntax: this.syntax,
      packageName,
      imports,
      publicImports,
      types,
      services,
      extensions,
      options,
    }
  }

  private packageName(): string {
    const name = this.reader.word()
    if (!name.split('.').every(part => IDENTIFIER.test(part)))
      throw this.reader.error(`${name} is no name of a package`)
    return name
  }

  private readSyntax(): void {
    this.reader.expect('=')
    const syntax = this.reader.quoted()
    if (syntax !== 'proto2' && syntax !== 'proto3') throw this.reader.error(`unexpected syntax: ${syntax}`)
    this.reader.expect(';')
    this.syntax = syntax
  }

  private option(): OptionElement {
    const option = readOption(this.reader, '=')
    this.reader.expect(';')
    return option
  }

  private identifier(what: string): string {
    const word = this.reader.word()
    if (!IDENTIFIER.test(word)) throw this.reader.error(`${word} is no name of a ${what}`)
    return word
  }

  private message(): MessageElement {
    const { reader } = this
    if (++this.depth > MAX_DEPTH) throw reader.error(`messages are nested more than ${MAX_DEPTH} deep`)
    const name = this.identifier('message')
    const nested: TypeElement[] = []
    const options: OptionElement[] = []
    const reserved: ReservedElement[] = []
    const fields: FieldElement[] = []
    const oneofs: OneofElement[] = []
    const extensionRanges: ReservedElement[] = []
    const groups: GroupElement[] = []
    const extensions: ExtendElement[] = []
    reader.expect('{')
    while (!reader.take('}')) {
      if (reader.take(';')) continue
      const word = reader.word()
      // These words are names of types as well: then a name follows, and a number.
      if (word === 'option') options.push(this.option())
      else if (word === 'message') nested.push(this.message())
      else if (word === 'enum') nested.push(this.enum())
      else if (word === 'oneof') oneofs.push(this.oneof())
      else if (word === 'extend') extensions.push(this.extend())
      else if (word === 'reserved') reserved.push(this.ranges())
      else if (word === 'extensions') extensionRanges.push(this.ranges())
      else this.member(word, fields, groups)
    }
    this.depth--
    return {
      kind: 'message',
      name,
      nested,
      options,
      reserved,
      fields,
      oneofs,
      extensionRanges,
      groups,
      extensions,
    }
  }

  /** A field or a group that starts with `word`. */
  private member(word: string, fields: FieldElement[], groups: GroupElement[]): void {
    const { reader } = this
    const label = LABELS.has(word) ? (word as Label) : null
    if (label === 'required' && this.syntax === 'proto3')
      throw reader.error("'required' label forbidden in proto3 field declarations")
    const type = label === null ? this.typeFrom(word) : reader.dataType()
    if (type === 'group') groups.push(this.group(label))
    else fields.push(this.field(label, type))
  }

  /** The word was read already. */
  private typeFrom(word: string): string {
    const { reader } = this
    if (word !== 'map' || !reader.take('<')) return word
    const key = reader.word()
    reader.expect(',')
    const value = reader.word()
    reader.expect('>')
    return `map<${key}, ${value}>`
  }

  private field(label: Label | null, type: string): FieldElement {
    const { reader } = this
    const name = this.identifier('field')
    reader.expect('=')
    const tag = this.tag(name)
    let defaultValue: string | null = null
    let jsonName: string | null = null
    const options: OptionElement[] = []
    for (const option of readOptions(reader)) {
      const text = option.value instanceof Bare ? option.value.text : option.value
      if (!option.parenthesized && option.name === 'default' && typeof text === 'string') defaultValue = text
      else if (!option.parenthesized && option.name === 'json_name' && typeof text === 'string')
        jsonName = text
      else options.push(option)
    }
    reader.expect(';')
    return { label, type, name, tag, defaultValue, jsonName, options }
  }

  private tag(name: string): number {
    const tag = this.reader.integer()
    if (tag >= 1 && tag <= MAX_TAG) return tag
    throw this.reader.error(`field ${name} has the number ${tag}, which is not within 1 to ${MAX_TAG}`)
  }

  private oneof(): OneofElement {
    const { reader } = this
    const name = this.identifier('oneof')
    const fields: FieldElement[] = []
    const groups: GroupElement[] = []
    const options: OptionElement[] = []
    reader.expect('{')
    while (!reader.take('}')) {
      if (reader.take(';')) continue
      const word = reader.word()
      if (word === 'option') options.push(this.option())
      else if (LABELS.has(word)) throw reader.error(`a field of oneof ${name} has the label ${word}`)
      else this.member(word, fields, groups)
    }
    return { name, fields, groups, options }
  }

  private group(label: Label | null): GroupElement {
    const { reader } = this
    const name = this.identifier('group')
    reader.expect('=')
    const tag = this.tag(name)
    readOptions(reader)
    const fields: FieldElement[] = []
    const none: GroupElement[] = []
    reader.expect('{')
    while (!reader.take('}')) {
      if (reader.take(';')) continue
      this.member(reader.word(), fields, none)
      if (none.length > 0) throw reader.error(`group ${name} holds another group`)
    }
    return { label, name, tag, fields }
  }

  private extend(): ExtendElement {
    const { reader } = this
    const name = reader.word()
    const fields: FieldElement[] = []
    const groups: GroupElement[] = []
    reader.expect('{')
    while (!reader.take('}')) {
      if (reader.take(';')) continue
      this.member(reader.word(), fields, groups)
    }
    return { name, fields }
  }

  private ranges(): ReservedElement {
    const { reader } = this
    const values: (string | number | Range)[] = []
    do {
      const next = reader.peek()
      if (next === '"' || next === "'") values.push(reader.quotedName())
      else values.push(this.range())
    } while (reader.take(','))
    readOptions(reader)
    reader.expect(';')
    return { values }
  }

  private range(): number | Range {
    const { reader } = this
    const from = reader.integer()
    if (reader.peekWord() !== 'to') return from
    reader.word()
    if (reader.peekWord() !== 'max') return { from, to: reader.integer() }
    reader.word()
    return { from, to: MAX_TAG }
  }

  private enum(): EnumElement {
    const { reader } = this
    const name = this.identifier('enum')
    const options: OptionElement[] = []
    const constants: ConstantElement[] = []
    const reserved: ReservedElement[] = []
    reader.expect('{')
    while (!reader.take('}')) {
      if (reader.take(';')) continue
      const word = reader.word()
      if (word === 'option' && reader.peek() !== '=') options.push(this.option())
      else if (word === 'reserved' && reader.peek() !== '=') reserved.push(this.ranges())
      else constants.push(this.constant(word))
    }
    return { kind: 'enum', name, options, constants, reserved }
  }

  private constant(name: string): ConstantElement {
    const { reader } = this
    if (!IDENTIFIER.test(name)) throw reader.error(`${name} is no name of a constant`)
    reader.expect('=')
    const tag = reader.integer()
    const options = readOptions(reader)
    reader.expect(';')
    return { name, tag, options }
  }

  private service(): ServiceElement {
    const { reader } = this
    const name = this.identifier('service')
    const rpcs: RpcElement[] = []
    const options: OptionElement[] = []
    reader.expect('{')
    while (!reader.take('}')) {
      if (reader.take(';')) continue
      const word = reader.word()
      if (word === 'option') options.push(this.option())
      else if (word === 'rpc') rpcs.push(this.rpc())
      else throw reader.error(`unexpected label: ${word}`)
    }
    return { name, rpcs, options }
  }

  private rpc(): RpcElement {
    const { reader } = this
    const name = this.identifier('method')
    const request = this.streamed()
    if (reader.word() !== 'returns') throw reader.error("expected 'returns'")
    const response = this.streamed()
    const options: OptionElement[] = []
    if (reader.take('{')) {
      while (!reader.take('}')) {
        if (reader.take(';')) continue
        const word = reader.word()
        if (word !== 'option') throw reader.error(`unexpected label: ${word}`)
        options.push(this.option())
      }
    } else reader.expect(';')
    return {
      name,
      requestType: request.type,
      responseType: response.type,
      requestStreaming: request.streaming,
      responseStreaming: response.streaming,
      options,
    }
  }

  private streamed(): { type: string; streaming: boolean } {
    const { reader } = this
    reader.expect('(')
    let type = reader.word()
    const streaming = type === 'stream' && reader.peek() !== ')'
    if (streaming) type = reader.word()
    reader.expect(')')
    return { type, streaming }
  }
}
