import type { Dialect } from './dialect.ts'
import type { Scope } from './documents.ts'
import type { Keywords } from './keywords.ts'
import type { Loader } from './loader.ts'
import { type ArrayModel, arrayModel, type Model } from './model.ts'

const BASIC = ['items', 'additionalItems', 'minItems', 'maxItems', 'uniqueItems']
const MODERN = ['prefixItems', 'minContains', 'maxContains', 'unevaluatedItems']

export function arrayKeywords(dialect: Dialect): readonly string[] {
  if (!dialect.atLeast6) return BASIC
  return dialect.modern ? [...BASIC, 'contains', ...MODERN] : [...BASIC, 'contains']
}

/** Java: ArraySchemaLoader */
export function loadArray(
  loader: Loader,
  keywords: Keywords,
  scope: Scope,
  requiresArray: boolean,
): ArrayModel {
  const { dialect } = scope.document
  keywords.take(arrayKeywords(dialect))
  return arrayModel({
    requiresArray,
    minItems: keywords.integer('minItems'),
    maxItems: keywords.integer('maxItems'),
    uniqueItems: keywords.bool('uniqueItems') ?? false,
    ...items(loader, keywords, scope),
    ...(dialect.atLeast6 && { contains: loader.child(keywords, 'contains', scope) }),
    ...(dialect.modern && {
      minContains: keywords.integer('minContains'),
      maxContains: keywords.integer('maxContains'),
      unevaluatedItems: loader.child(keywords, 'unevaluatedItems', scope),
    }),
  })
}

type Items = Partial<Pick<ArrayModel, 'items' | 'itemList' | 'additionalItems' | 'schemaOfAdditionalItems'>>

function items(loader: Loader, keywords: Keywords, scope: Scope): Items {
  const isList = Array.isArray(keywords.get('items'))
  if (scope.document.dialect.modern && !isList) return modernItems(loader, keywords, scope)
  return {
    items: isList ? null : loader.child(keywords, 'items', scope),
    itemList: isList ? loader.list(keywords, 'items', scope) : null,
    ...additional(loader.child(keywords, 'additionalItems', scope)),
  }
}

/** From 2020-12 on `items` is for those behind `prefixItems`. */
function modernItems(loader: Loader, keywords: Keywords, scope: Scope): Items {
  const prefix =
    keywords.get('prefixItems') === undefined ? null : loader.list(keywords, 'prefixItems', scope)
  const rest = loader.child(keywords, 'items', scope)
  if (prefix !== null) return { itemList: prefix, ...additional(rest) }
  if (rest?.kind === 'false') return { additionalItems: false }
  return {
    items: isTrue(rest) ? null : rest,
    ...additional(loader.child(keywords, 'additionalItems', scope)),
  }
}

function additional(model: Model | null): Items {
  if (model?.kind === 'false') return { additionalItems: false }
  return { schemaOfAdditionalItems: isTrue(model) ? null : model }
}

function isTrue(model: Model | null): boolean {
  return model?.kind === 'empty' && model.literal
}
