import { causes, causesAndHint, javaTrace } from '../data/errors.ts'
import { type Logger, logger } from '../observe/log.ts'
import type { PluginMetrics } from '../observe/metrics/plugin-meters.ts'
import type { TaskReport } from '../observe/metrics/task-meters.ts'
import { within } from '../waiting/deadline.ts'

export interface TaskId {
  readonly connector: string
  readonly task: number
}

/** Told what becomes of a task, each at most once per change. Java: org.apache.kafka.connect.runtime.TaskStatus.Listener */
export interface TaskListener {
  /** `start` of the task has returned: RUNNING. */
  onStart(): void
  /** PAUSED, also for a task that was created paused and has not been started. */
  onPause(): void
  /** RUNNING again. */
  onResume(): void
  /** It has used this topic for the first time since it began, or since `forgetTopics`. */
  onTopic(topic: string): void
  /** FAILED. Told after everything of the task is closed; an error after `stop` is only logged. */
  onFailure(error: unknown): void
  /** The task ended because it was asked to: UNASSIGNED. Not told after `cancel`. */
  onShutdown(): void
}

export interface TaskRunnerOptions {
  id: TaskId
  /** The task's resolved configuration, for `context.configs()`. */
  config: Readonly<Record<string, string>>
  listener: TaskListener
  /** A task created paused opens no client and makes no plugin call until it is resumed. Default: running. */
  paused?: boolean
  /** For what the task measures of itself. */
  pluginMetrics: PluginMetrics
  /** bunnect.metrics; default true. */
  metrics?: boolean
}

/** A task as its record loop sees it. */
export interface TaskLife
  extends Pick<TaskRunner, 'id' | 'log' | 'signal' | 'stopping' | 'cancelled' | 'pauseWanted'>,
    Pick<TaskRunner, 'onPause' | 'onResume' | 'usesTopic' | 'toString'> {}

/**
 * Life of one task: start, run, pause, stop, failure. Java: org.apache.kafka.connect.runtime.WorkerTask
 */
export abstract class TaskRunner {
  readonly id: TaskId
  readonly log: Logger
  /** Resolves when the task has closed everything and told its last state; never rejects. */
  readonly ended: Promise<void>
  protected readonly config: Readonly<Record<string, string>>
  readonly #listener: TaskListener
  readonly #topics = new Set<string>()
  readonly #abort = new AbortController()
  readonly #abandon = new AbortController()
  readonly #end = Promise.withResolvers<void>()
  #begun = false
  #stopping = false
  #cancelled = false
  #pauseWanted: boolean
  /** PAUSED is the last state that was told. */
  #paused = false
  #resumed = Promise.withResolvers<void>()
  /** As the JVM's log lines begin: `WorkerSinkTask{id=c-0} Sink task`. */
  readonly #javaName: string

  constructor(options: TaskRunnerOptions, loggerName: string) {
    const simpleName = loggerName.slice(loggerName.lastIndexOf('.') + 1)
    this.id = options.id
    this.config = options.config
    this.#listener = options.listener
    this.#pauseWanted = options.paused ?? false
    this.log = logger(loggerName, `${options.id.connector}|task-${options.id.task}`)
    this.#javaName = `${simpleName}{id=${this}} ${simpleName === 'WorkerSinkTask' ? 'Sink' : 'Source'} task`
    this.ended = this.#end.promise
  }

  /** Fires on `stop` and `cancel`: whoever waits on behalf of this task returns. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }
  /** Fires on `cancel` only: what a stopping task still has to bring to its end ends here. */
  get abandoned(): AbortSignal {
    return this.#abandon.signal
  }
  get stopping(): boolean {
    return this.#stopping
  }
  get cancelled(): boolean {
    return this.#cancelled
  }
  get pauseWanted(): boolean {
    return this.#pauseWanted
  }

  /** Runs the task to its end; call once. Resolves as `ended` does. */
  run(): Promise<void> {
    if (this.#begun) throw new Error(`Task ${this} was run before`)
    this.#begun = true
    void this.#run()
    return this.ended
  }

  pause(): void {
    if (this.#pauseWanted) return
    this.#pauseWanted = true
    this.targetChanged()
  }

  resume(): void {
    if (!this.#pauseWanted) return
    this.#pauseWanted = false
    this.#release()
    this.targetChanged()
  }

  /** Asks the task to finish what it is at, commit and end; returns at once. */
  stop(): void {
    if (this.#stopping) return
    this.#stopping = true
    this.#abort.abort()
    this.#release()
    this.targetChanged()
  }

  /** True when the task has ended within `timeoutMs`. */
  awaitStop(timeoutMs: number): Promise<boolean> {
    return within(
      this.ended.then(() => true),
      timeoutMs,
      () => false,
    )
  }

  /**
   * Gives the task up: from now on it commits nothing and tells no state, whatever its plugin is still doing.
   */
  cancel(): void {
    if (this.#cancelled) return
    this.#cancelled = true
    this.#abandon.abort()
    this.stop()
    this.abandon()
  }

  /** What has been measured since the last call; null when nothing was, or nothing is to be. */
  abstract takeReport(): TaskReport | null

  /** Topics are told anew. Java: WorkerTask.recordActiveTopic, KIP-558 */
  forgetTopics(): void {
    this.#topics.clear()
  }

  /** It has been told since it was forgotten last. */
  protected knowsTopic(topic: string): boolean {
    return this.#topics.has(topic)
  }

  /** For each record's topic, or once for many of the same. */
  usesTopic(topic: string): void {
    if (this.#topics.has(topic)) return
    this.#topics.add(topic)
    this.#listener.onTopic(topic)
  }

  /** Connect's name for the task in messages, such as `local-file-sink-0`. */
  toString(): string {
    return `${this.id.connector}-${this.id.task}`
  }

  /** Opens clients, makes the task and calls its `start`. */
  protected abstract initializeAndStart(): Promise<void>
  /** The record loop, until `stopping`. */
  protected abstract execute(): Promise<void>
  /** Calls the task's `stop` and closes clients; must not throw. */
  protected abstract close(): Promise<void>
  /** Pause, resume or stop was asked for: wakes whatever waits. */
  protected abstract targetChanged(): void
  /** Called once by `cancel`: drops clients without waiting. */
  protected abstract abandon(): void

  /** The record loop stands still, as it was asked to. */
  onPause(): void {
    if (this.#cancelled || this.#paused) return
    this.#paused = true
    this.#listener.onPause()
  }

  /** It goes on. */
  onResume(): void {
    if (this.#cancelled || !this.#paused) return
    this.#paused = false
    this.#listener.onResume()
  }

  /** Resolves when a resume or a stop was asked for. */
  protected async awaitResume(): Promise<void> {
    while (this.#pauseWanted && !this.#stopping) await this.#resumed.promise
  }

  #release(): void {
    this.#resumed.resolve()
    this.#resumed = Promise.withResolvers<void>()
  }

  async #run(): Promise<void> {
    let failure: { error: unknown } | null = null
    try {
      await this.#live()
    } catch (error) {
      if (this.#stopping) {
        this.log.warn(`Task ${this} threw after it was asked to stop: ${causes(error)}`, javaTrace(error))
      } else {
        this.log.error(
          `Task ${this} threw an uncaught and unrecoverable exception. Task is being killed and will not ` +
            `recover until manually restarted: ${causesAndHint(error)}`,
          javaTrace(error),
        )
        failure = { error }
      }
    }
    this.#abort.abort()
    try {
      await this.close()
    } catch (error) {
      this.log.warn(`Task ${this} could not close everything: ${causes(error)}`, javaTrace(error))
    }
    try {
      if (!this.#cancelled) {
        if (failure) this.#listener.onFailure(failure.error)
        else this.#listener.onShutdown()
      }
    } finally {
      this.#end.resolve()
    }
  }

  async #live(): Promise<void> {
    if (this.#stopping) return
    if (this.#pauseWanted) {
      this.onPause()
      await this.awaitResume()
      if (this.#stopping) return
      // What follows is told as a start.
      this.#paused = false
    }
    await this.initializeAndStart()
    if (this.#stopping) return
    this.log.info(`${this.#javaName} finished initialization and start`)
    this.#listener.onStart()
    await this.execute()
  }
}
