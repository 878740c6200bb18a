/** One thing that changed. Java: io.confluent.kafka.schemaregistry.protobuf.diff.Difference */

export interface Difference {
  readonly type: DifferenceType
  /** `#/Message/1`: names of messages and oneofs, numbers of fields. */
  readonly path: string
}

/** Those that break nobody. */
const COMPATIBLE = [
  'PACKAGE_CHANGED',
  'MESSAGE_ADDED',
  'MESSAGE_MOVED',
  'ENUM_ADDED',
  'ENUM_REMOVED',
  'ENUM_CONST_ADDED',
  'ENUM_CONST_CHANGED',
  'ENUM_CONST_REMOVED',
  'FIELD_ADDED',
  'FIELD_REMOVED',
  'FIELD_NAME_CHANGED',
  'FIELD_STRING_OR_BYTES_LABEL_CHANGED',
  'ONEOF_ADDED',
  'ONEOF_REMOVED',
  'ONEOF_FIELD_ADDED',
] as const

/** In the words of Java's Difference; `%s` is left in as it is there: the registry puts the schemas' names in. */
const INCOMPATIBLE = {
  MESSAGE_REMOVED: path => `The %s schema is missing a MESSAGE type at path '${path}' in the %s schema`,
  FIELD_KIND_CHANGED: path =>
    `The type of a field at path '${path}' in the %s schema does not match the %s schema`,
  FIELD_SCALAR_KIND_CHANGED: path =>
    `The kind of a SCALAR field at path '${path}' in the %s schema does not match its kind in the %s schema`,
  FIELD_NAMED_TYPE_CHANGED: path =>
    `The type of a MESSAGE field at path '${path}' in the %s schema does not match its type in the %s schema`,
  FIELD_NUMERIC_LABEL_CHANGED: path =>
    `The label for a NUMERIC field at path '${path}' in the %s schema does not match its label in the %s schema`,
  REQUIRED_FIELD_ADDED: path =>
    `A required field  at path '${path}' in the %s schema is missing in the %s schema`,
  REQUIRED_FIELD_REMOVED: path =>
    `The %s schema is missing a required field at path: '${path}' in the %s schema`,
  ONEOF_FIELD_REMOVED: path => `The %s schema is missing a oneof field at path '${path}' in the %s schema`,
  MULTIPLE_FIELDS_MOVED_TO_ONEOF: path =>
    `Multiple fields in the oneof at path '${path}' in the %s schema are outside a oneof in the %s schema`,
  FIELD_MOVED_TO_EXISTING_ONEOF: path =>
    `A field in the oneof at path '${path}' in the %s schema is outside an existing oneof in the %s schema`,
} as const satisfies Record<string, (path: string) => string>

export type DifferenceType = (typeof COMPATIBLE)[number] | keyof typeof INCOMPATIBLE

export function breaksReaders({ type }: Difference): boolean {
  return type in INCOMPATIBLE
}

/** Java: Difference.toString, of those that break readers */
export function incompatibilityTexts(found: readonly Difference[]): string[] {
  return found.flatMap(({ type, path }) =>
    type in INCOMPATIBLE
      ? [`{errorType:"${type}", description:"${INCOMPATIBLE[type as keyof typeof INCOMPATIBLE](path)}"}`]
      : [],
  )
}
