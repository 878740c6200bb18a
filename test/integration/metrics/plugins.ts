import { key } from '../../../src/config/keys.ts'
import { DataException, RetriableException } from '../../../src/data/errors.ts'
import type { ConnectRecord } from '../../../src/data/records.ts'
import { SourceRecord } from '../../../src/data/records.ts'
import { type Plugin, sinkConnector, sourceConnector, transformation } from '../../../src/sdk/plugin.ts'

/** Polls batches of these sizes, then nothing; values are numbers from 0 as text. */
const batches = sourceConnector({
  className: 'test.BatchSource',
  taskClassName: 'test.BatchSourceTask',
  version: '1.2',
  config: {
    sizes: key.string({ doc: 'Sizes of the batches.', importance: 'high' }),
    topic: key.string({ doc: 'The topic.', importance: 'high' }),
  },
  task: ({ sizes, topic }, context) => {
    const left = sizes.split(',').map(Number)
    let next = 0
    return {
      async poll() {
        const size = left.shift()
        if (size === undefined) {
          await new Promise(resolve => setTimeout(resolve, 20))
          return null
        }
        if (context.signal.aborted) return null
        return Array.from(
          { length: size },
          () => new SourceRecord({ p: 1 }, { n: next }, topic, null, null, null, null, String(next++)),
        )
      },
    }
  },
})

/** Drops every sixth record, refuses every tenth, and fails on record 7 twice in a way that can be tried again. */
const moody = transformation({
  className: 'test.Moody',
  version: '3',
  config: {},
  create: () => {
    let failures = 0
    return {
      apply<R extends ConnectRecord>(record: R): R | null {
        const n = Number(record.value)
        if (n % 10 === 9) throw new DataException(`${n} is refused`)
        if (n === 7 && failures++ < 2) throw new RetriableException('not yet')
        return n % 6 === 5 ? null : record
      },
    }
  },
})

/** Takes every record, but the first put fails in a way that can be tried again; fails for good on `poison`. */
const counting = sinkConnector({
  className: 'test.CountingSink',
  taskClassName: 'test.CountingSinkTask',
  version: '1.2',
  config: {},
  task: () => {
    let failed = false
    return {
      async put(records) {
        if (records.some(({ value }) => value === 'poison')) throw new DataException('poison')
        if (records.length === 0 || failed) return
        failed = true
        throw new RetriableException('not yet')
      },
    }
  },
})

/** Its start fails. */
const unstartable = sourceConnector({
  className: 'test.Unstartable',
  taskClassName: 'test.NoTask',
  version: '1.2',
  config: {},
  start() {
    throw new DataException('not today')
  },
  task: () => ({ poll: () => null }),
})

export const METRIC_PLUGINS: Plugin[] = [batches, moody, counting, unstartable]
