import { PluginGroups } from './plugin-groups.ts'
import type { PluginValue } from './plugin-meters.ts'
import type { MetricGroup, Metrics } from './registry.ts'
import type { TaskReport } from './task-meters.ts'
import { TaskMetrics, type TaskPlugins } from './task-metrics.ts'
import { CONNECTOR, WORKER, WORKER_CONNECTOR } from './worker-templates.ts'

type TaskId = { readonly connector: string; readonly task: number }

interface Connector {
  state: string
  /** Its start has ended, one way or the other. */
  started: boolean
  group: MetricGroup
}

interface Task {
  metrics: TaskMetrics
  started: boolean
}

const TASK_STATES = ['running', 'paused', 'failed', 'unassigned', 'destroyed', 'restarting']

/**
 * The metrics of connectors and tasks of a worker, and how their starts went. An attempt counts when its outcome is
 * known. Java: WorkerMetricsGroup, Worker.ConnectorStatusMetricsGroup, WorkerConnector.ConnectorMetricsGroup
 */
export class WorkerMetrics {
  readonly #metrics: Metrics
  readonly #starts: MetricGroup
  readonly #connectors = new Map<string, Connector>()
  /** By connector, then by task. */
  readonly #tasks = new Map<string, { tasks: Map<number, Task>; group: MetricGroup }>()

  readonly #plugins: PluginGroups

  constructor(metrics: Metrics) {
    this.#metrics = metrics
    this.#plugins = new PluginGroups(metrics)
    this.#starts = metrics.add(WORKER, [], {
      'connector-count': () => this.#connectors.size,
      'task-count': () => {
        let count = 0
        for (const { tasks } of this.#tasks.values()) count += tasks.size
        return count
      },
    })
  }

  /** A connector's object is being made. */
  connectorBegun(name: string, plugin: { kind: string; className: string; version: string }): void {
    const connector: Connector = {
      state: 'unassigned',
      started: false,
      group: this.#metrics.add(CONNECTOR, [name], {
        status: () => connector.state,
        'connector-type': () => plugin.kind,
        'connector-class': () => plugin.className,
        'connector-version': () => plugin.version,
      }),
    }
    this.#connectors.set(name, connector)
  }

  /** The object could not even be made. */
  connectorUnmade(): void {
    this.#outcome('connector', false)
  }

  /** What was told of a connector, such as RUNNING. */
  connectorChanged(name: string, state: string): void {
    const connector = this.#connectors.get(name)
    if (!connector) return
    if (!connector.started) {
      if (state === 'RUNNING' || state === 'FAILED') this.#outcome('connector', state === 'RUNNING')
      // One that begins paused is resumed later, which is no start.
      connector.started = true
    }
    connector.state = state.toLowerCase()
  }

  connectorRemoved(name: string): void {
    const connector = this.#connectors.get(name)
    if (!connector) return
    this.#connectors.delete(name)
    this.#plugins.remove(name)
    this.#metrics.remove(connector.group)
  }

  /** A task is being made; whatever metrics its number had before are gone. */
  taskBegun(id: TaskId, plugins: TaskPlugins, paused: boolean): void {
    this.taskRemoved(id)
    const metrics = new TaskMetrics(this.#metrics, id, plugins, paused ? 'paused' : 'running')
    this.#tasksOf(id.connector).set(id.task, { metrics, started: false })
  }

  /** The task could not even be made. */
  taskUnmade(id: TaskId): void {
    const task = this.#task(id)
    if (!task?.started) this.#outcome('task', false)
    this.taskRemoved(id)
  }

  /** What was told of a task, such as RUNNING. */
  taskChanged(id: TaskId, state: string): void {
    const task = this.#task(id)
    if (!task) return
    if (!task.started && (state === 'RUNNING' || state === 'FAILED')) {
      task.started = true
      this.#outcome('task', state === 'RUNNING')
    }
    task.metrics.changed(state.toLowerCase())
    if (state === 'FAILED' || state === 'UNASSIGNED') this.#plugins.remove(ownerOf(id))
  }

  taskReported(id: TaskId, report: TaskReport): void {
    this.#task(id)?.metrics.report(report)
  }

  /** What the plugins of a connector's object (`task` null) or of a task measure of themselves. */
  pluginsReported(connector: string, task: number | null, values: readonly PluginValue[]): void {
    if (task !== null ? this.#task({ connector, task }) : this.#connectors.has(connector))
      this.#plugins.show(task === null ? connector : ownerOf({ connector, task }), values)
  }

  taskRemoved({ connector, task }: TaskId): void {
    this.#plugins.remove(ownerOf({ connector, task }))
    const of = this.#tasks.get(connector)
    of?.tasks.get(task)?.metrics.remove()
    of?.tasks.delete(task)
    if (of?.tasks.size !== 0) return
    this.#tasks.delete(connector)
    this.#metrics.remove(of.group)
  }

  #task({ connector, task }: TaskId): Task | undefined {
    return this.#tasks.get(connector)?.tasks.get(task)
  }

  #tasksOf(connector: string): Map<number, Task> {
    const known = this.#tasks.get(connector)
    if (known) return known.tasks
    const tasks = new Map<number, Task>()
    const inState = (state: string) => () => {
      let count = 0
      for (const { metrics } of tasks.values()) if (metrics.state === state) count++
      return count
    }
    const group = this.#metrics.add(WORKER_CONNECTOR, [connector], {
      'connector-total-task-count': () => tasks.size,
      ...Object.fromEntries(TASK_STATES.map(state => [`connector-${state}-task-count`, inState(state)])),
    })
    this.#tasks.set(connector, { tasks, group })
    return tasks
  }

  #outcome(what: 'connector' | 'task', success: boolean): void {
    const now = this.#metrics.now()
    this.#starts.sensor(`${what}Attempts`).record(1, now)
    this.#starts.sensor(`${what}${success ? 'Successes' : 'Failures'}`).record(1, now)
    this.#starts.sensor(`${what}Results`).record(success ? 1 : 0, now)
  }
}

/** No name of a connector has a line end. */
function ownerOf({ connector, task }: TaskId): string {
  return `${connector}\n${task}`
}
