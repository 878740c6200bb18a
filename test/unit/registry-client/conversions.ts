/** Calls a converter as the pipeline does: again when what it waits for has settled. */
import type { Schema } from '../../../src/data/schema.ts'
import { SchemaAndValue } from '../../../src/data/schema.ts'
import { ConversionPending } from '../../../src/sdk/conversion-pending.ts'
import type { Converter } from '../../../src/sdk/plugin.ts'
import { CollectingSink } from '../../conform/data/sink.ts'

export function write(converter: Converter, topic: string, schema: Schema | null, value: unknown) {
  return awaited(() => {
    const sink = new CollectingSink()
    converter.serialize(topic, schema, value, sink)
    return sink.bytes()
  })
}

export function read(converter: Converter, topic: string, bytes: Uint8Array | null) {
  return awaited(() => {
    const into = new SchemaAndValue()
    const data = Buffer.from(bytes ?? [])
    converter.deserialize(topic, data, 0, bytes === null ? -1 : data.length, into)
    return into
  })
}

/** Without waiting: throws where the converter would wait. */
export function writeNow(converter: Converter, topic: string, schema: Schema | null, value: unknown) {
  const sink = new CollectingSink()
  converter.serialize(topic, schema, value, sink)
  return sink.bytes()
}

async function awaited<T>(work: () => T): Promise<T> {
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof ConversionPending)) throw error
      await Promise.allSettled([error.ready])
    }
  }
}

/** What a promise rejects with. */
export async function thrown(work: Promise<unknown>): Promise<Error & { hint?: string }> {
  try {
    await work
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

/** `class: message` of an error and its causes. */
export function chain(error: unknown): string[] {
  const lines: string[] = []
  for (let e = error; e instanceof Error; e = e.cause) {
    lines.push(`${'javaClass' in e ? String(e.javaClass).replace(/^.*\./, '') : e.name}: ${e.message}`)
  }
  return lines
}
