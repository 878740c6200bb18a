import { key } from '../config/keys.ts'
import { noDuplicates } from '../config/validators.ts'
import { grownTableSize, hashMapOrder, tableSizeFor, tableSizeOf } from '../data/java-hash.ts'
import type { Field } from '../data/schema.ts'
import { SchemaBuilder } from '../data/schema-builder.ts'
import { Struct } from '../data/struct.ts'
import { pairs, pairsOf } from './colon-pairs.ts'
import { replaceNullWithDefault, twoForms } from './config.ts'
import {
  type HashMapCopy,
  hashOrdered,
  isIndexLike,
  noString,
  putMember,
  sameKeys,
  setTableSize,
} from './map-copy.ts'
import { keyAndValue, requireMap, requireStruct, type SchemalessMap } from './operand.ts'
import { copySchemaBasics } from './schema-basics.ts'
import { SchemaCache } from './schema-cache.ts'
import { StructCopy, sourceField } from './struct-copy.ts'

const PURPOSE = 'field replacement'

/** Drops, keeps and renames fields. Java: org.apache.kafka.connect.transforms.ReplaceField */
export const replaceField = keyAndValue({
  name: 'ReplaceField',
  doc: twoForms('Filter or rename fields.', 'ReplaceField'),
  config: {
    exclude: key.list({
      default: [],
      importance: 'medium',
      validator: noDuplicates({ empty: true, null: false }),
      doc: 'Fields to exclude. This takes precedence over the fields to include.',
    }),
    include: key.list({
      default: [],
      importance: 'medium',
      validator: noDuplicates({ empty: true, null: false }),
      doc: 'Fields to include. If specified, only these fields will be used.',
    }),
    renames: key.list({
      default: [],
      importance: 'medium',
      validator: pairs('rename'),
      doc: 'Field rename mappings.',
    }),
    ...replaceNullWithDefault,
  },
  create(config, operand) {
    const names = new Names(config.exclude, config.include, pairsOf(config.renames))
    const remake = new MapRemaker(names)
    const plans = new SchemaCache(schema => {
      const builder = copySchemaBasics(schema, SchemaBuilder.struct())
      for (const field of schema.fields) {
        if (names.keeps(field.name)) builder.field(names.renamed(field.name), field.schema)
      }
      const target = builder.build()
      const sources = target.fields.map((field): Field => sourceField(schema, names.original(field.name)))
      return { target, copy: new StructCopy(target, sources, config['replace.null.with.default']) }
    })
    return {
      apply(record) {
        const value = operand.value(record)
        if (value === null || value === undefined) return record
        const schema = operand.schema(record)
        if (schema === null) return operand.replace(record, null, remake.remade(requireMap(value, PURPOSE)))
        const struct = requireStruct(value, PURPOSE, schema)
        const { target, copy } = plans.get(struct.schema)
        return operand.replace(record, target, new Struct(target, copy.values(struct)))
      },
    }
  },
})

class Names {
  private readonly exclude: ReadonlySet<string>
  private readonly include: ReadonlySet<string>
  private readonly renames: ReadonlyMap<string, string>
  private readonly originals: ReadonlyMap<string, string>

  constructor(
    exclude: readonly string[],
    include: readonly string[],
    renames: readonly (readonly [string, string])[],
  ) {
    this.exclude = new Set(exclude)
    this.include = new Set(include)
    this.renames = new Map(renames)
    // Java inverts a HashMap: of two names that become one, the later in its order counts.
    const order = hashMapOrder([...this.renames.keys()])
    this.originals = new Map(order.map(from => [this.renames.get(from)!, from]))
  }

  /** Exclusion wins; both lists mean the names before renaming. */
  keeps(name: string): boolean {
    return !this.exclude.has(name) && (this.include.size === 0 || this.include.has(name))
  }

  renamed(name: string): string {
    return this.renames.get(name) ?? name
  }

  /** The name that is renamed to this one, be it of a field that is not kept, as in the JVM. */
  original(name: string): string {
    return this.originals.get(name) ?? name
  }
}

/** Most maps of a stream have the same keys: what becomes of them is found once. */
class MapRemaker {
  private keys: readonly string[] = []
  private tableSize = 0
  private sources: readonly string[] = []
  private targets: readonly string[] = []
  private madeSize: number | null = null

  constructor(private readonly names: Names) {}

  /** Java: a HashMap of the source's size, filled in the source's order */
  remade(map: SchemalessMap): HashMapCopy {
    if (map instanceof Map) return this.fromMap(map)
    const source = map as Readonly<Record<string, unknown>>
    const keys = Object.keys(source)
    const tableSize = tableSizeOf(source)
    if (tableSize !== this.tableSize || !sameKeys(keys, this.keys)) this.plan(keys, tableSize)
    const { sources, targets, madeSize } = this
    const made: Record<string, unknown> = {}
    for (let i = 0; i < sources.length; i++) putMember(made, targets[i]!, source[sources[i]!])
    if (madeSize !== null) setTableSize(made, madeSize)
    return made
  }

  private plan(keys: readonly string[], tableSize: number): void {
    this.sources = hashMapOrder(keys, tableSize).filter(key => this.names.keeps(key))
    this.targets = this.sources.map(key => this.names.renamed(key))
    const entries = new Set(this.targets).size
    const size = tableSizeFor(keys.length)
    this.madeSize = grownTableSize(entries, size) === grownTableSize(entries) ? null : size
    this.keys = keys
    this.tableSize = tableSize
  }

  private fromMap(map: ReadonlyMap<unknown, unknown>): HashMapCopy {
    const size = tableSizeFor(map.size)
    const entries = new Map<string, unknown>()
    for (const [key, value] of map) {
      if (typeof key !== 'string') throw noString(key)
      if (this.names.keeps(key)) entries.set(this.names.renamed(key), value)
    }
    if ([...entries.keys()].some(isIndexLike)) return hashOrdered(entries, size)
    const made: Record<string, unknown> = {}
    for (const [name, value] of entries) putMember(made, name, value)
    setTableSize(made, size)
    return made
  }
}
