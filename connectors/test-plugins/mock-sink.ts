import { type SinkTask, type SinkTaskContext, sinkConnector } from '#bunnect'
import { RuntimeException } from './java-exceptions.ts'
import { failureDelayMs, mockConnector } from './mock.ts'
import { VERSION } from './version.ts'

/** Records may never come: so often it looks whether its time has come. */
const WAKE_MS = 250

/** Drops what it gets and fails when it is told to. Java: org.apache.kafka.connect.tools.MockSinkConnector */
export const mockSink = sinkConnector({
  className: 'org.apache.kafka.connect.tools.MockSinkConnector',
  taskClassName: 'org.apache.kafka.connect.tools.MockSinkTask',
  version: VERSION,
  doc: 'Drops what it gets; with mock_mode=connector-failure or task-failure it fails after delay_ms.',
  unlisted: true,
  config: {},
  ...mockConnector,
  task: (_config, context) => new MockSinkTask(context),
})

class MockSinkTask implements SinkTask {
  readonly #context: SinkTaskContext
  #delayMs: number | null = null
  #startMs = 0

  constructor(context: SinkTaskContext) {
    this.#context = context
  }

  start(): void {
    this.#delayMs = failureDelayMs(this.#context.configs(), 'task-failure')
    if (this.#delayMs === null) return
    this.#startMs = Date.now()
    this.#context.log.debug(
      `Started MockSinkTask at ${this.#startMs} with failure scheduled in ${this.#delayMs} ms`,
    )
    this.#wakeSoon(this.#delayMs)
  }

  put(): void {
    if (this.#delayMs === null) return
    if (Date.now() - this.#startMs > this.#delayMs) {
      this.#context.log.debug('Triggering sink task failure')
      throw new RuntimeException()
    }
    this.#wakeSoon(this.#delayMs)
  }

  #wakeSoon(delayMs: number): void {
    this.#context.timeout(Math.min(delayMs, WAKE_MS))
  }
}
