import { isObject, type JsonDocument, member } from '../../data/json/node.ts'

/** What the drafts differ in. Java: SpecificationVersion */
export interface Dialect {
  readonly idKeyword: 'id' | '$id'
  /** `contains`, `propertyNames`, `const`; exclusive bounds are numbers. */
  readonly atLeast6: boolean
  /** `if`, `then`, `else`. */
  readonly atLeast7: boolean
  /** 2019-09 and 2020-12: keywords beside `$ref` count, `format` does not. */
  readonly modern: boolean
  /** Formats that are checked, and so make a schema differ. */
  readonly formats: readonly string[]
}

const FORMATS_4 = ['date-time', 'uri', 'email', 'ipv4', 'ipv6', 'hostname']
const FORMATS_6 = [...FORMATS_4, 'json-pointer', 'uri-reference', 'uri-template']
const FORMATS_7 = [...FORMATS_6, 'date', 'time', 'regex', 'relative-json-pointer']

const DRAFT_4: Dialect = {
  idKeyword: 'id',
  atLeast6: false,
  atLeast7: false,
  modern: false,
  formats: FORMATS_4,
}
const DRAFT_6: Dialect = { ...DRAFT_4, idKeyword: '$id', atLeast6: true, formats: FORMATS_6 }
export const DRAFT_7: Dialect = { ...DRAFT_6, atLeast7: true, formats: FORMATS_7 }
const MODERN: Dialect = { ...DRAFT_7, modern: true, formats: [] }

const BY_URL: readonly (readonly [RegExp, Dialect])[] = [
  [/^https?:\/\/json-schema\.org\/(draft-04\/)?schema/, DRAFT_4],
  [/^https?:\/\/json-schema\.org\/draft-06\/schema/, DRAFT_6],
  [/^https?:\/\/json-schema\.org\/draft-07\/schema/, DRAFT_7],
  [/^https?:\/\/json-schema\.org\/draft\/(2019-09|2020-12)\/schema/, MODERN],
]

/** What `$schema` names, `otherwise` where it names nothing known. Without modern dialects those are draft 7. */
export function dialectOf(document: JsonDocument, otherwise: Dialect, ignoreModern: boolean): Dialect {
  const url = isObject(document) ? member(document, '$schema') : undefined
  if (typeof url !== 'string') return otherwise
  const dialect = BY_URL.find(([pattern]) => pattern.test(url))?.[1] ?? otherwise
  return dialect.modern && ignoreModern ? DRAFT_7 : dialect
}
