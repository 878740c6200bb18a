import { sourceConnector } from '../../../src/sdk/plugin.ts'

/** A source whose `validate` and `start` take until the test lets them. */
export function slowConnector() {
  const reached = { validate: Promise.withResolvers<void>(), start: Promise.withResolvers<void>() }
  const gates = { validate: Promise.withResolvers<void>(), start: Promise.withResolvers<void>() }
  const plugin = sourceConnector({
    className: 'test.SlowSourceConnector',
    taskClassName: 'test.SlowSourceTask',
    version: '9.8',
    config: {},
    async validate() {
      reached.validate.resolve()
      await gates.validate.promise
      return []
    },
    async start() {
      reached.start.resolve()
      await gates.start.promise
    },
    taskConfigs: () => [],
    task: () => ({ poll: async () => null }),
  })
  return { plugin, reached, gates, config: { 'connector.class': 'test.SlowSourceConnector' } }
}
