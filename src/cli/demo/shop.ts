import { join } from 'node:path'
import { isatty } from 'node:tty'
import { EXIT, Failure } from '../exit.ts'
import { say } from '../output.ts'
import type { Demo } from './demo.ts'
import { arrival, count, startDemo } from './demo-worker.ts'
import { Progress } from './progress.ts'
import { copiedRows, ShopDatabase } from './shop-database.ts'
import { shopFiles } from './shop-files.ts'
import { explanation } from './shop-text.ts'

/** What a row takes in the shop, the log and the copy. */
const ORDER_BYTES = 4000
const withSidecars = (name: string) => [name, `${name}-wal`, `${name}-shm`]

/** Copies a generated shop from one SQLite database to another, as Avro, while it goes on taking orders. */
export const shop: Demo = {
  flag: '--orders',
  leavings: [...['shop.db', 'copy.db', 'connect.offsets'].flatMap(withSidecars), 'data'],
  bytesFor: orders => orders * ORDER_BYTES,
  explanation,
  async run(folder, orders, isStopped) {
    const copy = join(folder, 'copy.db')
    const database = new ShopDatabase(join(folder, 'shop.db'))
    try {
      database.open()
      database.takeOrders(orders)
      const first = database.rows()
      say(
        `Generated a shop of ${count(orders)} orders: ${count(first)} rows in four tables of a SQLite file.\n` +
          'No Kafka and no schema registry: both are in the program, the records are Avro.\n',
      )
      const started = performance.now()
      const worker = await startDemo(folder, shopFiles(folder))
      let seconds = 0
      try {
        const copied = (wanted: number) => {
          const progress = new Progress({ isTerminal: isatty(1), write: say }, wanted)
          const show = (done: boolean) => progress.show(worker.worker.recordCounts(), done)
          const size = () => copiedRows(copy)
          return arrival(worker, { size, wanted, unit: 'rows', isStopped, show })
        }
        if (!(await copied(first))) return
        seconds = (performance.now() - started) / 1000
        database.takeOrders(Math.ceil(orders / 10))
        if (!(await copied(database.rows()))) return
      } finally {
        await worker.stop()
      }
      const differences = database.differences(copy)
      if (differences > 0)
        throw new Failure(EXIT.herder, `${copy} differs from the shop in ${count(differences)} rows`, {
          hint: 'Please report this with the output of bunnect --version.',
        })
      say(
        `${count(first)} rows went database → log → database in ${seconds.toFixed(1)} s, worker start included, and ` +
          `${count(database.rows() - first)} more while it ran. The copy is identical, row for row.\n`,
      )
    } finally {
      database.close()
    }
  },
}
