import { key } from '../../../src/config/keys.ts'
import { type Plugin, sourceConnector } from '../../../src/sdk/plugin.ts'
import { pause } from '../../../src/waiting/deadline.ts'

/** What runs in this process at the moment, whichever worker runs it, and what has ever run twice at once. */
export class Marks {
  readonly running = new Map<string, number>()
  readonly twice: string[] = []
  /** How often each has begun. */
  readonly begun = new Map<string, number>()
  /** Of each connector's task configurations, one thing more that a test may change. */
  extra = ''
  /** Asks the running objects for their task configurations anew. */
  readonly reconfigure = new Map<string, () => void>()
  /** How long a task takes to end, ms. */
  stopMs = 0
  /** No task ends before. */
  mayEnd = Promise.resolve()
  /** Those that have been told to end, and have not. */
  readonly ending = new Set<string>()
  /** Never answered where it is set. */
  hangTaskConfigs = false
  /** Those that are never answered: whoever stops them has to leave them behind. */
  readonly hanging = new Set<string>()

  begin(what: string): void {
    const count = (this.running.get(what) ?? 0) + 1
    this.running.set(what, count)
    this.begun.set(what, (this.begun.get(what) ?? 0) + 1)
    if (count > 1 && !this.hanging.has(what)) this.twice.push(`${what} ${new Date().toISOString()}`)
  }

  end(what: string): void {
    const count = (this.running.get(what) ?? 0) - 1
    if (count > 0) this.running.set(what, count)
    else this.running.delete(what)
  }
}

/** A source without records that tells of its objects and tasks. */
export function markedSource(marks: Marks): Plugin {
  return sourceConnector({
    className: 'v.MarkedSource',
    taskClassName: 'v.MarkedSourceTask',
    version: '1.0',
    config: { color: key.string({ optional: true, importance: 'low', doc: 'Anything.' }) },
    start(_, { connectorName, requestTaskReconfiguration }) {
      marks.begin(connectorName)
      marks.reconfigure.set(connectorName, requestTaskReconfiguration)
    },
    taskConfigs(_, max, { name }) {
      if (marks.hangTaskConfigs) {
        marks.hanging.add(name!)
        return new Promise(() => {})
      }
      return Array.from({ length: max }, (_, task) => ({ n: String(task), extra: marks.extra }))
    },
    stop(_, { connectorName }) {
      marks.end(connectorName)
    },
    task: (_, { connectorName: connector, task, signal }) => ({
      start() {
        marks.begin(`${connector}-${task}`)
      },
      async poll() {
        await pause(20, signal)
        return null
      },
      async stop() {
        const what = `${connector}-${task}`
        marks.ending.add(what)
        if (marks.stopMs > 0) await Bun.sleep(marks.stopMs)
        await marks.mayEnd
        marks.ending.delete(what)
        marks.end(what)
      },
    }),
  })
}
