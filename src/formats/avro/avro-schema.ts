/** Avro among the schema languages of a registry. Java: io.confluent.kafka.schemaregistry.avro.AvroSchema */
import type { ParsedSchema, ResolvedReference, SchemaFormat, SchemaReference } from '../schema-format.ts'
import { findIncompatibilities, incompatibilityText } from './compatibility.ts'
import { normalizedText } from './normalize.ts'
import { definedName, SchemaParser } from './parser.ts'
import { schemaText } from './print.ts'
import type { AvroType } from './types.ts'

export class AvroSchema implements ParsedSchema {
  readonly type = 'AVRO'
  readonly references: readonly SchemaReference[]
  readonly #resolved: readonly ResolvedReference[]
  #text: string | null = null

  /** `resolved` are the schemas that `root` refers to by name and that its text leaves out. */
  constructor(
    readonly root: AvroType,
    resolved: readonly ResolvedReference[] = [],
  ) {
    this.#resolved = resolved
    this.references = resolved.map(({ name, subject, version }) => ({ name, subject, version }))
  }

  get text(): string {
    this.#text ??= schemaText(this.root, referredNames(this.#resolved))
    return this.#text
  }

  get name(): string | null {
    return this.root.type === 'record' ? this.root.name.full : null
  }

  normalized(): string {
    const { parser, names } = parserWith(this.#resolved, false)
    const root = parser.parse(normalizedText(this.root, names))
    return schemaText(root, names)
  }

  /** Java: AvroSchema.formattedString */
  formatted(format: string): string | null {
    return format === 'resolved' ? schemaText(this.root) : null
  }

  incompatibilities(writer: ParsedSchema): string[] {
    if (!(writer instanceof AvroSchema)) return ['Incompatible because of different schema type']
    try {
      return findIncompatibilities(this.root, writer.root).map(incompatibilityText)
    } catch (error) {
      return [`Unexpected exception during compatibility check: ${(error as Error).message}`]
    }
  }

  toString(): string {
    return this.text
  }
}

/** Java: io.confluent.kafka.schemaregistry.avro.AvroSchemaProvider */
export const avroFormat: SchemaFormat<AvroSchema> = {
  type: 'AVRO',
  parse: (text, references, isNew = false) =>
    new AvroSchema(parserWith(references, isNew).parser.parse(text), references),
}

/** A parser that knows what was referred to, deepest references first, and the names of their outermost types. */
function parserWith(
  references: readonly ResolvedReference[],
  isNew: boolean,
): { parser: SchemaParser; names: string[] } {
  const parser = new SchemaParser(isNew)
  const seen = new Set<string>()
  const types: AvroType[] = []
  const add = ({ name, text, references }: ResolvedReference): void => {
    if (seen.has(name)) return
    seen.add(name)
    references.forEach(add)
    types.push(parser.parse(text))
  }
  references.forEach(add)
  return { parser, names: types.map(definedName).filter(name => name !== null) }
}

function referredNames(references: readonly ResolvedReference[]): string[] {
  return references.length === 0 ? [] : parserWith(references, false).names
}
