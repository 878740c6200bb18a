import { type ProcessUsage, processUsage } from './process-usage.ts'
import type { MetricGroup, Metrics } from './registry.ts'
import { groupTemplate } from './template.ts'

/** A process of this worker: `worker` itself, or a task host by its name. */
export interface WatchedProcess {
  name: string
  pid: number
}

const PROCESS = groupTemplate('bunnect-process', ['process'], {
  gauges: {
    'resident-memory-bytes': 'Memory in use, what is shared with others included.',
    'cpu-seconds-total': 'Time on a core, user and system, of all threads.',
    'open-fds': 'Open file descriptors.',
    threads: 'Threads.',
  },
  sensors: {
    lag: {
      max: ['event-loop-lag-seconds-max', 'The longest that a timer of the event loop was late.'],
      avg: ['event-loop-lag-seconds-avg', 'How late a timer of the event loop was on average.'],
    },
  },
  uncounted: true,
})

/** The names that Prometheus' own clients give, of the worker itself. */
const STANDARD = groupTemplate('process', [], {
  gauges: {
    'resident-memory-bytes': 'Resident memory size in bytes.',
    'cpu-seconds-total': 'Total user and system CPU time spent in seconds.',
    'open-fds': 'Number of open file descriptors.',
    'start-time-seconds': 'Start time of the process since unix epoch in seconds.',
  },
  uncounted: true,
})

/** What the processes of a worker take: read when somebody asks. */
export class ProcessMetrics {
  readonly #metrics: Metrics
  readonly #groups = new Map<string, { group: MetricGroup; pid: number }>()
  #processes: () => readonly WatchedProcess[] = () => [{ name: 'worker', pid: process.pid }]

  constructor(metrics: Metrics) {
    this.#metrics = metrics
    const usage = this.#usageOf(() => process.pid)
    metrics.add(STANDARD, [], {
      'resident-memory-bytes': () => usage()?.residentBytes ?? null,
      'cpu-seconds-total': () => usage()?.cpuSeconds ?? null,
      'open-fds': () => usage()?.openFiles ?? null,
      'start-time-seconds': () => performance.timeOrigin / 1000,
    })
    metrics.refresh.push(() => this.#follow())
  }

  /** Which processes there are besides this one. */
  watch(hosts: () => readonly WatchedProcess[]): void {
    this.#processes = () => [{ name: 'worker', pid: process.pid }, ...hosts()]
  }

  /** That a timer of the process came so late. */
  late(name: string, ms: number): void {
    if (!this.#groups.has(name)) this.#follow()
    this.#groups
      .get(name)
      ?.group.sensor('lag')
      .record(ms / 1000, this.#metrics.now())
  }

  #follow(): void {
    const gone = new Set(this.#groups.keys())
    for (const { name, pid } of this.#processes()) {
      gone.delete(name)
      if (this.#groups.get(name)?.pid === pid) continue
      const usage = this.#usageOf(() => pid)
      const group = this.#metrics.add(PROCESS, [name], {
        'resident-memory-bytes': () => usage()?.residentBytes ?? null,
        'cpu-seconds-total': () => usage()?.cpuSeconds ?? null,
        'open-fds': () => usage()?.openFiles ?? null,
        threads: () => usage()?.threads ?? null,
      })
      this.#groups.set(name, { group, pid })
    }
    for (const name of gone) {
      this.#metrics.remove(this.#groups.get(name)!.group)
      this.#groups.delete(name)
    }
  }

  /** One look at the process serves all gauges that are read in the same moment. */
  #usageOf(pid: () => number): () => ProcessUsage | null {
    let usage: ProcessUsage | null = null
    let at = Number.NEGATIVE_INFINITY
    return () => {
      const now = performance.now()
      if (now - at > 100) {
        usage = processUsage(pid())
        at = now
      }
      return usage
    }
  }
}
