import { logger } from '../../observe/log.ts'
import { followLevels, namedLogger, ownLevels } from '../../observe/log-levels.ts'
import { within } from '../../waiting/deadline.ts'
import { HostException } from '../failure.ts'
import { HostWatch, type Verdict } from './host-watch.ts'
import { Line, LineAbused } from './line.ts'
import type { MarkReader } from './marks.ts'
import type { Call, HostCalls, HostSetup, HostTold, WorkerCalls, WorkerTold } from './protocol.ts'
import type { HostSettings } from './settings.ts'
import { type HostChild, spawnHost } from './spawn-host.ts'

const log = logger('bunnect.worker.hosts.HostConnection')
/** How long the end of a process that was killed is waited for. */
const REAP_MS = 5000

export interface ConnectionEnd {
  how: Verdict['how']
  /** What has happened, for people. */
  reason: string
  /** It was asked to end, and did. */
  orderly: boolean
}

export interface HostConnectionOptions {
  setup: HostSetup
  settings: HostSettings
  answer(call: Call<WorkerCalls>): Promise<unknown>
  told(message: WorkerTold): void
  /** Whether a call into a plugin is under way, as far as anybody knows. */
  inPlugin(): boolean
  /** The slot's owner was given up: its calls are no progress. */
  isGivenUp(slot: number): boolean
  /** Called once, before whoever waits for an answer hears of it. */
  ended(end: ConnectionEnd): void
}

/** A child process, the line to it, and the watch over it, from its start to its end. */
export class HostConnection {
  readonly #options: HostConnectionOptions
  readonly #child: HostChild
  readonly #line: Line<HostCalls, WorkerCalls, WorkerTold>
  readonly #watch: HostWatch
  readonly #unfollow: () => void
  /** Why it is being killed. */
  #verdict: Verdict | null = null
  #reaper: Timer | null = null
  #closing = false
  #over = false

  constructor(options: HostConnectionOptions) {
    this.#options = options
    const { settings, setup } = options
    this.#child = spawnHost(setup.name, settings.command, bytes => this.#receive(bytes))
    const { marks, pid } = this.#child
    this.#line = new Line({
      send: bytes => this.#child.send(bytes),
      answer: call => options.answer(call),
      told: message => {
        if (message.type === 'loggers') return message.names.forEach(name => void namedLogger(name))
        if (message.type === 'pong' || message.type === 'ready') this.#watch.answered()
        if (message.type !== 'pong') options.told(message)
      },
    })
    this.#watch = new HostWatch({
      pid,
      marks,
      line: this.#line,
      timeoutMs: settings.hostTimeoutMs,
      transformTimeoutMs: settings.transformTimeoutMs,
      memoryMaxBytes: settings.memoryMaxBytes,
      ping: () => this.post({ type: 'ping' }),
      inPlugin: () => marks.current() !== null || options.inPlugin(),
      isGivenUp: slot => options.isGivenUp(slot),
      onVerdict: verdict => this.kill(verdict),
    })
    this.post({ type: 'setup', setup })
    this.#unfollow = followLevels(() => this.post({ type: 'levels', levels: ownLevels() }))
    void this.#child.exited.then(how => this.#ended(how))
  }

  get pid(): number {
    return this.#child.pid
  }

  get marks(): MarkReader {
    return this.#child.marks
  }

  /** Share of one core that the host's event loop takes. */
  get busy(): number {
    return this.#watch.busy
  }

  /** False once it ends, or is about to. */
  get alive(): boolean {
    return !this.#over && this.#verdict === null && !this.#closing
  }

  get over(): boolean {
    return this.#over
  }

  post(message: HostTold): void {
    this.#line.post(message)
  }

  /** Rejects with what the host threw, with `late()` at the deadline, or with the reason of the host's end. */
  call<Name extends keyof HostCalls>(
    name: Name,
    args: HostCalls[Name]['args'],
    timeoutMs: number,
    late: () => Error,
  ): Promise<HostCalls[Name]['answer']> {
    return this.#line.call(name, args, timeoutMs, late)
  }

  /** Ends the process in order, or by force if that takes longer than `graceMs`. */
  async close(graceMs: number): Promise<void> {
    if (this.#over) return
    this.#closing = true
    this.post({ type: 'end' })
    await within(this.#child.exited, graceMs, () => {
      log.warn(`${this} does not end by itself and is killed`)
      this.#child.kill()
      return ''
    })
  }

  /** Ends the process at once. */
  kill(verdict: Verdict): void {
    if (this.#over || this.#verdict) return
    this.#verdict = verdict
    this.#watch.stop()
    this.#child.kill()
    // A process in the kernel's hands may outlive the signal; whoever waits for it must not.
    this.#reaper = setTimeout(() => this.#ended('no sign of its end'), REAP_MS)
    this.#reaper.unref()
  }

  toString(): string {
    return `Task host ${this.#options.setup.name} (pid ${this.pid})`
  }

  #receive(bytes: unknown): void {
    // What a host says after its time does not count (invariant 2).
    if (this.#over || this.#verdict) return
    try {
      this.#line.receive(bytes)
    } catch (error) {
      if (!(error instanceof LineAbused)) throw error
      this.kill({ how: 'gone', reason: `it ${error.message}` })
    }
  }

  #ended(how: string): void {
    if (this.#over) return
    this.#over = true
    if (this.#reaper) clearTimeout(this.#reaper)
    this.#watch.stop()
    this.#unfollow()
    const orderly = this.#closing && this.#verdict === null
    const reason = this.#verdict
      ? `${this} was killed: ${this.#verdict.reason}`
      : `${this} has ended with ${how}`
    if (orderly) log.debug(reason)
    else log.error(reason)
    this.#options.ended({ how: this.#verdict?.how ?? 'gone', reason, orderly })
    this.#line.close(new HostException(reason))
  }
}
