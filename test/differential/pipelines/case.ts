/**
 * One connector's configuration and its input. In texts of `config` these stand for what each side has of its own:
 * `<topic>` a source's output topic or a sink's input topic, `<dlq>` a topic beside it, `<file>` the file it reads or
 * writes.
 */
export type PipelineCase = SourceCase | SinkCase

interface CommonCase {
  /** Lower case letters, digits and dashes, unique in the whole list. */
  name: string
  config: Record<string, string>
}

/** FileStreamSource with these lines; it is over when `records` (default: a record a line) have arrived. */
export interface SourceCase extends CommonCase {
  lines: readonly (string | Buffer)[]
  records?: number
}

/** FileStreamSink of a topic with these records; it is over when all of them are committed. */
export interface SinkCase extends CommonCase {
  input: readonly InputRecord[]
  partitions?: number
  /** Configurations of the input topic. */
  topic?: Record<string, string>
}

export interface InputRecord {
  key?: string | Buffer
  value?: string | Buffer | null
  headers?: readonly (readonly [string, string | Buffer | null])[]
  /** epoch ms, default {@link inputTime} */
  timestamp?: number
  partition?: number
}

/** 2026-03-04T05:06:07.089Z */
export const inputTime = 1772600767089

const TRANSFORMS = 'org.apache.kafka.connect.transforms.'

/** A transformation's simple class name and its keys without prefix. */
type Stage = readonly [type: string, config?: Record<string, string>]

/** Keys of a chain whose aliases are t1, t2, … */
export function chain(...stages: Stage[]): Record<string, string> {
  return {
    transforms: stages.map((_, i) => `t${i + 1}`).join(','),
    ...Object.fromEntries(stages.flatMap((stage, i) => prefixed(`transforms.t${i + 1}.`, TRANSFORMS, stage))),
  }
}

export function predicates(all: Record<string, Stage>): Record<string, string> {
  return {
    predicates: Object.keys(all).join(','),
    ...Object.fromEntries(
      Object.entries(all).flatMap(([alias, stage]) =>
        prefixed(`predicates.${alias}.`, `${TRANSFORMS}predicates.`, stage),
      ),
    ),
  }
}

function prefixed(prefix: string, classes: string, [type, config = {}]: Stage): [string, string][] {
  return Object.entries({ type: classes + type, ...config }).map(([key, value]) => [prefix + key, value])
}

const CONVERTERS = {
  String: 'org.apache.kafka.connect.storage.StringConverter',
  Simple: 'org.apache.kafka.connect.storage.SimpleHeaderConverter',
  Json: 'org.apache.kafka.connect.json.JsonConverter',
  Bytes: 'org.apache.kafka.connect.converters.ByteArrayConverter',
  Boolean: 'org.apache.kafka.connect.converters.BooleanConverter',
  Short: 'org.apache.kafka.connect.converters.ShortConverter',
  Integer: 'org.apache.kafka.connect.converters.IntegerConverter',
  Long: 'org.apache.kafka.connect.converters.LongConverter',
  Float: 'org.apache.kafka.connect.converters.FloatConverter',
  Double: 'org.apache.kafka.connect.converters.DoubleConverter',
} as const

export function converter(
  part: 'key' | 'value' | 'header',
  name: keyof typeof CONVERTERS,
  config: Record<string, string> = {},
): Record<string, string> {
  return {
    [`${part}.converter`]: CONVERTERS[name],
    ...Object.fromEntries(Object.entries(config).map(([key, value]) => [`${part}.converter.${key}`, value])),
  }
}

/** The workers' own converters are these without schemas. */
export const withSchemas = {
  ...converter('key', 'Json', { 'schemas.enable': 'true' }),
  ...converter('value', 'Json', { 'schemas.enable': 'true' }),
}

export const strings = { ...converter('key', 'String'), ...converter('value', 'String') }

export const tolerant = { 'errors.tolerance': 'all' }

export const logged = { 'errors.log.enable': 'true', 'errors.log.include.messages': 'true' }

export const deadLetters = {
  'errors.deadletterqueue.topic.name': '<dlq>',
  'errors.deadletterqueue.topic.replication.factor': '1',
}

export const explained = { ...deadLetters, 'errors.deadletterqueue.context.headers.enable': 'true' }

export const envelope = (schema: unknown, payload: unknown) => JSON.stringify({ schema, payload })

/** A struct's schema for {@link envelope}; every field is optional unless it says otherwise. */
export const struct = (...fields: readonly (readonly [string, string, object?])[]) => ({
  type: 'struct',
  fields: fields.map(([field, type, more = {}]) => ({ field, type, optional: true, ...more })),
})

export const values = (...all: readonly (string | Buffer | null)[]): InputRecord[] =>
  all.map(value => ({ value }))
