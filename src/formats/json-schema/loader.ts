/** From a schema's text as a tree to what it says. Java: org.everit.json.schema.loader.SchemaLoader, SchemaTranslator */
import { isObject, type JsonNode } from '../../data/json/node.ts'
import { InvalidSchema, type ResolvedReference } from '../schema-format.ts'
import { arrayKeywords, loadArray } from './array-loader.ts'
import { type Dialect, DRAFT_7, dialectOf } from './dialect.ts'
import { Documents, type Scope, scopeWithin } from './documents.ts'
import { subschemaOrder } from './java-order.ts'
import { classOf, Keywords } from './keywords.ts'
import {
  type Annotations,
  type CombinedModel,
  type Criterion,
  emptyModel,
  type Model,
  NO_ANNOTATIONS,
  numberModel,
  plainModel,
  type ReferenceModel,
  stringModel,
} from './model.ts'
import { loadObject, objectKeywords } from './object-loader.ts'

const NUMBER_KEYWORDS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']
const STRING_KEYWORDS = ['minLength', 'maxLength', 'pattern', 'format']
const CONDITIONS = ['if', 'then', 'else']
const CRITERIA: readonly Criterion[] = ['allOf', 'anyOf', 'oneOf']

/** @throws InvalidSchema with the place in the text */
export function loadModel(
  root: JsonNode,
  references: readonly ResolvedReference[],
  ignoreModern: boolean,
): Model {
  const dialect = dialectOf(root, DRAFT_7, ignoreModern)
  return new Loader(new Documents(root, references, dialect, ignoreModern)).load()
}

/** A target of references, and the references that wait until it is read. */
interface Knot {
  model: Model | null
  readonly waiting: Mutable<ReferenceModel>[]
}

type Mutable<M> = { -readonly [K in keyof M]: M[K] }

export class Loader {
  private readonly knots = new Map<string, Knot>()

  constructor(private readonly documents: Documents) {}

  load(): Model {
    const { main } = this.documents
    const { root, dialect } = main.document
    const start: Scope = { document: main.document, base: null }
    // In the modern dialects a reference to the whole is the whole; before, it was read once more.
    const whole: Knot = { model: null, waiting: [] }
    if (dialect.modern) this.knots.set(this.documents.absolute('#', main), whole)
    const model = this.schema(root, start, '#')
    settle(whole, model)
    for (const { model: referred } of this.knots.values()) endOf(referred!)
    return model
  }

  /** @throws InvalidSchema */
  schema(node: JsonNode, outer: Scope, pointer: string): Model {
    if (typeof node === 'boolean') return node ? emptyModel(true) : plainModel('false')
    if (!isObject(node)) {
      throw new InvalidSchema(
        `Invalid JSON Schema: ${pointer}: expected type is one of Boolean or JsonObject, found: ${classOf(node)}`,
      )
    }
    const { dialect } = outer.document
    const keywords = new Keywords(node, pointer)
    const isReference = keywords.has('$ref') || (dialect.modern && keywords.has('$dynamicRef'))
    const scope = isReference && !dialect.modern ? outer : scopeWithin(node, outer)
    if (isReference && !dialect.modern) return this.reference(keywords, scope, annotated(keywords, dialect))
    const models = this.parts(keywords, scope)
    if (isReference) {
      const lone = models.length === 0
      keywords.take(['$ref', '$dynamicRef'])
      const reference = this.reference(keywords, scope, lone ? annotated(keywords, dialect) : NO_ANNOTATIONS)
      if (lone) return reference
      models.push(reference)
    }
    const annotations = annotated(keywords, dialect)
    const [only] = models
    if (only === undefined) return { ...emptyModel(), ...annotations }
    if (models.length === 1) return { ...only, ...annotations }
    return { ...combined('allOf', models, true), ...annotations }
  }

  private parts(keywords: Keywords, scope: Scope): Model[] {
    const { dialect } = scope.document
    const models: Model[] = []
    if (keywords.has('enum')) {
      models.push({ kind: 'enum', ...NO_ANNOTATIONS, values: keywords.list('enum')! })
      keywords.take(['enum'])
    }
    for (const criterion of CRITERIA) {
      if (!keywords.has(criterion)) continue
      models.push(combined(criterion, this.list(keywords, criterion, scope), false))
      keywords.take([criterion])
    }
    if (keywords.has('not')) {
      const mustNotMatch = this.child(keywords, 'not', scope)!
      models.push({ kind: 'not', ...NO_ANNOTATIONS, mustNotMatch })
      keywords.take(['not'])
    }
    if (dialect.atLeast6 && keywords.has('const')) {
      models.push({ kind: 'const', ...NO_ANNOTATIONS, value: keywords.get('const')! })
      keywords.take(['const'])
    }
    if (keywords.has('type')) models.push(this.typed(keywords, scope))
    models.push(...this.untyped(keywords, scope))
    return models
  }

  private typed(keywords: Keywords, scope: Scope): Model {
    const type = keywords.get('type')!
    keywords.take(['type'])
    if (typeof type === 'string') return this.ofType(type, keywords, scope)
    if (!Array.isArray(type)) throw keywords.wrongType('type', 'one of JsonArray or String', type)
    return combined(
      'anyOf',
      keywords.texts('type').map(one => this.ofType(one, keywords, scope)),
      false,
    )
  }

  private ofType(type: string, keywords: Keywords, scope: Scope): Model {
    switch (type) {
      case 'string':
        return this.string(keywords, scope, true)
      case 'integer':
        return this.number(keywords, scope, true, true)
      case 'number':
        return this.number(keywords, scope, true, false)
      case 'boolean':
      case 'null':
        return plainModel(type)
      case 'array':
        return loadArray(this, keywords, scope, true)
      case 'object':
        return loadObject(this, keywords, scope, true)
      default:
        throw keywords.error(`unknown type: [${type}]`)
    }
  }

  /** Keywords of a type that is not asked for: a value of another type passes them. */
  private untyped(keywords: Keywords, scope: Scope): Model[] {
    const { dialect } = scope.document
    const models: Model[] = []
    if (keywords.hasAny(arrayKeywords(dialect))) models.push(loadArray(this, keywords, scope, false))
    if (keywords.hasAny(objectKeywords(dialect))) models.push(loadObject(this, keywords, scope, false))
    if (keywords.hasAny(NUMBER_KEYWORDS)) models.push(this.number(keywords, scope, false, false))
    if (keywords.hasAny(dialect.modern ? STRING_KEYWORDS.slice(0, 3) : STRING_KEYWORDS))
      models.push(this.string(keywords, scope, false))
    if (dialect.atLeast7 && keywords.hasAny(CONDITIONS)) {
      const [condition, consequence, alternative] = CONDITIONS.map(name => this.child(keywords, name, scope))
      models.push({
        kind: 'conditional',
        ...NO_ANNOTATIONS,
        condition: condition!,
        consequence: consequence!,
        alternative: alternative!,
      })
      keywords.take(CONDITIONS)
    }
    return models
  }

  private number(keywords: Keywords, scope: Scope, requiresNumber: boolean, requiresInteger: boolean): Model {
    keywords.take(NUMBER_KEYWORDS)
    const multipleOf = keywords.number('multipleOf')
    if (multipleOf !== null && Number(multipleOf) === 0) throw keywords.error('multipleOf should not be 0')
    const limits = { minimum: keywords.number('minimum'), maximum: keywords.number('maximum'), multipleOf }
    const own = { requiresNumber, requiresInteger, ...limits }
    if (!scope.document.dialect.atLeast6) {
      const exclusiveMinimum = keywords.bool('exclusiveMinimum') ?? false
      const exclusiveMaximum = keywords.bool('exclusiveMaximum') ?? false
      return numberModel({ ...own, exclusiveMinimum, exclusiveMaximum })
    }
    const exclusiveMinimumLimit = keywords.number('exclusiveMinimum')
    const exclusiveMaximumLimit = keywords.number('exclusiveMaximum')
    return numberModel({ ...own, exclusiveMinimumLimit, exclusiveMaximumLimit })
  }

  private string(keywords: Keywords, scope: Scope, requiresString: boolean): Model {
    keywords.take(STRING_KEYWORDS)
    const format = keywords.text('format')
    return stringModel({
      requiresString,
      minLength: keywords.integer('minLength'),
      maxLength: keywords.integer('maxLength'),
      pattern: keywords.text('pattern'),
      format: format !== null && scope.document.dialect.formats.includes(format) ? format : null,
    })
  }

  /** The schema under a keyword; null where there is none. */
  child(keywords: Keywords, name: string, scope: Scope): Model | null {
    const node = keywords.get(name)
    return node === undefined ? null : this.schema(node, scope, `${keywords.pointer}/${name}`)
  }

  list(keywords: Keywords, name: string, scope: Scope): Model[] {
    return keywords.list(name)!.map((node, i) => this.schema(node, scope, `${keywords.pointer}/${name}/${i}`))
  }

  private reference(keywords: Keywords, scope: Scope, annotations: Annotations): ReferenceModel {
    const ref = keywords.text('$ref') ?? keywords.text('$dynamicRef')!
    const absolute = this.documents.absolute(ref, scope)
    const reference = { kind: 'reference', ...annotations, ref } as Mutable<ReferenceModel>
    const known = this.knots.get(absolute)
    if (known !== undefined) {
      if (known.model === null) known.waiting.push(reference)
      else reference.referred = known.model
      return reference
    }
    const knot: Knot = { model: null, waiting: [reference] }
    this.knots.set(absolute, knot)
    const target = this.documents.target(ref, scope, keywords.pointer)
    settle(knot, this.schema(target.node, target.scope, target.pointer))
    return reference
  }
}

function settle(knot: Knot, model: Model): void {
  knot.model = model
  for (const reference of knot.waiting) reference.referred = model
}

/** What a chain of references ends in. @throws InvalidSchema when they lead round */
function endOf(model: Model): Model {
  const passed = new Set<Model>()
  let end = model
  while (end.kind === 'reference') {
    if (passed.has(end))
      throw new InvalidSchema(
        `Invalid JSON Schema: $ref '${end.ref}' leads back to itself without any content`,
      )
    passed.add(end)
    end = end.referred
  }
  return end
}

function combined(criterion: Criterion, models: readonly Model[], synthetic: boolean): CombinedModel {
  return { kind: 'combined', ...NO_ANNOTATIONS, criterion, subschemas: subschemaOrder(models), synthetic }
}

function annotated(keywords: Keywords, dialect: Dialect): Annotations {
  keywords.take([dialect.idKeyword, 'title', 'description', 'default', '$ref'])
  const readable = dialect.atLeast7 && !dialect.modern
  if (dialect.atLeast7) keywords.take(['readOnly', 'writeOnly'])
  return {
    id: keywords.text(dialect.idKeyword),
    title: keywords.text('title'),
    description: keywords.text('description'),
    defaultValue: keywords.get('default'),
    readOnly: readable ? keywords.bool('readOnly') : null,
    writeOnly: readable ? keywords.bool('writeOnly') : null,
    unprocessed: keywords.rest(),
  }
}
