/** Protobuf in a schema registry. Java: io.confluent.kafka.schemaregistry.protobuf.ProtobufSchema */
import {
  InvalidSchema,
  type ParsedSchema,
  type ResolvedReference,
  type SchemaFormat,
  type SchemaReference,
} from '../schema-format.ts'
import { differences } from './compatibility.ts'
import { fileFromDescriptor, isDescriptor } from './descriptor-reader.ts'
import { descriptorBytes } from './descriptor-writer.ts'
import { type Difference, incompatibilityTexts } from './difference.ts'
import type { FileElement, MessageElement, TypeElement } from './elements.ts'
import { isScalar, mapTypes } from './elements.ts'
import { indexesOf, nameAt } from './message-indexes.ts'
import { join, Names, OWN } from './names.ts'
import { parseProto } from './parser.ts'
import { canonicalText, normalizedText, UnknownType } from './print.ts'
import { type MessageType, Types } from './types.ts'
import { wellKnownFile, wellKnownNames } from './well-known/index.ts'

/** One .proto file with what it imports. Immutable. */
export class ProtobufSchema implements ParsedSchema {
  readonly type = 'PROTOBUF'
  readonly references: readonly SchemaReference[]
  /** Its own types and those that it may mean. */
  readonly names: Names
  private readonly types: Types
  private canonical: string | null = null

  /** `name` is that of the message that is meant; null for the first one. */
  constructor(
    readonly file: FileElement,
    resolved: readonly ResolvedReference[] = [],
    private readonly meant: string | null = null,
  ) {
    this.references = resolved.map(({ name, subject, version }) => ({ name, subject, version }))
    this.names = namesOf(file, resolved)
    this.types = new Types(this.names)
  }

  get text(): string {
    this.canonical ??= canonicalText(this.file)
    return this.canonical
  }

  get name(): string | null {
    if (this.meant !== null) return this.meant
    const { types, packageName } = this.file
    const first = types.find(type => type.kind === 'message') ?? types[0]
    return first === undefined ? null : join(packageName ?? '', first.name)
  }

  normalized(): string {
    try {
      return normalizedText(this.file, this.names)
    } catch (cause) {
      if (cause instanceof UnknownType) throw new InvalidSchema(cause.message, { cause })
      throw cause
    }
  }

  /** `serialized`: base64 of the file as protoc would compile it; empty: the text. */
  formatted(format: string): string | null {
    if (format === '') return this.text
    if (format !== 'serialized') return null
    return Buffer.from(descriptorBytes(this.file, this.names)).toString('base64')
  }

  /** The message of that full name. @throws InvalidSchema when there is none */
  message(fullName: string): MessageType {
    const message = this.types.message(fullName)
    if (message !== null) return message
    throw new InvalidSchema(`The schema has no message ${fullName}; it has ${this.messageNames()}`)
  }

  /** Path to the message of that full name; empty when it is none of this file's. */
  indexesOf(fullName: string): number[] {
    return indexesOf(this.file, fullName)
  }

  /** Full name of the message there; null when there is none. */
  nameAt(indexes: readonly number[]): string | null {
    return nameAt(this.file, indexes)
  }

  messageNames(): string {
    const names = this.file.types.filter(type => type.kind === 'message').map(type => type.name)
    return names.length === 0 ? 'no message' : names.join(', ')
  }

  incompatibilities(writer: ParsedSchema): string[] {
    if (!(writer instanceof ProtobufSchema)) return ['Incompatible because of different schema type']
    return incompatibilityTexts(differences(sideOf(writer), sideOf(this)))
  }

  /** All that changed from `writer`, also what breaks nobody. Java: SchemaDiff.compare */
  changes(writer: ProtobufSchema): Difference[] {
    return differences(sideOf(writer), sideOf(this))
  }
}

function sideOf(schema: ProtobufSchema) {
  return {
    names: schema.names,
    packageName: schema.file.packageName ?? '',
    types: schema.file.types,
  }
}

function namesOf(file: FileElement, references: readonly ResolvedReference[]): Names {
  const names = new Names(wellKnownNames)
  const added = new Set<string>()
  const addReferences = (list: readonly ResolvedReference[], isTop: boolean): void => {
    for (const reference of list) {
      if (added.has(reference.name)) continue
      added.add(reference.name)
      const { name, subject, version } = reference
      names.add(parsedText(reference.text), isTop ? { name, subject, version } : null)
      addReferences(reference.references, false)
    }
  }
  addReferences(references, true)
  for (const name of [...file.imports, ...file.publicImports]) {
    const known = added.has(name) ? null : wellKnownFile(name)
    if (known !== null) names.add(known, null)
  }
  names.add(file, OWN)
  return names
}

/** The text of a file, or its descriptor in Base64, which some clients register instead. */
function parsedText(text: string): FileElement {
  try {
    return parseProto(text)
  } catch (error) {
    if (!(error instanceof InvalidSchema) || !isDescriptor(text)) throw error
    try {
      return fileFromDescriptor(text)
    } catch (cause) {
      if (!(cause instanceof InvalidSchema)) throw cause
      throw new InvalidSchema(`${error.message}; nor is it the base64 of a compiled file: ${cause.message}`, {
        cause,
      })
    }
  }
}

/** @throws InvalidSchema for a name of a type that stands for nothing, and for fields that share a number or name */
function checkTypes(schema: ProtobufSchema): void {
  const names = schema.names
  const check = (types: readonly TypeElement[], scope: string): void => {
    for (const type of types) {
      if (type.kind === 'enum') continue
      const fullName = join(scope, type.name)
      checkMessage(type, fullName, names)
      schema.message(fullName)
      check(type.nested, fullName)
    }
  }
  check(schema.file.types, schema.file.packageName ?? '')
}

function checkMessage(message: MessageElement, fullName: string, names: Names): void {
  for (const field of [...message.fields, ...message.oneofs.flatMap(oneof => oneof.fields)]) {
    const type = mapTypes(field.type)?.value ?? field.type
    if (!isScalar(type) && names.resolve(type, fullName) === null)
      throw new InvalidSchema(
        `Could not resolve type: ${type} (of the field ${fullName}.${field.name}); is an import or a reference missing?`,
      )
  }
}

export const protobufFormat: SchemaFormat<ProtobufSchema> = {
  type: 'PROTOBUF',
  parse(text, references) {
    const schema = new ProtobufSchema(parsedText(text), references)
    if (schema.name === null)
      throw new InvalidSchema('Protobuf schema definition contains no type definitions')
    checkTypes(schema)
    return schema
  },
}
