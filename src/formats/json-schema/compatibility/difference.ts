/** Ways in which one schema may differ from another, and the registry's words for them. Java: json.diff.Difference */

const COMPATIBLE = [
  'ID_CHANGED',
  'DESCRIPTION_CHANGED',
  'TITLE_CHANGED',
  'DEFAULT_CHANGED',
  'SCHEMA_REMOVED',
  'TYPE_EXTENDED',
  'MAX_LENGTH_INCREASED',
  'MAX_LENGTH_REMOVED',
  'MIN_LENGTH_DECREASED',
  'MIN_LENGTH_REMOVED',
  'PATTERN_REMOVED',
  'MAXIMUM_INCREASED',
  'MAXIMUM_REMOVED',
  'MINIMUM_DECREASED',
  'MINIMUM_REMOVED',
  'EXCLUSIVE_MAXIMUM_INCREASED',
  'EXCLUSIVE_MAXIMUM_REMOVED',
  'EXCLUSIVE_MINIMUM_DECREASED',
  'EXCLUSIVE_MINIMUM_REMOVED',
  'MULTIPLE_OF_REDUCED',
  'MULTIPLE_OF_REMOVED',
  'REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED',
  'REQUIRED_ATTRIBUTE_REMOVED',
  'DEPENDENCY_ARRAY_NARROWED',
  'DEPENDENCY_ARRAY_REMOVED',
  'DEPENDENCY_SCHEMA_REMOVED',
  'MAX_PROPERTIES_INCREASED',
  'MAX_PROPERTIES_REMOVED',
  'MIN_PROPERTIES_DECREASED',
  'MIN_PROPERTIES_REMOVED',
  'ADDITIONAL_PROPERTIES_ADDED',
  'ADDITIONAL_PROPERTIES_EXTENDED',
  'UNEVALUATED_PROPERTIES_ADDED',
  'UNEVALUATED_PROPERTIES_EXTENDED',
  'PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL',
  'REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL',
  'OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL',
  'PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL',
  'PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL',
  'PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
  'PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
  'MAX_ITEMS_INCREASED',
  'MAX_ITEMS_REMOVED',
  'MIN_ITEMS_DECREASED',
  'MIN_ITEMS_REMOVED',
  'MAX_CONTAINS_INCREASED',
  'MAX_CONTAINS_REMOVED',
  'MIN_CONTAINS_DECREASED',
  'MIN_CONTAINS_REMOVED',
  'UNIQUE_ITEMS_REMOVED',
  'ADDITIONAL_ITEMS_ADDED',
  'ADDITIONAL_ITEMS_EXTENDED',
  'UNEVALUATED_ITEMS_ADDED',
  'UNEVALUATED_ITEMS_EXTENDED',
  'ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL',
  'ITEM_ADDED_TO_CLOSED_CONTENT_MODEL',
  'ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL',
  'ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL',
  'ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
  'ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
  'ENUM_ARRAY_EXTENDED',
  'COMBINED_TYPE_EXTENDED',
  'PRODUCT_TYPE_NARROWED',
  'SUM_TYPE_EXTENDED',
  'NOT_TYPE_NARROWED',
] as const

type Template = (path: string) => string

/** The first `%s` is this schema, the second the one that data was written with. */
const notPresent: Template = path =>
  `The keyword at path '${path}' in the %s schema is not present in the %s schema`
const more: Template = path =>
  `The value at path '${path}' in the %s schema is more than its value in the %s schema`
const less: Template = path =>
  `The value at path '${path}' in the %s schema is less than its value in the %s schema`
const otherValue: Template = path => `The value at path '${path}' is different between the %s and %s schema`
const fewer: Template = path =>
  `An array or combined type at path '${path}' has fewer elements in the %s schema than the %s schema`
const moreElements: Template = path =>
  `An array or combined type at path '${path}' has more elements in the %s schema than the %s schema`
const otherType: Template = path =>
  `A type at path '${path}' is different between the %s schema and the %s schema`
const addedToOpen: Template = path =>
  `The %s schema has an open content model and has a property or item at path '${path}' which is missing in the %s schema`
const addedToUnopen: Template = path =>
  `The %s schema has an unopen content model and has a required property at path '${path}' which is missing in the %s schema`
const removedFromClosed: Template = path =>
  `The %s schema has a closed content model and is missing a property or item present at path '${path}' in the %s schema`
const removedNotCovered: Template = path =>
  `A property or item is missing in the %s schema but present at path '${path}' in the %s schema and is not covered by its partially open content model`
const addedNotCovered: Template = path =>
  `The %s schema has a property or item at path '${path}' which is missing in the %s schema and is not covered by its partially open content model`
const unsaid: Template = () => ''

const INCOMPATIBLE = {
  SCHEMA_ADDED: unsaid,
  TYPE_NARROWED: otherType,
  TYPE_CHANGED: otherType,
  MAX_LENGTH_ADDED: notPresent,
  MAX_LENGTH_DECREASED: less,
  MIN_LENGTH_ADDED: notPresent,
  MIN_LENGTH_INCREASED: more,
  PATTERN_ADDED: notPresent,
  PATTERN_CHANGED: otherValue,
  MAXIMUM_ADDED: notPresent,
  MAXIMUM_DECREASED: less,
  MINIMUM_ADDED: notPresent,
  MINIMUM_INCREASED: more,
  EXCLUSIVE_MAXIMUM_ADDED: notPresent,
  EXCLUSIVE_MAXIMUM_DECREASED: less,
  EXCLUSIVE_MINIMUM_ADDED: notPresent,
  EXCLUSIVE_MINIMUM_INCREASED: more,
  MULTIPLE_OF_ADDED: notPresent,
  MULTIPLE_OF_EXPANDED: more,
  MULTIPLE_OF_CHANGED: otherValue,
  REQUIRED_ATTRIBUTE_ADDED: notPresent,
  MAX_PROPERTIES_ADDED: notPresent,
  MAX_PROPERTIES_DECREASED: less,
  MIN_PROPERTIES_ADDED: notPresent,
  MIN_PROPERTIES_INCREASED: more,
  ADDITIONAL_PROPERTIES_REMOVED: notPresent,
  ADDITIONAL_PROPERTIES_NARROWED: fewer,
  UNEVALUATED_PROPERTIES_REMOVED: notPresent,
  UNEVALUATED_PROPERTIES_NARROWED: fewer,
  DEPENDENCY_ARRAY_ADDED: notPresent,
  DEPENDENCY_ARRAY_EXTENDED: moreElements,
  DEPENDENCY_ARRAY_CHANGED: otherValue,
  DEPENDENCY_SCHEMA_ADDED: notPresent,
  REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL: addedToOpen,
  REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL: addedToOpen,
  OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL: addedToOpen,
  REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL: addedToUnopen,
  PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL: removedFromClosed,
  PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL: removedNotCovered,
  PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL: addedNotCovered,
  MAX_ITEMS_ADDED: notPresent,
  MAX_ITEMS_DECREASED: less,
  MIN_ITEMS_ADDED: notPresent,
  MIN_ITEMS_INCREASED: more,
  MAX_CONTAINS_ADDED: notPresent,
  MAX_CONTAINS_DECREASED: less,
  MIN_CONTAINS_ADDED: notPresent,
  MIN_CONTAINS_INCREASED: more,
  UNIQUE_ITEMS_ADDED: notPresent,
  ADDITIONAL_ITEMS_REMOVED: notPresent,
  ADDITIONAL_ITEMS_NARROWED: fewer,
  UNEVALUATED_ITEMS_REMOVED: notPresent,
  UNEVALUATED_ITEMS_NARROWED: fewer,
  ITEM_ADDED_TO_OPEN_CONTENT_MODEL: addedToOpen,
  ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL: removedFromClosed,
  ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL: removedNotCovered,
  ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL: addedNotCovered,
  ENUM_ARRAY_NARROWED: fewer,
  ENUM_ARRAY_CHANGED: otherType,
  COMBINED_TYPE_CHANGED: otherType,
  PRODUCT_TYPE_EXTENDED: moreElements,
  SUM_TYPE_NARROWED: fewer,
  COMBINED_TYPE_SUBSCHEMAS_CHANGED: otherType,
  NOT_TYPE_EXTENDED: moreElements,
} as const satisfies Record<string, Template>

export type Incompatible = keyof typeof INCOMPATIBLE
export type DifferenceType = (typeof COMPATIBLE)[number] | Incompatible

export interface Difference {
  readonly type: DifferenceType
  /** Where in the schema: `#/properties/a`. */
  readonly path: string
}

export function isIncompatible(type: DifferenceType): type is Incompatible {
  return type in INCOMPATIBLE
}

/** As a registry lists it, `%s` standing for which schema is meant; empty for what does no harm. */
export function differenceText({ type, path }: Difference): string {
  const description = isIncompatible(type) ? INCOMPATIBLE[type](path) : ''
  return `{errorType:"${type}", description:"${description}"}`
}
