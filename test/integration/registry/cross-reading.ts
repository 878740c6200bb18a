/** Messages that we and Python's `confluent-kafka` write for each other, with our registry between. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BigDecimal } from '../../../src/data/big-decimal.ts'
import { INT64_SCHEMA, type Schema } from '../../../src/data/schema.ts'
import { Struct } from '../../../src/data/struct.ts'
import type { Converter, ConverterPlugin } from '../../../src/sdk/plugin.ts'
import { run } from '../../servers/run.ts'
import { read, write } from '../../unit/registry-client/conversions.ts'
import { ServedRegistry } from '../../unit/registry-client/served-registry.ts'
import { pythonClient } from './clients.ts'
import { NOTED } from './cross-reading-values.ts'

export const INSTALL_MS = 600_000
export const BY_RECORD = {
  'value.subject.name.strategy': 'io.confluent.kafka.serializers.subject.RecordNameStrategy',
}
export const LATEST = { 'auto.register.schemas': 'false', 'use.latest.version': 'true' }

interface Message {
  topic: string
  /** How Python reads it. */
  key: boolean
  byRecord: boolean
  latest: boolean
  bytes: string[]
}

/** One registry for one language. */
export class CrossReading {
  readonly #messages: Message[] = []
  #read: unknown[][] = []
  #written: Record<string, string[]> = {}

  private constructor(
    private readonly plugin: ConverterPlugin,
    private readonly registry: ServedRegistry,
  ) {}

  static async of(plugin: ConverterPlugin): Promise<CrossReading> {
    return new CrossReading(plugin, await ServedRegistry.start())
  }

  close(): Promise<void> {
    return this.registry.close()
  }

  converter(config: Record<string, string> = {}, isKey = false): Converter {
    return this.registry.converter(this.plugin, config, isKey)
  }

  async register(subject: string, schema: object): Promise<void> {
    const answer = await this.registry.ask(`/subjects/${subject}/versions`, schema)
    if (!('id' in (answer as object))) throw new Error(`${subject}: ${JSON.stringify(answer)}`)
  }

  /** The texts of all versions. */
  async versions(subject: string): Promise<string[]> {
    const ask = (path: string) => this.registry.ask(`/subjects/${subject}/versions${path}`)
    const numbers = (await ask('')) as number[]
    return await Promise.all(
      numbers.map(async number => ((await ask(`/${number}`)) as { schema: string }).schema),
    )
  }

  /** Writes with our converter, for Python to read. Returns the index among all that it reads. */
  async write(
    topic: string,
    schema: Schema,
    values: readonly unknown[],
    how: { config?: Record<string, string>; key?: boolean; byRecord?: boolean; latest?: boolean } = {},
  ): Promise<number> {
    const { key = false, byRecord = false, latest = false } = how
    const keys = { ...(byRecord && BY_RECORD), ...how.config }
    const converter = this.converter(keys, key)
    const bytes: string[] = []
    for (const value of values) bytes.push((await write(converter, topic, schema, value))!.toString('hex'))
    return this.#messages.push({ topic, key, byRecord, latest, bytes }) - 1
  }

  /**
   * Writes what is the same in every language: keys that have nothing around them, a record under its own name, and
   * one by the `latest` version of its schema, which has a field `more`.
   */
  async writeNamed(
    latest: object,
    config: Record<string, string> = LATEST,
  ): Promise<Record<'key' | 'byRecord' | 'latest', number>> {
    const noted = (id: number, note: string | null) => new Struct(NOTED).put('id', id).put('note', note)
    await this.register('ours-latest-value', latest)
    return {
      key: await this.write('ours-key', INT64_SCHEMA, [-(2n ** 63n), 0, 2n ** 63n - 1n], { key: true }),
      byRecord: await this.write('ours-by-record', NOTED, [noted(1, null)], { byRecord: true }),
      latest: await this.write('ours-latest', NOTED, [noted(-7, 'ß')], { config }),
    }
  }

  /** Has Python read all that was written, and write. */
  async askPython(script: string): Promise<void> {
    const file = join(this.registry.folder, 'messages.json')
    writeFileSync(file, JSON.stringify(this.#messages))
    const python = await pythonClient()
    const answer = JSON.parse(
      await run([python, '-B', join(import.meta.dir, 'python', script), this.registry.url, file]),
    ) as { read: Told[][]; written: Record<string, string[]> }
    this.#read = answer.read.map((values: Told[]) => values.map(heard))
    this.#written = answer.written
  }

  /** What Python has read of what `write` with that index has written. */
  pythonRead(index: number): unknown[] {
    return this.#read[index]!
  }

  /** What we read of what Python has written: the schema once, and all values. */
  async weRead(topic: string, config: Record<string, string> = {}, isKey = false) {
    const converter = this.converter(config, isKey)
    const schemas = new Set<string>()
    const values: unknown[] = []
    for (const hex of this.#written[topic] ?? []) {
      const { schema, value } = await read(converter, topic, Buffer.from(hex, 'hex'))
      schemas.add(schema === null ? 'null' : described(schema))
      values.push(plain(value))
    }
    if (schemas.size !== 1) throw new Error(`${topic}: ${schemas.size} schemas: ${[...schemas].join('\n')}`)
    return { schema: [...schemas][0]!, values }
  }
}

type Told = null | boolean | string | Told[] | { readonly [kind: string]: unknown }

/** The other end of `told` in exchange.py: an int is a bigint, a float a number; times stay as they are told. */
function heard(told: Told): unknown {
  if (told === null || typeof told !== 'object') return told
  if (Array.isArray(told)) return told.map(heard)
  const [[kind, value]] = Object.entries(told) as unknown as [[string, unknown]]
  switch (kind) {
    case 'int':
      return BigInt(value as string)
    case 'float':
      return Number((value as string).replace('inf', 'Infinity'))
    case 'bytes':
      return Buffer.from(value as string, 'hex')
    case 'decimal':
      return BigDecimal.parse(value as string)
    case 'dict': {
      const entries = (value as [Told, Told][]).map(([key, element]) => [heard(key), heard(element)] as const)
      return entries.every(([key]) => typeof key === 'string')
        ? Object.fromEntries(entries)
        : new Map(entries)
    }
    default:
      return told
  }
}

/** `STRUCT a.Name {id INT64, note STRING?=none}`: all but docs, versions and parameters. */
function described(schema: Schema, around: readonly Schema[] = []): string {
  const { name, type, optional, defaultValue } = schema
  const short = name?.replace(/^org\.apache\.kafka\.connect\.data\./, '') ?? null
  const head = `${type}${short === null ? '' : ` ${short}`}${optional ? '?' : ''}`
  const tail = defaultValue === null ? '' : `=${Bun.inspect(plain(defaultValue), { compact: true })}`
  const within = [...around, schema]
  const part = (inner: Schema | null) => (inner === null ? 'null' : described(inner, within))
  switch (type) {
    case 'ARRAY':
      return `${head}<${part(schema.valueSchema)}>${tail}`
    case 'MAP':
      return `${head}<${part(schema.keySchema)}, ${part(schema.valueSchema)}>${tail}`
    case 'STRUCT': {
      if (around.some(outer => outer.type === 'STRUCT' && outer.name === name && name !== null))
        return `${head}…`
      const fields = schema.fields.map(field => `${field.name} ${part(field.schema)}`)
      return `${head} {${fields.join(', ')}}${tail}`
    }
    default:
      return head + tail
  }
}

/** Structs and maps whose keys are strings as plain objects, bytes as Buffers. */
function plain(value: unknown): unknown {
  if (value instanceof Struct)
    return Object.fromEntries(
      value.schema.fields.map(field => [field.name, plain(value.getWithoutDefault(field))]),
    )
  if (value instanceof Uint8Array) return Buffer.from(value)
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Map) {
    const entries = [...value].map(([key, element]) => [plain(key), plain(element)] as const)
    return entries.every(([key]) => typeof key === 'string') ? Object.fromEntries(entries) : new Map(entries)
  }
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, plain(element)]))
  return value
}
