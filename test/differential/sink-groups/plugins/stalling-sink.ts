import { readFileSync } from 'node:fs'
import { key, type SinkRecord, sinkConnector } from 'bunnect'

/**
 * Prints the lines of Kafka's verifiable sink, and its calls. While the file `stall` is there, `put` does not return: it
 * waits (`await`), or keeps the thread busy (`spin`), as the file says; or it is `close` that waits (`close`).
 */
export const stallingSink = sinkConnector({
  className: 'test.StallingSinkConnector',
  taskClassName: 'test.StallingSinkTask',
  version: '1',
  config: { stall: key.string({ importance: 'high', doc: 'A file.' }) },
  taskConfigs: (_config, maxTasks, props) => Array.from({ length: maxTasks }, () => ({ ...props })),
  task: ({ stall }, context) => {
    const { name } = context.configs()
    const stallsBy = (how: string) => {
      try {
        return readFileSync(stall, 'utf8') === how
      } catch {
        return false // The file is not there.
      }
    }
    const print = (line: object) => context.print(JSON.stringify({ name, ...line }))
    return {
      open: () => print({ call: 'open' }),
      async close() {
        await print({ call: 'close' })
        while (stallsBy('close')) await Bun.sleep(20)
      },
      preCommit(offsets) {
        void print({ call: 'preCommit' })
        return offsets
      },
      async put(records: SinkRecord[]) {
        for (const { key: task, kafkaOffset: offset } of records) {
          void print({ task, offset, time_ms: Date.now(), sinkTask: context.task })
        }
        if (!stallsBy('await') && !stallsBy('spin')) return
        await print({ call: 'stalled' })
        while (stallsBy('await')) await Bun.sleep(20)
        while (stallsBy('spin')) Bun.sleepSync(20)
        await print({ call: 'put returns' })
      },
    }
  },
})
