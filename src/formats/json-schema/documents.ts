/** Where a `$ref` leads: into the text itself, into a schema that it was registered with, or nowhere. */
import { isObject, type JsonNode, type JsonObject, member, memberNames } from '../../data/json/node.ts'
import { InvalidSchema, type ResolvedReference } from '../schema-format.ts'
import { type Dialect, dialectOf } from './dialect.ts'
import { parsedText } from './schema-text.ts'

export interface SchemaDocument {
  readonly root: JsonNode
  readonly dialect: Dialect
}

/** What relative references in a schema are relative to. */
export interface Scope {
  readonly document: SchemaDocument
  /** Absolute or relative URI without fragment; null for the text itself while it has no id. */
  readonly base: string | null
}

export interface Target {
  readonly node: JsonNode
  readonly scope: Scope
  /** As errors name the place. */
  readonly pointer: string
}

export class Documents {
  /** Documents by URI. */
  private readonly known = new Map<string, Scope>()
  readonly main: Scope

  /** @throws InvalidSchema for a referred text that is no JSON */
  constructor(
    root: JsonNode,
    references: readonly ResolvedReference[],
    dialect: Dialect,
    ignoreModern: boolean,
  ) {
    const document = { root, dialect }
    const id = idOf(root, dialect)
    this.main = { document, base: id === null ? null : withoutFragment(id) }
    this.collectIds(root, { document, base: null })
    for (const { name, text } of flattened(references)) {
      const node = parsedText(text, `the referenced schema ${name}`)
      const own = { root: node, dialect: dialectOf(node, dialect, ignoreModern) }
      const uri = withoutFragment(resolve(this.main.base, name))
      for (const alias of [uri, withoutFragment(name)]) {
        if (!this.known.has(alias)) this.known.set(alias, { document: own, base: alias })
      }
      this.collectIds(node, { document: own, base: uri })
    }
  }

  /** @throws InvalidSchema when it leads nowhere */
  target(ref: string, scope: Scope, from: string): Target {
    const absolute = this.absolute(ref, scope)
    const fragment = fragmentOf(absolute)
    const uri = withoutFragment(absolute)
    const places = ref.startsWith('#') ? [rootOf(scope), ...this.documentsAt(uri)] : this.documentsAt(uri)
    for (const place of places) {
      const found = locate(place, fragment)
      if (found !== null) return found
    }
    throw new InvalidSchema(`Invalid JSON Schema: ${from}: $ref '${ref}' leads nowhere`, {
      hint:
        places.length > 0
          ? 'Nothing stands at that place in the schema.'
          : 'Register the schema that it names, and give it among the references under that name.',
    })
  }

  /** The same for the same target, whichever way it is written. */
  absolute(ref: string, scope: Scope): string {
    return resolve(scope.base, ref)
  }

  private documentsAt(uri: string): Scope[] {
    if (uri === '' || uri === this.main.base) return [rootOf(this.main)]
    const known = this.known.get(uri) ?? this.known.get(uri.replace(/^(\.\/)+/, ''))
    return known === undefined ? [] : [known]
  }

  private collectIds(node: JsonNode, scope: Scope): void {
    if (Array.isArray(node)) {
      for (const element of node) this.collectIds(element, scope)
    } else if (isObject(node)) {
      const inner = scopeWithin(node, scope)
      if (inner !== scope && inner.base !== null && node !== scope.document.root) {
        const document = { root: node, dialect: scope.document.dialect }
        if (!this.known.has(inner.base)) this.known.set(inner.base, { document, base: inner.base })
      } else if (inner !== scope && inner.base !== null && !this.known.has(inner.base)) {
        this.known.set(inner.base, inner)
      }
      for (const name of memberNames(node)) this.collectIds(member(node, name)!, inner)
    }
  }
}

/** The scope of what stands in that object, which an id of its own changes. */
export function scopeWithin(node: JsonObject, scope: Scope): Scope {
  const id = idOf(node, scope.document.dialect)
  if (id === null || id.startsWith('#')) return scope
  return { document: scope.document, base: withoutFragment(resolve(scope.base, id)) }
}

function rootOf(scope: Scope): Scope {
  const { document, base } = scope
  return { document, base }
}

function idOf(node: JsonNode, dialect: Dialect): string | null {
  const id = isObject(node) ? member(node, dialect.idKeyword) : undefined
  return typeof id === 'string' ? id : null
}

/** Those that a reference has itself come before it; a name counts once. */
function flattened(references: readonly ResolvedReference[]): ResolvedReference[] {
  const seen = new Set<string>()
  const all: ResolvedReference[] = []
  const add = (reference: ResolvedReference): void => {
    if (seen.has(reference.name)) return
    seen.add(reference.name)
    for (const inner of reference.references) add(inner)
    all.push(reference)
  }
  for (const reference of references) add(reference)
  return all
}

function locate(scope: Scope, fragment: string): Target | null {
  const { root } = scope.document
  if (fragment === '') return { node: root, scope, pointer: '#' }
  if (!fragment.startsWith('/')) return anchored(root, fragment, scope)
  let node: JsonNode = root
  let within = scope
  for (const token of fragment.slice(1).split('/')) {
    const name = unescaped(token)
    let child: JsonNode | undefined
    if (Array.isArray(node)) child = /^\d+$/.test(name) ? node[Number(name)] : undefined
    else if (isObject(node)) {
      if (node !== root) within = scopeWithin(node, within)
      child = member(node, name)
    }
    if (child === undefined) return null
    node = child
  }
  return { node, scope: within, pointer: `#${fragment}` }
}

function anchored(node: JsonNode, anchor: string, scope: Scope): Target | null {
  if (Array.isArray(node)) {
    for (const element of node) {
      const found = anchored(element, anchor, scope)
      if (found !== null) return found
    }
  } else if (isObject(node)) {
    const names = [member(node, '$anchor'), member(node, '$dynamicAnchor')]
    // The JVM's converter says `id` in schemas that are read as draft 7.
    const ids = [member(node, '$id'), member(node, 'id')]
    if (names.includes(anchor) || ids.includes(`#${anchor}`)) return { node, scope, pointer: `#${anchor}` }
    for (const name of memberNames(node)) {
      const found = anchored(member(node, name)!, anchor, scope)
      if (found !== null) return found
    }
  }
  return null
}

function unescaped(token: string): string {
  let text = token
  try {
    text = decodeURIComponent(token)
  } catch {
    // A bare percent sign stands for itself.
  }
  return text.replaceAll('~1', '/').replaceAll('~0', '~')
}

function withoutFragment(uri: string): string {
  const hash = uri.indexOf('#')
  return hash < 0 ? uri : uri.slice(0, hash)
}

function fragmentOf(uri: string): string {
  const hash = uri.indexOf('#')
  return hash < 0 ? '' : uri.slice(hash + 1)
}

/** What a relative base is made absolute with for a moment. */
const STAND_IN = 'mem://schema/'

function resolve(base: string | null, ref: string): string {
  if (base === null || base === '') return ref
  if (ref.startsWith('#')) return base + ref
  try {
    const resolved = new URL(ref, new URL(base, STAND_IN)).href
    return resolved.startsWith(STAND_IN) ? resolved.slice(STAND_IN.length) : resolved
  } catch {
    return ref // an opaque base, such as a urn, has nothing to be relative to
  }
}
