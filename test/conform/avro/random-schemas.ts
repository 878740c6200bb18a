import type { Random } from './random.ts'

type Json = unknown

const PRIMITIVES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']
const SPACES = ['', 'a', 'a.b', 'org.example', 'x.y.z']
const LOGICAL: readonly Json[] = [
  { type: 'int', logicalType: 'date' },
  { type: 'int', logicalType: 'time-millis' },
  { type: 'long', logicalType: 'timestamp-millis' },
  { type: 'long', logicalType: 'timestamp-micros', x: 1.5 },
  { type: 'bytes', logicalType: 'decimal', precision: 12, scale: 3 },
  { type: 'string', logicalType: 'uuid', 'connect.name': 'u' },
  { type: 'string', 'avro.java.string': 'String' },
]

/** Random valid schemas: names in all namespaces, references, recursion, docs, aliases, properties, defaults. */
export class RandomSchemas {
  #count = 0
  #names: string[] = []

  /** @param convertible leaves out what Connect has no schema for */
  constructor(
    private readonly random: Random,
    private readonly options: { convertible?: boolean } = {},
  ) {}

  schema(): Json {
    this.#names = []
    return this.#record('', 3)
  }

  #type(space: string, depth: number): Json {
    const { random } = this
    if (depth === 0 || random.chance(0.45)) {
      return random.chance(0.25) ? random.pick(LOGICAL) : this.#primitive()
    }
    switch (random.below(8)) {
      case 0:
        return this.#shuffled({ type: 'array', items: this.#type(space, depth - 1), ...this.#props() })
      case 1:
        return this.#shuffled({ type: 'map', values: this.#type(space, depth - 1), ...this.#props() })
      case 2:
      case 3:
        return this.#union(space, depth - 1)
      case 4:
        return this.#enum(space)
      case 5:
        return this.#fixed(space)
      case 6:
        return this.#names.length > 0 ? random.pick(this.#names) : 'string'
      default:
        return this.#record(space, depth - 1)
    }
  }

  #primitive(): string {
    return this.random.pick(this.options.convertible ? PRIMITIVES.slice(1) : PRIMITIVES)
  }

  #union(space: string, depth: number): Json {
    const branches = new Map<string, Json>()
    const isKnown = this.#names.length
    for (let i = this.random.below(4) + 1; i > 0; i--) {
      const before = this.#names.length
      const type = this.#type(space, depth)
      const { type: word, name = '' } = (typeof type === 'string' ? { type } : type) as Record<string, string>
      if (!Array.isArray(type) && !branches.has(`${word} ${name}`)) branches.set(`${word} ${name}`, type)
      // What was left out defines no names.
      else this.#names.length = before
    }
    if (!this.options.convertible) return [...branches.values()]
    branches.set('null ', 'null')
    const isRecursive = [...branches.values()].some(
      type => typeof type === 'string' && this.#names.includes(type),
    )
    if (branches.size > 1 && !isRecursive) return [...branches.values()]
    this.#names.length = isKnown
    return ['null', 'long']
  }

  #named(type: string, space: string): { json: Record<string, Json>; space: string; full: string } {
    const { random } = this
    const name = `${random.pick(['R', 'E', 'F', 'thing', 'Ünï'])}${++this.#count}`
    const json: Record<string, Json> = { type, name }
    let own = space
    if (random.chance(0.3)) {
      own = random.pick(SPACES)
      if (random.chance(0.5) && own !== '') json.name = `${own}.${name}`
      else json.namespace = own
    }
    if (random.chance(0.2)) json.doc = random.pick(['', 'What it is', 'quote " and \\ and \n and é and 🙂'])
    if (random.chance(0.2)) json.aliases = random.pick([['Old'], ['q.Old', 'Old2'], [`${own || 'z'}.Older`]])
    Object.assign(json, this.#props())
    return { json, space: own, full: own === '' ? name : `${own}.${name}` }
  }

  #enum(space: string): Json {
    const { json, full } = this.#named('enum', space)
    const symbols = ['A', 'B', 'C_1', 'd'].slice(0, this.random.below(4) + 1)
    json.symbols = symbols
    if (this.random.chance(0.3)) json.default = symbols[0]
    this.#names.push(full)
    return this.#shuffled(json)
  }

  #fixed(space: string): Json {
    const { json, full } = this.#named('fixed', space)
    json.size = this.random.pick([1, 4, 16])
    this.#names.push(full)
    return this.#shuffled(json)
  }

  #record(space: string, depth: number): Json {
    const { json, space: own, full } = this.#named('record', space)
    const isKnown = this.#names.length
    const fields: Json[] = []
    for (let i = 0, n = this.random.below(5) + (depth === 3 ? 2 : 0); i < n; i++)
      fields.push(this.#field(own, depth, i))
    if (this.random.chance(0.2)) fields.push({ name: 'self', type: ['null', full], default: null })
    json.fields = fields
    this.#names.splice(isKnown, 0, full)
    return this.#shuffled(json)
  }

  #field(space: string, depth: number, i: number): Json {
    const { random } = this
    const type = this.#type(space, depth)
    const json: Record<string, Json> = { name: random.pick(['f', 'é', '_x', 'Value']) + i, type }
    const byType: Record<string, Json> = {
      int: random.pick([0, -5, 2147483647]),
      long: random.pick([1, -9007199254740991]),
      float: random.pick([1, 1.5, -1e-7, 1e10]),
      double: random.pick([1, 0.1, 123456789012, 1e300]),
      boolean: true,
      string: random.pick(['', 'dé"f']),
      bytes: 'ÿ\u0000',
      null: null,
    }
    if (typeof type === 'string' && type in byType && random.chance(0.5)) json.default = byType[type]
    if (Array.isArray(type) && type[0] === 'null' && random.chance(0.7)) json.default = null
    if (random.chance(0.15)) json.doc = 'field'
    if (random.chance(0.1)) json.order = random.pick(['descending', 'ignore', 'ascending'])
    if (random.chance(0.1)) json.aliases = ['old', 'older']
    Object.assign(json, this.#props())
    return this.#shuffled(json)
  }

  #props(): Record<string, Json> {
    if (!this.random.chance(0.2)) return {}
    return this.random.pick([
      { 'connect.version': 2, 'connect.name': 'x' },
      { z: [1, 2.0, null, { b: 1, a: 'x' }], a: true },
      { big: 12345678901234, e: 1.5e-9, '10': 'ten', '2': 'two' },
    ])
  }

  #shuffled(json: Record<string, Json>): Json {
    const entries = Object.entries(json)
    for (let i = entries.length - 1; i > 0; i--) {
      const j = this.random.below(i + 1)
      ;[entries[i], entries[j]] = [entries[j]!, entries[i]!]
    }
    return Object.fromEntries(entries)
  }
}
