import { type SourceTask, type SourceTaskContext, sourceConnector } from '#bunnect'
import { RuntimeException } from './java-exceptions.ts'
import { failureDelayMs, mockConnector } from './mock.ts'
import { elapsed } from './throughput.ts'
import { VERSION } from './version.ts'

/** Never longer than this in one `poll`. */
const POLL_MS = 1000

/** Sends nothing and fails when it is told to. Java: org.apache.kafka.connect.tools.MockSourceConnector */
export const mockSource = sourceConnector({
  className: 'org.apache.kafka.connect.tools.MockSourceConnector',
  taskClassName: 'org.apache.kafka.connect.tools.MockSourceTask',
  version: VERSION,
  doc: 'Sends nothing; with mock_mode=connector-failure or task-failure it fails after delay_ms.',
  unlisted: true,
  config: {},
  ...mockConnector,
  task: (_config, context) => new MockSourceTask(context),
})

class MockSourceTask implements SourceTask {
  readonly #context: SourceTaskContext
  #delayMs: number | null = null
  #startMs = 0

  constructor(context: SourceTaskContext) {
    this.#context = context
  }

  start(): void {
    this.#delayMs = failureDelayMs(this.#context.configs(), 'task-failure')
    this.#startMs = Date.now()
    if (this.#delayMs === null) return
    this.#context.log.debug(
      `Started MockSourceTask at ${this.#startMs} with failure scheduled in ${this.#delayMs} ms`,
    )
  }

  async poll(): Promise<null> {
    const left = this.#delayMs === null ? POLL_MS : this.#startMs + this.#delayMs + 1 - Date.now()
    if (left <= 0) {
      this.#context.log.debug('Triggering source task failure')
      throw new RuntimeException()
    }
    await elapsed(Math.min(left, POLL_MS), this.#context.signal)
    return null
  }
}
