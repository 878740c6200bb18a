import { key } from '../../../src/config/keys.ts'
import { RetriableException } from '../../../src/data/errors.ts'
import { type SourceConnectorContext, sourceConnector } from '../../../src/sdk/plugin.ts'
import { pause } from '../../../src/waiting/deadline.ts'

/** What lives of one connector, as its plugin sees it: versions of configurations. */
interface Alive {
  objects: string[]
  tasks: { task: number; version: string }[]
}

/** A source connector that knows what lives of it, takes its time, and fails now and then. */
export class StormSource {
  /** How often a start of a task fails, 0 … 1. */
  failures = 0.1
  readonly #random: () => number
  readonly #alive = new Map<string, Alive>()
  readonly #contexts = new Map<string, SourceConnectorContext>()
  /** Calls of `taskConfigs` */
  asked = 0

  constructor(random: () => number) {
    this.#random = random
  }

  alive(connector: string): Alive {
    const alive = this.#alive.get(connector) ?? { objects: [], tasks: [] }
    this.#alive.set(connector, alive)
    alive.tasks.sort((a, b) => a.task - b.task)
    return alive
  }

  /** As a connector does that sees its source change. */
  reconfigure(connector: string): void {
    try {
      this.#contexts.get(connector)?.requestTaskReconfiguration()
    } catch {
      // It has been shut down meanwhile.
    }
  }

  readonly plugin = (() => {
    const dawdle = (ms: number) => Bun.sleep(this.#random() * ms)
    const source = this
    return sourceConnector({
      className: 'test.StormSourceConnector',
      taskClassName: 'test.StormSourceTask',
      version: '1',
      config: { version: key.string({ doc: 'Of the configuration.', importance: 'high' }) },
      async start({ version }, context) {
        await dawdle(10)
        source.#contexts.set(context.connectorName, context)
        source.alive(context.connectorName).objects.push(version)
      },
      async stop({ version }, context) {
        await dawdle(10)
        remove(source.alive(context.connectorName).objects, one => one === version)
      },
      async taskConfigs({ version }, max) {
        source.asked++
        await dawdle(10)
        if (source.#random() < source.failures) throw new RetriableException('the list of tables is locked')
        return Array.from({ length: max }, () => ({ version }))
      },
      task({ version }, { connectorName, task, signal }) {
        const me = { task, version }
        return {
          async start() {
            await dawdle(10)
            if (source.#random() < source.failures) throw new RetriableException('the database is away')
            source.alive(connectorName).tasks.push(me)
          },
          async poll() {
            await pause(20, signal)
            return null
          },
          async stop() {
            await dawdle(10)
            remove(source.alive(connectorName).tasks, one => one === me)
          },
        }
      },
    })
  })()
}

function remove<T>(list: T[], fits: (one: T) => boolean): void {
  const index = list.findIndex(fits)
  if (index >= 0) list.splice(index, 1)
}
