/**
 * A member in a process of its own, to be killed or suspended: `bun member-process.ts BOOTSTRAP GROUP NAME`, prints one
 * JSON line for everything that happens to it, and whether it is settled in every turn of its event loop.
 */
import { redirect } from '../../../src/observe/log.ts'
import { itemsOf } from './board.ts'
import { GroupWorker, optionsFor } from './group-worker.ts'

const [bootstrap = '', group = '', name = ''] = process.argv.slice(2)
redirect(() => {})
const times = { sessionTimeoutMs: 6000, heartbeatIntervalMs: 500 }
const worker = new GroupWorker(optionsFor(bootstrap, group, { ...times, clientId: name }))
worker.url = `http://${name}:8083/`
worker.tasks = { a: 2, b: 2, c: 2 }
worker.onHeld = work => print({ held: itemsOf(work) })
worker.start()

let shown = ''
setInterval(() => {
  const { isSettled, current } = worker.member
  const now = JSON.stringify({ isSettled, isLeader: current?.isLeader ?? false, memberId: current?.memberId })
  if (now !== shown) process.stdout.write(`${now}\n`)
  shown = now
}, 5)

function print(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}
