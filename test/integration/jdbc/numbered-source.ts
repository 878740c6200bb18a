import {
  INT64_SCHEMA,
  key,
  SchemaBuilder,
  SourceRecord,
  Struct,
  sourceConnector,
} from '../../../src/sdk/index.ts'

const first = SchemaBuilder.struct().name('numbered').field('n', INT64_SCHEMA).build()
const second = SchemaBuilder.struct()
  .name('numbered')
  .field('n', INT64_SCHEMA)
  .field('word', SchemaBuilder.string().defaultValue('abc').build())
  .build()

/** Numbers from 0, in structs of two schemas by turns, ten at a time; a number sent is not sent again. */
export const numberedSource = sourceConnector({
  className: 'test.NumberedSourceConnector',
  taskClassName: 'test.NumberedSourceTask',
  version: '1',
  config: {
    topic: key.string({ doc: 'The topic.', importance: 'high' }),
    end: key.int({ doc: 'The first number that is not sent.', importance: 'high' }),
  },
  task: ({ topic, end }, { offsets, signal }) => {
    const partition = { topic }
    let next = 0
    return {
      start: async () => {
        next = Number((await offsets.offset(partition))?.['next'] ?? 0)
      },
      poll: async () => {
        if (next >= end) {
          await new Promise<void>(resolve =>
            signal.addEventListener('abort', () => resolve(), { once: true }),
          )
          return null
        }
        return Array.from({ length: Math.min(10, end - next) }, () => {
          const n = next++
          const value = n % 2 === 0 ? new Struct(first, [n]) : new Struct(second, [n, 'odd'])
          return new SourceRecord(partition, { next }, topic, null, null, null, value.schema, value)
        })
      },
    }
  },
})
