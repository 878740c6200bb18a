import type { Line } from './line.ts'
import type { Mark, MarkReader } from './marks.ts'
import { mainThreadMs, residentBytes } from './process-usage.ts'

/** Invariant 7: more than this in a second is no use of the line that a plugin could have. */
const MOST_MESSAGES = 50_000
const MOST_BYTES = 128 * 1024 * 1024
const SECOND_MS = 1000
/** Where no plugin's call is in sight, a host that is silent may wait for a core or for memory, or be starting. */
const PATIENCE = 6
/** How much of the past counts for how busy a host is. */
const MEMORY_MS = 5000

export interface Verdict {
  how: 'stuck' | 'gone'
  /** After “was killed: ”. */
  reason: string
}

export interface HostWatchOptions {
  pid: number
  marks: MarkReader
  // biome-ignore lint/suspicious/noExplicitAny: only its totals matter here
  line: Pick<Line<any, any, any>, 'messages' | 'bytes'>
  /** bunnect.task.host.timeout.ms */
  timeoutMs: number
  /** bunnect.transform.timeout.ms: the host itself interrupts a transformation then, if it can. */
  transformTimeoutMs: number
  memoryMaxBytes: number
  ping(): void
  /** Whether a call into a plugin is under way, as far as the marks tell. */
  inPlugin(): boolean
  /** The mark is of somebody whom the worker has given up: its calls are no progress. */
  isGivenUp(slot: number): boolean
  onVerdict(verdict: Verdict): void
}

/** Looks after one host: does its event loop turn, what does it take, does it keep to its bounds. */
export class HostWatch {
  /** Share of one core that the host's event loop takes. */
  busy = 0
  readonly #options: HostWatchOptions
  readonly #timer: Timer
  readonly #tickMs: number
  #alive: number
  #tick: number
  #answered = true
  /** It has answered at least once: until then it is being started. */
  #up = false
  #entered = 0
  #second: { at: number; messages: number; bytes: number }
  #cpu: { at: number; ms: number } | null = null

  constructor(options: HostWatchOptions) {
    this.#options = options
    this.#tickMs = Math.min(Math.max(options.timeoutMs / 10, 20), 250)
    this.#alive = this.#tick = performance.now()
    this.#second = { at: this.#tick, messages: 0, bytes: 0 }
    this.#timer = setInterval(() => this.#look(), this.#tickMs)
    this.#timer.unref()
  }

  /** The host has said that it is ready, or answered a ping: its event loop turns. */
  answered(): void {
    this.#answered = this.#up = true
    this.#alive = performance.now()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const now = performance.now()
    // This process itself was kept from looking: what the host has said meanwhile is still to be read.
    if (now - this.#tick > this.#tickMs + SECOND_MS) this.#alive = now
    this.#tick = now
    const verdict = this.#memory() ?? this.#flood(now) ?? this.#silence(now)
    if (verdict) {
      this.#options.onVerdict(verdict)
      return
    }
    this.#measure(now)
    if (!this.#answered) return
    this.#answered = false
    this.#options.ping()
  }

  #silence(now: number): Verdict | null {
    const { marks } = this.#options
    const { entered } = marks
    const slot = marks.current()?.slot
    if (entered !== this.#entered && !(slot !== undefined && this.#options.isGivenUp(slot))) this.#alive = now
    this.#entered = entered
    const silentMs = now - this.#alive
    if (silentMs <= this.#options.timeoutMs) return null
    const limit = this.#limit(marks.current())
    if (silentMs <= limit) return null
    return { how: 'stuck', reason: `its event loop has not turned for ${Math.floor(silentMs)} ms` }
  }

  #limit(current: Mark | null): number {
    const { timeoutMs, transformTimeoutMs } = this.#options
    if (current?.call === 'transform' || current?.call === 'predicate')
      return Math.max(timeoutMs, transformTimeoutMs + SECOND_MS)
    return this.#up && this.#options.inPlugin() ? timeoutMs : PATIENCE * timeoutMs
  }

  #memory(): Verdict | null {
    const { pid, memoryMaxBytes } = this.#options
    const bytes = residentBytes(pid)
    if (bytes === null || bytes <= memoryMaxBytes) return null
    return {
      how: 'gone',
      reason: `it took ${bytes} bytes of memory, more than bunnect.task.host.memory.max.bytes=${memoryMaxBytes} allows`,
    }
  }

  #flood(now: number): Verdict | null {
    const { messages, bytes } = this.#options.line
    const since = this.#second
    if (messages - since.messages > MOST_MESSAGES || bytes - since.bytes > MOST_BYTES)
      return {
        how: 'gone',
        reason: `it sent ${messages - since.messages} messages of ${bytes - since.bytes} bytes within a second`,
      }
    if (now - since.at >= SECOND_MS) this.#second = { at: now, messages, bytes }
    return null
  }

  #measure(now: number): void {
    const ms = mainThreadMs(this.#options.pid)
    if (ms === null) return
    const before = this.#cpu
    this.#cpu = { at: now, ms }
    if (before === null || now <= before.at) return
    const share = (ms - before.ms) / (now - before.at)
    const weight = Math.min((now - before.at) / MEMORY_MS, 1)
    this.busy += (Math.min(Math.max(share, 0), 1) - this.busy) * weight
  }
}
