import { described } from '../../formats/json-schema/describe.ts'
import type { Model } from '../../formats/json-schema/model.ts'

export interface Properties {
  readonly properties: ReadonlyMap<string, Model>
  readonly required: ReadonlySet<string>
}

/** The properties of all the objects of which a value has to be each. Java: JsonSchemaData.collectPropertySchemas */
export function propertiesOf(model: Model): Properties {
  const properties = new Map<string, Model>()
  const required = new Set<string>()
  for (const part of model.kind === 'combined' ? model.subschemas : []) {
    const visited = new Set<string>()
    collect(part, properties, required, visited)
  }
  return { properties, required }
}

/** What says the same is looked into once: schemas may refer to themselves. */
function collect(
  model: Model,
  properties: Map<string, Model>,
  required: Set<string>,
  visited: Set<string>,
): void {
  if (model.kind !== 'object' && model.kind !== 'combined' && model.kind !== 'reference') return
  const text = described(model)
  if (visited.has(text)) return
  visited.add(text)
  if (model.kind === 'reference') {
    collect(model.referred, properties, required, visited)
  } else if (model.kind === 'object') {
    for (const [name, property] of model.properties) {
      properties.set(name, property)
      if (model.required.includes(name)) required.add(name)
      else required.delete(name)
    }
  } else if (model.criterion === 'allOf') {
    for (const part of model.subschemas) collect(part, properties, required, visited)
  }
}
