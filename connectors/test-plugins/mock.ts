import type { Config, ConnectorContext } from '#bunnect'
import { RuntimeException } from './java-exceptions.ts'
import { parseLong } from './numbers.ts'

const DEFAULT_FAILURE_DELAY_MS = 15_000
/** The longest time that a timer takes. */
const LONGEST_TIMER = 2 ** 31 - 1

const timers = new WeakMap<ConnectorContext, Timer>()

/** After this time a connector or task of this mode fails; null where it does not. Throws NumberFormatException. */
export function failureDelayMs(config: Config, mode: 'connector-failure' | 'task-failure'): number | null {
  if (config['mock_mode'] !== mode) return null
  const delay = config['delay_ms']
  return delay === undefined ? DEFAULT_FAILURE_DELAY_MS : parseLong(delay)
}

/** What the connector objects of both mocks do. Java: org.apache.kafka.connect.tools.MockConnector */
export const mockConnector = {
  start(_config: unknown, context: ConnectorContext): void {
    const delay = failureDelayMs(context.configs(), 'connector-failure')
    if (delay === null) return
    context.log.debug(`Started MockConnector with failure delay of ${delay} ms`)
    if (delay > LONGEST_TIMER) return
    const fail = () => {
      context.log.debug('Triggering connector failure')
      context.raiseError(new RuntimeException())
    }
    timers.set(context, setTimeout(fail, Math.max(delay, 0)))
  },
  stop(_config: unknown, context: ConnectorContext): void {
    clearTimeout(timers.get(context))
    timers.delete(context)
  },
  /** One task, however many there may be. */
  taskConfigs: (_config: unknown, _maxTasks: number, props: Config): Record<string, string>[] => [
    { ...props },
  ],
}
