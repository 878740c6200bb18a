import { IllegalWorkerStateException } from '../data/errors.ts'
import type { Consumer } from '../kafka/port.ts'
import type { Logger } from '../observe/log.ts'
import { printLine } from '../observe/output.ts'
import type {
  Config,
  ErrantRecordReporter,
  PluginMetrics,
  SinkOffset,
  SinkTaskContext,
  TopicPartition,
} from '../sdk/plugin.ts'
import { text } from './sink-offsets.ts'
import type { TaskId } from './task-runner.ts'

export interface SinkContextOptions {
  id: TaskId
  log: Logger
  signal: AbortSignal
  config: Config
  pluginMetrics: PluginMetrics
  consumer: Consumer
  /** True while the whole consumer is paused: then a task's own pauses are only remembered. */
  allPaused: () => boolean
  /** Null where nobody is told of failed records. */
  errantRecords: ErrantRecordReporter | null
}

/** What a sink task may ask for, noted until the loop gets to it. Java: WorkerSinkTaskContext */
export class SinkContext implements SinkTaskContext {
  readonly connectorName: string
  readonly task: number
  readonly log: Logger
  readonly signal: AbortSignal
  commitRequested = false
  readonly #options: SinkContextOptions
  #rewinds: SinkOffset[] = []
  #timeoutMs = -1
  #paused = new Map<string, TopicPartition>()

  constructor(options: SinkContextOptions) {
    this.#options = options
    this.connectorName = options.id.connector
    this.task = options.id.task
    this.log = options.log
    this.signal = options.signal
  }

  configs(): Config {
    return this.#options.config
  }

  print(line: string): Promise<void> {
    return printLine(line)
  }

  pluginMetrics(): PluginMetrics {
    return this.#options.pluginMetrics
  }

  assignment(): TopicPartition[] {
    return this.#options.consumer.assignment()
  }

  offset(offsets: readonly SinkOffset[]): void {
    this.#rewinds.push(...offsets)
  }

  timeout(ms: number): void {
    this.#timeoutMs = ms
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#requireAssigned(partitions, 'pause')
    for (const partition of partitions) this.#paused.set(text(partition), partition)
    if (!this.#options.allPaused()) this.#options.consumer.pause([...partitions])
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#requireAssigned(partitions, 'resume')
    for (const partition of partitions) this.#paused.delete(text(partition))
    if (!this.#options.allPaused()) this.#options.consumer.resume([...partitions])
  }

  requestCommit(): void {
    this.commitRequested = true
  }

  errantRecordReporter(): ErrantRecordReporter | null {
    return this.#options.errantRecords
  }

  /** The rewinds that were asked for since the last call. */
  takeRewinds(): SinkOffset[] {
    const rewinds = this.#rewinds
    if (rewinds.length > 0) this.#rewinds = []
    return rewinds
  }

  /** The wait that the task asked for, once; -1 = none. */
  takeTimeout(): number {
    const ms = this.#timeoutMs
    this.#timeoutMs = -1
    return ms
  }

  /** Splits off what the task itself has paused. */
  notPaused(partitions: readonly TopicPartition[]): TopicPartition[] {
    return partitions.filter(partition => !this.#paused.has(text(partition)))
  }

  paused(): TopicPartition[] {
    return [...this.#paused.values()]
  }

  /** Forgets pauses of partitions that are no longer assigned. */
  retainPaused(assignment: readonly TopicPartition[]): void {
    const assigned = new Set(assignment.map(text))
    for (const name of this.#paused.keys()) if (!assigned.has(name)) this.#paused.delete(name)
  }

  #requireAssigned(partitions: readonly TopicPartition[], verb: string): void {
    const assigned = new Set(this.assignment().map(text))
    for (const partition of partitions) {
      if (!assigned.has(text(partition))) {
        throw new IllegalWorkerStateException(
          `SinkTasks may not ${verb} partitions that are not currently assigned to them.`,
          { hint: `${text(partition)} is not assigned to this task` },
        )
      }
    }
  }
}
