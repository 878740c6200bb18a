/**
 * What all of Log4j's formats come down to: a named thing with attributes and things in it. Names are looked up
 * without regard to case, as Log4j does.
 */
export class Element {
  readonly name: string
  readonly #attributes = new Map<string, string>()
  readonly children: Element[] = []

  constructor(name: string) {
    this.name = name
  }

  set(name: string, value: string): void {
    this.#attributes.set(name.toLowerCase(), value)
  }

  get(name: string): string | undefined {
    return this.#attributes.get(name.toLowerCase())
  }

  /** The direct children of this name. */
  all(name: string): Element[] {
    return this.children.filter(child => is(child, name))
  }

  first(name: string): Element | undefined {
    return this.children.find(child => is(child, name))
  }

  /** Every element below this one, at any depth. */
  *below(): Generator<Element> {
    for (const child of this.children) {
      yield child
      yield* child.below()
    }
  }
}

export function is({ name }: Element, wanted: string): boolean {
  return name.toLowerCase() === wanted.toLowerCase()
}

/**
 * YAML and JSON: a scalar is an attribute, an object a child, a list several children; `type` says what a child is.
 */
export function elementOf(name: string, value: object): Element {
  const type = 'type' in value && typeof value.type === 'string' ? value.type : name
  const element = new Element(type)
  for (const [key, inner] of Object.entries(value)) {
    for (const one of Array.isArray(inner) ? inner : [inner]) {
      if (one === null) element.children.push(new Element(key))
      else if (typeof one === 'object') element.children.push(elementOf(key, one))
      else element.set(key, String(one))
    }
  }
  return element
}
