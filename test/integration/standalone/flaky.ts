import { ConfigException, ConnectException, RetriableException } from '../../../src/data/errors.ts'
import { sourceConnector } from '../../../src/sdk/plugin.ts'

/** What a flaky connector has still to do wrong, and what was called. */
export const flaky = { taskStarts: 0, connectorStarts: 0, wrong: false, calls: [] as string[] }

export function steady(): void {
  Object.assign(flaky, { taskStarts: 0, connectorStarts: 0, wrong: false, calls: [] })
}

/** Fails as often as `flaky` says, as if what it reads from were away; `wrong`, as if its configuration were. */
export const flakySource = sourceConnector({
  className: 'test.FlakySourceConnector',
  taskClassName: 'test.FlakySourceTask',
  version: '1',
  config: {},
  start() {
    flaky.calls.push('connector')
    if (flaky.connectorStarts-- > 0) throw new RetriableException('the list of tables cannot be read')
  },
  taskConfigs: async () => [{}],
  task: () => ({
    start() {
      flaky.calls.push('task')
      if (flaky.wrong) throw new ConfigException('no such table')
      if (flaky.taskStarts-- <= 0) return
      throw new ConnectException('Cannot open', { cause: new RetriableException('the database is away') })
    },
    async poll() {
      await Bun.sleep(20)
      return null
    },
  }),
})
