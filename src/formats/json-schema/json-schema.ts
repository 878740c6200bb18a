import { isObject, type JsonNode, member, nodeType } from '../../data/json/node.ts'
import type { ParsedSchema, ResolvedReference, SchemaFormat, SchemaReference } from '../schema-format.ts'
import { incompatibilitiesOf } from './compatibility/incompatibilities.ts'
import { described } from './describe.ts'
import { loadModel } from './loader.ts'
import type { Model } from './model.ts'
import { jsonText, parsedText } from './schema-text.ts'

/** A JSON Schema as a registry holds it. Java: io.confluent.kafka.schemaregistry.json.JsonSchema */
export class JsonSchema implements ParsedSchema {
  readonly type = 'JSON'
  readonly name: string | null

  constructor(
    readonly text: string,
    private readonly node: JsonNode,
    readonly model: Model,
    readonly references: readonly SchemaReference[],
  ) {
    const title = isObject(node) ? member(node, 'title') : undefined
    this.name = title === undefined || isContainer(title) ? null : String(title)
  }

  /** Members by name at every level. */
  normalized(): string {
    return jsonText(this.node, true)
  }

  incompatibilities(writer: ParsedSchema): string[] {
    if (!(writer instanceof JsonSchema)) return ['Incompatible because of different schema type']
    return incompatibilitiesOf(writer.model, this.model)
  }
}

function isContainer(node: JsonNode): boolean {
  return nodeType(node) === 'OBJECT' || nodeType(node) === 'ARRAY'
}

export interface JsonSchemaFormatOptions {
  /** Reads 2019-09 and 2020-12 as draft 7. */
  readonly ignoreModernDialects?: boolean
}

export function jsonSchemaFormat(options: JsonSchemaFormatOptions = {}): SchemaFormat<JsonSchema> {
  return {
    type: 'JSON',
    parse(text, references) {
      const node = parsedText(text, 'the schema')
      const model = loadModel(node, references, options.ignoreModernDialects ?? false)
      return new JsonSchema(jsonText(node), node, model, named(references))
    },
  }
}

/** The schema that a model is the model of. */
export function jsonSchemaOf(model: Model): JsonSchema {
  const text = described(model)
  return new JsonSchema(text, parsedText(text, 'the schema'), model, [])
}

function named(references: readonly ResolvedReference[]): SchemaReference[] {
  return references.map(({ name, subject, version }) => ({ name, subject, version }))
}
