/** Which type a name in .proto text means. Java: io.confluent.kafka.schemaregistry.protobuf.diff.Context */
import type { SchemaReference } from '../schema-format.ts'
import {
  type ExtendElement,
  type FieldElement,
  type FileElement,
  isMapEntry,
  type MessageElement,
  type Syntax,
  type TypeElement,
} from './elements.ts'

export interface TypeInfo {
  /** Without a dot before it. */
  readonly fullName: string
  readonly packageName: string
  readonly element: TypeElement
  readonly syntax: Syntax
  /** Where it comes from; null for the types that every schema knows. */
  readonly reference: SchemaReference | null
  /** `map<K, V>` for a message that is an entry of a map, else null. */
  readonly mapType: string | null
}

/** The schema's own types, which come from no other one. */
export const OWN: SchemaReference = { name: '', subject: '', version: -1 }

/** The types of some files by full name, and those of further names behind them. */
export class Names {
  private readonly types = new Map<string, TypeInfo>()
  private readonly extensions = new Map<string, FieldElement>()

  /** `behind` is asked for what is not here, and made only then. */
  constructor(private readonly behind: (() => Names) | null = null) {}

  add(file: FileElement, reference: SchemaReference | null): void {
    const packageName = file.packageName ?? ''
    this.addExtensions(file.extensions, packageName)
    for (const element of file.types) this.addType(element, packageName, packageName, file, reference)
  }

  private addType(
    element: TypeElement,
    scope: string,
    packageName: string,
    file: FileElement,
    reference: SchemaReference | null,
  ): void {
    const fullName = join(scope, element.name)
    const mapType = element.kind === 'message' && isMapEntry(element) ? mapTypeOf(element) : null
    const syntax = file.syntax ?? 'proto2'
    this.types.set(fullName, { fullName, packageName, element, syntax, reference, mapType })
    if (element.kind === 'enum') return
    this.addExtensions(element.extensions, fullName)
    for (const nested of element.nested) this.addType(nested, fullName, packageName, file, reference)
  }

  private addExtensions(extensions: readonly ExtendElement[], scope: string): void {
    for (const { fields } of extensions)
      for (const field of fields) this.extensions.set(join(scope, field.name), field)
  }

  /** By full name, with or without a dot before it. */
  type(fullName: string): TypeInfo | null {
    const name = fullName.startsWith('.') ? fullName.slice(1) : fullName
    return this.types.get(name) ?? this.behind?.().type(name) ?? null
  }

  extension(fullName: string): FieldElement | null {
    const name = fullName.startsWith('.') ? fullName.slice(1) : fullName
    return this.extensions.get(name) ?? this.behind?.().extension(name) ?? null
  }

  /** The type that `name` means inside `scope`, a full name or a package: innermost first. */
  resolve(name: string, scope: string): TypeInfo | null {
    return inScopes(name, scope, full => this.type(full))
  }

  /** Full name of the extension field that `name` means inside `scope`. */
  resolveExtension(name: string, scope: string): string | null {
    return inScopes(name, scope, full => (this.extension(full) === null ? null : full))
  }
}

function inScopes<T>(name: string, scope: string, find: (fullName: string) => T | null): T | null {
  if (name.startsWith('.')) return find(name.slice(1))
  for (let prefix = scope; prefix !== ''; prefix = prefix.slice(0, Math.max(0, prefix.lastIndexOf('.')))) {
    const found = find(`${prefix}.${name}`)
    if (found !== null) return found
  }
  return find(name)
}

export function join(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`
}

function mapTypeOf(entry: MessageElement): string | null {
  const typeOf = (name: string) => entry.fields.find(field => field.name === name)?.type
  const key = typeOf('key')
  const value = typeOf('value')
  return key === undefined || value === undefined ? null : `map<${key}, ${value}>`
}
