import { ConnectException } from '../../data/errors.ts'
import { logger } from '../../observe/log.ts'
import type { Config } from '../../sdk/plugin.ts'
import { outsidePlugins } from '../outside-use.ts'
import type { StatusListener } from '../status.ts'
import type { WorkerOptions } from '../worker-options.ts'
import { ChildHost } from './child-host.ts'
import type { HostEnd } from './host-end.ts'
import { InProcessHost } from './in-process-host.ts'
import { chooseHost } from './placement.ts'
import type { TaskHost } from './task-host.ts'

const log = logger('bunnect.worker.hosts.Fleet')
/** How often hosts that nobody needs any more are looked for; the second time they are closed. */
const IDLE_MS = 15_000

/** The hosts of a worker: this process, and child processes as they are needed. */
export class Fleet {
  readonly #options: WorkerOptions
  readonly #status: StatusListener
  readonly #onEnd: (end: HostEnd) => void
  readonly #here: InProcessHost
  #children: ChildHost[] = []
  #started = 0
  #idle = new Set<ChildHost>()
  #sweeper: Timer | null = null

  constructor(options: WorkerOptions, status: StatusListener, onEnd: (end: HostEnd) => void) {
    this.#options = options
    this.#status = status
    this.#onEnd = onEnd
    this.#here = new InProcessHost({ ...options, status })
  }

  /** Where a connector's object or one of its tasks is to run; starts a child process if need be. */
  place(name: string, connector: Config): TaskHost {
    const { hosts } = this.#options
    const outside = this.#outsideOf(connector)
    if (!hosts || (outside.length === 0 && (!hosts.builtIns || this.#usesTerminal(connector))))
      return this.#here
    if (hosts.most === 0)
      throw new ConnectException(
        `${outside[0]!.className} is not built in and needs a task host, and bunnect.task.hosts=0 allows none`,
        { hint: "Remove bunnect.task.hosts from the worker's configuration, or set it to 1 or more." },
      )
    const children = this.#children.filter(child => child.alive && !child.retired)
    const chosen = chooseHost(
      children.map(child => child.load),
      { connector: name, outside: outside.length > 0 },
      hosts.most,
    )
    return children[chosen] ?? this.#spawn(hosts)
  }

  /** Hosts that have loaded one of these files take nobody new; returns the connectors that use one. */
  retire(files: ReadonlySet<string>): string[] {
    return [...new Set(this.#children.flatMap(child => child.retire(files)))]
  }

  /** The host that is this process. */
  get here(): InProcessHost {
    return this.#here
  }

  /** The child processes. */
  processes(): { name: string; pid: number }[] {
    return this.#children.map(({ name, pid }) => ({ name, pid }))
  }

  all(): TaskHost[] {
    return [this.#here, ...this.#children]
  }

  async close(): Promise<void> {
    if (this.#sweeper) clearInterval(this.#sweeper)
    await Promise.all(this.all().map(host => host.close()))
  }

  #usesTerminal(connector: Config): boolean {
    const plugin = this.#options.plugins.connector(connector['connector.class'] ?? '')
    return plugin.usesTerminal?.(connector) === true
  }

  #outsideOf(connector: Config) {
    const { hosts, config } = this.#options
    return hosts ? outsidePlugins(connector, config, hosts.find) : []
  }

  #spawn(settings: NonNullable<WorkerOptions['hosts']>): ChildHost {
    const name = `task-host-${++this.#started}`
    const child = new ChildHost({
      name,
      worker: this.#options,
      settings,
      status: this.#status,
      codeOf: connector => {
        const plugins = this.#outsideOf(connector)
        const files = plugins.map(plugin => settings.fileOf(plugin)).filter(file => file !== null)
        return { outside: plugins.length > 0, files: [...new Set(files)] }
      },
      onEnd: end => {
        this.#children = this.#children.filter(other => other !== end.host)
        this.#onEnd(end)
      },
      onLate: ms => this.#options.metrics?.processes.late(name, ms),
    })
    log.info(`Started ${child}`)
    this.#children.push(child)
    this.#sweeper ??= setInterval(() => this.#sweep(), IDLE_MS)
    this.#sweeper.unref()
    return child
  }

  #sweep(): void {
    const empty = this.#children.filter(child => child.load.actors === 0)
    for (const child of empty) {
      if (!this.#idle.has(child)) continue
      log.info(`${child} has nothing to do and ends`)
      this.#children = this.#children.filter(other => other !== child)
      void child.close()
    }
    this.#idle = new Set(empty)
  }
}
