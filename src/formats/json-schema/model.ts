/**
 * What a JSON Schema says, by kind of schema. A text that says several things at once (a type and an enumeration)
 * is an `allOf` of them. Java: org.everit.json.schema.*
 */
import type { BigDecimal } from '../../data/big-decimal.ts'
import type { JsonNode } from '../../data/json/node.ts'

/** Any member of a text that no keyword explains, and `connect.type`, `connect.index` and their like among them. */
export type Unprocessed = ReadonlyMap<string, JsonNode>

export interface Annotations {
  readonly id: string | null
  readonly title: string | null
  readonly description: string | null
  /** Undefined for none, null for `"default": null`. */
  readonly defaultValue: JsonNode | undefined
  readonly readOnly: boolean | null
  readonly writeOnly: boolean | null
  readonly unprocessed: Unprocessed
}

/** `true` differs from `{}` in its text only. */
export interface EmptyModel extends Annotations {
  readonly kind: 'empty'
  readonly literal: boolean
}

export interface PlainModel extends Annotations {
  readonly kind: 'false' | 'boolean' | 'null'
}

export type JsonNumber = number | bigint | BigDecimal

export interface NumberModel extends Annotations {
  readonly kind: 'number'
  /** False where only a bound was given: other types pass. */
  readonly requiresNumber: boolean
  readonly requiresInteger: boolean
  readonly minimum: JsonNumber | null
  readonly maximum: JsonNumber | null
  readonly multipleOf: JsonNumber | null
  /** Draft 4: whether `minimum` itself is out. */
  readonly exclusiveMinimum: boolean
  readonly exclusiveMaximum: boolean
  readonly exclusiveMinimumLimit: JsonNumber | null
  readonly exclusiveMaximumLimit: JsonNumber | null
}

export interface StringModel extends Annotations {
  readonly kind: 'string'
  readonly requiresString: boolean
  readonly minLength: number | null
  readonly maxLength: number | null
  readonly pattern: string | null
  /** Only a format that the dialect checks. */
  readonly format: string | null
}

export interface EnumModel extends Annotations {
  readonly kind: 'enum'
  readonly values: readonly JsonNode[]
}

export interface ConstModel extends Annotations {
  readonly kind: 'const'
  readonly value: JsonNode
}

export interface NotModel extends Annotations {
  readonly kind: 'not'
  readonly mustNotMatch: Model
}

export interface ConditionalModel extends Annotations {
  readonly kind: 'conditional'
  readonly condition: Model | null
  readonly consequence: Model | null
  readonly alternative: Model | null
}

export type Criterion = 'allOf' | 'anyOf' | 'oneOf'

export interface CombinedModel extends Annotations {
  readonly kind: 'combined'
  readonly criterion: Criterion
  /** In everit's order, see java-order.ts. */
  readonly subschemas: readonly Model[]
  /** Its parts stand in one object, not under `allOf`. */
  readonly synthetic: boolean
}

/** `referred` is filled when the whole text is read, for schemas may refer to what they are part of. */
export interface ReferenceModel extends Annotations {
  readonly kind: 'reference'
  readonly ref: string
  readonly referred: Model
}

export interface ArrayModel extends Annotations {
  readonly kind: 'array'
  readonly requiresArray: boolean
  readonly minItems: number | null
  readonly maxItems: number | null
  readonly uniqueItems: boolean
  readonly items: Model | null
  readonly itemList: readonly Model[] | null
  readonly additionalItems: boolean
  readonly schemaOfAdditionalItems: Model | null
  readonly contains: Model | null
  /** From 2019-09 on, as the next two. */
  readonly minContains: number | null
  readonly maxContains: number | null
  readonly unevaluatedItems: Model | null
}

export interface ObjectModel extends Annotations {
  readonly kind: 'object'
  readonly requiresObject: boolean
  /** In the order of Java's HashMap, in which it gives fields to those without `connect.index`. */
  readonly properties: ReadonlyMap<string, Model>
  readonly additionalProperties: boolean
  readonly schemaOfAdditionalProperties: Model | null
  readonly propertyNames: Model | null
  readonly required: readonly string[]
  readonly minProperties: number | null
  readonly maxProperties: number | null
  readonly propertyDependencies: ReadonlyMap<string, ReadonlySet<string>>
  readonly schemaDependencies: ReadonlyMap<string, Model>
  readonly patternProperties: ReadonlyMap<string, Model>
  /** From 2019-09 on. */
  readonly unevaluatedProperties: Model | null
}

export type Model =
  | EmptyModel
  | PlainModel
  | NumberModel
  | StringModel
  | EnumModel
  | ConstModel
  | NotModel
  | ConditionalModel
  | CombinedModel
  | ReferenceModel
  | ArrayModel
  | ObjectModel

const NOTHING: Unprocessed = new Map()

/** A schema that is not said to be anything in particular. */
export const NO_ANNOTATIONS: Annotations = {
  id: null,
  title: null,
  description: null,
  defaultValue: undefined,
  readOnly: null,
  writeOnly: null,
  unprocessed: NOTHING,
}

type Own<M extends Model> = Partial<Omit<M, 'kind'>>

export function numberModel(own: Own<NumberModel> = {}): NumberModel {
  return {
    kind: 'number',
    ...NO_ANNOTATIONS,
    requiresNumber: true,
    requiresInteger: false,
    minimum: null,
    maximum: null,
    multipleOf: null,
    exclusiveMinimum: false,
    exclusiveMaximum: false,
    exclusiveMinimumLimit: null,
    exclusiveMaximumLimit: null,
    ...own,
  }
}

export function stringModel(own: Own<StringModel> = {}): StringModel {
  return {
    kind: 'string',
    ...NO_ANNOTATIONS,
    requiresString: true,
    minLength: null,
    maxLength: null,
    pattern: null,
    format: null,
    ...own,
  }
}

export function arrayModel(own: Own<ArrayModel> = {}): ArrayModel {
  return {
    kind: 'array',
    ...NO_ANNOTATIONS,
    requiresArray: true,
    minItems: null,
    maxItems: null,
    uniqueItems: false,
    items: null,
    itemList: null,
    additionalItems: true,
    schemaOfAdditionalItems: null,
    contains: null,
    minContains: null,
    maxContains: null,
    unevaluatedItems: null,
    ...own,
  }
}

export function objectModel(own: Own<ObjectModel> = {}): ObjectModel {
  return {
    kind: 'object',
    ...NO_ANNOTATIONS,
    requiresObject: true,
    properties: new Map(),
    additionalProperties: true,
    schemaOfAdditionalProperties: null,
    propertyNames: null,
    required: [],
    minProperties: null,
    maxProperties: null,
    propertyDependencies: new Map(),
    schemaDependencies: new Map(),
    patternProperties: new Map(),
    unevaluatedProperties: null,
    ...own,
  }
}

export function plainModel(kind: PlainModel['kind'], own: Own<PlainModel> = {}): PlainModel {
  return { kind, ...NO_ANNOTATIONS, ...own }
}

export function emptyModel(literal = false): EmptyModel {
  return { kind: 'empty', ...NO_ANNOTATIONS, literal }
}
