import { describe, expect, test } from 'bun:test'
import { type OffsetMap, parseConfig } from '#bunnect'
import { fileStreamSink, fileStreamSource } from '../../../connectors/file/index.ts'

const source = (config: Record<string, string>) => parseConfig(fileStreamSource.config, config)

test('the definitions that GET /connector-plugins/…/config shows', () => {
  const shown = (spec: typeof fileStreamSource.config) =>
    Object.entries(spec).map(
      ([name, { type, required, default: value, importance, group, orderInGroup, width }]) => [
        name,
        type,
        required,
        value,
        importance,
        group,
        orderInGroup,
        width,
      ],
    )
  expect(shown(fileStreamSource.config)).toEqual([
    ['file', 'STRING', false, null, 'HIGH', null, -1, 'NONE'],
    ['topic', 'STRING', true, null, 'HIGH', null, -1, 'NONE'],
    ['batch.size', 'INT', false, 2000, 'LOW', null, -1, 'NONE'],
  ])
  expect(shown(fileStreamSink.config)).toEqual([['file', 'STRING', false, null, 'HIGH', null, -1, 'NONE']])
  expect(fileStreamSource.version).toBe('4.3.1')
  expect(fileStreamSink.taskClassName).toBe('org.apache.kafka.connect.file.FileStreamSinkTask')
})

test('an empty topic is refused in Java’s words', () => {
  expect(() => source({ topic: '', file: 'f' })).toThrow(
    'Invalid value  for configuration topic: String must be non-empty',
  )
  expect(() => source({ file: 'f' })).toThrow(
    'Missing required configuration "topic" which has no default value.',
  )
})

test('a source has one task, a sink as many as it may', () => {
  expect(fileStreamSource.taskConfigs).toBeUndefined()
  expect(fileStreamSink.taskConfigs!({}, 3, { file: 'f', topics: 't' })).toEqual([
    { file: 'f', topics: 't' },
    { file: 'f', topics: 't' },
    { file: 'f', topics: 't' },
  ])
})

test('exactly once needs a file', () => {
  expect(fileStreamSource.exactlyOnceSupport!(source({ topic: 't', file: 'f' }))).toBe('SUPPORTED')
  expect(fileStreamSource.exactlyOnceSupport!(source({ topic: 't' }))).toBe('UNSUPPORTED')
  expect(fileStreamSource.exactlyOnceSupport!(source({ topic: 't', file: '' }))).toBe('UNSUPPORTED')
})

describe('offsets that a person wants to set', () => {
  const f = { filename: 'f' }
  const table: [
    name: string,
    file: string | null,
    partition: OffsetMap | null,
    offset: unknown,
    error: string | null,
  ][] = [
    [
      'standard input has none',
      null,
      f,
      { position: 1 },
      "Offsets cannot be modified if the 'file' configuration is unspecified. This is because stdin is used for input and offsets are not tracked.",
    ],
    ['a position', 'f', f, { position: 1 }, null],
    ['a position beyond 2^53', 'f', f, { position: 2n ** 60n }, null],
    ['another file', 'f', { filename: 'other' }, { position: 5 }, null],
    ['forgetting', 'f', f, null, null],
    ['forgetting garbage', 'f', { x: 'y' }, null, null],
    ['no position', 'f', f, { pos: 1 }, "Offset objects should either be null or contain the key 'position'"],
    [
      'text',
      'f',
      f,
      { position: '1' },
      "The value for the 'position' key in the offset is expected to be a Long value",
    ],
    [
      'a fraction',
      'f',
      f,
      { position: 1.5 },
      "The value for the 'position' key in the offset is expected to be a Long value",
    ],
    [
      'negative',
      'f',
      f,
      { position: -1 },
      "The value for the 'position' key in the offset should be a non-negative value",
    ],
    ['no partition', 'f', null, { position: 1 }, 'Partition objects cannot be null'],
    ['no filename', 'f', { x: 'y' }, { position: 1 }, "Partition objects should contain the key 'filename'"],
  ]
  for (const [name, file, partition, offset, error] of table) {
    test(name, () => {
      const config = source(file === null ? { topic: 't' } : { topic: 't', file })
      const alter = () =>
        fileStreamSource.alterOffsets!(config, [{ partition, offset: offset as OffsetMap | null }])
      if (error === null) expect(alter()).toBe(true)
      else expect(alter).toThrow(error)
    })
  }

  test('a sink takes any', () => {
    expect(fileStreamSink.alterOffsets!({}, [{ topic: 't', partition: 0, offset: 5 }])).toBe(true)
  })
})
