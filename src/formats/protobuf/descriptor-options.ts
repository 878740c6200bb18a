/** The options that descriptors have numbers for. Java: com.google.protobuf.DescriptorProtos */

/** Confluent's Meta on files, messages, fields and so on has the same number everywhere. */
export const META_NUMBER = 1088

export interface OptionNumber {
  readonly number: number
  /** The constants from 0 on, where it is an enum; null for a text or true and false. */
  readonly values: readonly string[] | null
}

/** By name, in the order that Java prints them in. */
export type OptionNames = ReadonlyMap<string, OptionNumber>

function names(table: Readonly<Record<string, number | readonly [number, ...string[]]>>): OptionNames {
  const found = new Map<string, OptionNumber>()
  for (const [name, entry] of Object.entries(table)) {
    if (typeof entry === 'number') found.set(name, { number: entry, values: null })
    else found.set(name, { number: entry[0], values: entry.slice(1) as string[] })
  }
  return found
}

export const FILE_OPTIONS = names({
  java_package: 1,
  java_outer_classname: 8,
  java_multiple_files: 10,
  java_generate_equals_and_hash: 20,
  java_string_check_utf8: 27,
  optimize_for: [9, '', 'SPEED', 'CODE_SIZE', 'LITE_RUNTIME'],
  go_package: 11,
  cc_generic_services: 16,
  java_generic_services: 17,
  py_generic_services: 18,
  php_generic_services: 42,
  deprecated: 23,
  cc_enable_arenas: 31,
  objc_class_prefix: 36,
  csharp_namespace: 37,
  swift_prefix: 39,
  php_class_prefix: 40,
  php_namespace: 41,
  php_metadata_namespace: 44,
  ruby_package: 45,
})

export const MESSAGE_OPTIONS = names({ no_standard_descriptor_accessor: 2, deprecated: 3, map_entry: 7 })

export const FIELD_OPTIONS = names({
  ctype: [1, 'STRING', 'CORD', 'STRING_PIECE'],
  packed: 2,
  jstype: [6, 'JS_NORMAL', 'JS_STRING', 'JS_NUMBER'],
  deprecated: 3,
})

export const ENUM_OPTIONS = names({ allow_alias: 2, deprecated: 3 })
export const VALUE_OPTIONS = names({ deprecated: 1 })
export const SERVICE_OPTIONS = names({ deprecated: 33 })
export const METHOD_OPTIONS = names({
  deprecated: 33,
  idempotency_level: [34, 'IDEMPOTENCY_UNKNOWN', 'NO_SIDE_EFFECTS', 'IDEMPOTENT'],
})
