import type { ConnectorStatus } from '../../src/herder/herder.ts'
import type { WorkerGroup } from '../servers/worker-group.ts'

/** A number in [0, 1). */
export type Random = () => number

interface Answer {
  status: number
  text: string
  /** Of the request, on whose behalf it was asked. */
  of: string
}

export interface ClientOptions {
  group: WorkerGroup
  random: Random
  /** Workers that have been told to end, or are about to be killed: their connections may break. */
  dying: ReadonlySet<string>
  /** The broker is away, or has been a moment ago: changes may fail with a reason. */
  isBrokerAway: () => boolean
  /** Connectors that are there all the time. */
  core: readonly string[]
  /** Makes one of its own. */
  config: (name: string) => Record<string, string>
  /** A JVM worker, which answers 409 and 500 in a rebalance, and with what it has read by now: it is asked, no more. */
  lenient: (worker: string) => boolean
}

/** How long people wait for an answer. */
const PATIENCE_MS = 60_000

/**
 * A client that keeps creating, pausing, resuming, restarting, deleting and reading through workers of a group, each
 * time another one, and remembers what it was told. Whatever is not as it was told before is a complaint.
 */
export class GroupClient {
  readonly complaints: string[] = []
  readonly counts = { answered: 0, broken: 0, refusedByBroker: 0 }
  readonly #options: ClientOptions
  readonly #own = new Map<string, 'RUNNING' | 'PAUSED'>()
  readonly #paused = new Set<string>()
  #made = 0

  constructor(options: ClientOptions) {
    this.#options = options
  }

  /** Names of its connectors that are there. */
  get own(): string[] {
    return [...this.#own.keys()]
  }

  /** One thing after the other until the signal; whatever it has paused runs again afterwards. */
  async keepBusy(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#doSomething()
      await Bun.sleep(20 + this.#options.random() * 80)
    }
    for (const name of this.#paused) await this.#change(name, 'PUT', 'resume', 202)
    this.#paused.clear()
  }

  async #doSomething(): Promise<void> {
    const { core } = this.#options
    const anyName = this.#pick([...core, ...this.own])
    const own = this.own.length > 0 ? this.#pick(this.own) : null
    const what = this.#pick([
      'create',
      'pause',
      'resume',
      'restart',
      'delete',
      'read',
      'read',
      'read',
      'list',
    ])
    if (what === 'create' && this.own.length < 6) return this.#create()
    if (what === 'delete' && own !== null) return this.#delete(own)
    if (what === 'pause') {
      if (await this.#change(anyName, 'PUT', 'pause', 202)) this.#paused.add(anyName)
      return
    }
    if (what === 'resume') {
      if (await this.#change(anyName, 'PUT', 'resume', 202)) this.#paused.delete(anyName)
      return
    }
    if (what === 'restart')
      return void (await this.#change(anyName, 'POST', 'restart?includeTasks=true', 202))
    if (what === 'list') return this.#list()
    await this.#read(anyName)
  }

  async #create(): Promise<void> {
    const name = `client-${this.#made++}x`
    const config = this.#options.config(name)
    const answer = await this.#ask('POST', '/connectors', { name, config })
    if (answer.status !== 201) {
      this.#judge(answer, 201)
      // Nobody can tell whether it was made: who asked has to look.
      const seen = await this.#ask('GET', `/connectors/${name}`)
      if (seen.status === 404) return
      this.#judge(seen, 200)
    }
    this.#own.set(name, 'RUNNING')
    // At once, and of another worker.
    await this.#read(name)
  }

  async #delete(name: string): Promise<void> {
    const answer = await this.#ask('DELETE', `/connectors/${name}`)
    if (answer.status !== 204) {
      // Sent again after a connection that broke: the first may have done it.
      if (answer.status !== 404 || !answer.of.includes('again')) this.#judge(answer, 204)
      const seen = await this.#ask('GET', `/connectors/${name}`)
      if (seen.status === 200) return
    }
    this.#own.delete(name)
    this.#paused.delete(name)
    this.#judge(await this.#ask('GET', `/connectors/${name}`), 404)
  }

  async #change(name: string, method: 'PUT' | 'POST', verb: string, wanted: number): Promise<boolean> {
    const answer = await this.#ask(method, `/connectors/${name}/${verb}`)
    return this.#judge(answer, wanted)
  }

  async #read(name: string): Promise<void> {
    const config = this.#judge(await this.#ask('GET', `/connectors/${name}/config`), 200)
    const status = await this.#ask('GET', `/connectors/${name}/status`)
    if (!config || !this.#judge(status, 200)) return
    const { connector } = JSON.parse(status.text) as ConnectorStatus
    if (connector.state === 'FAILED') this.complaints.push(`${name} has failed: ${status.text}`)
  }

  async #list(): Promise<void> {
    const answer = await this.#ask('GET', '/connectors')
    if (!this.#judge(answer, 200)) return
    const expected = [...this.#options.core, ...this.own].sort()
    const listed = (JSON.parse(answer.text) as string[]).sort()
    if (String(listed) !== String(expected))
      this.complaints.push(`GET /connectors${answer.of} answered ${listed} instead of ${expected}`)
  }

  #judge(answer: Answer, wanted: number): boolean {
    if (answer.status === wanted) return true
    // Without its broker a worker cannot keep anything; it has to say so.
    if (answer.of.includes('without broker') && answer.status >= 409 && answer.text.includes('message')) {
      this.counts.refusedByBroker++
      return false
    }
    this.complaints.push(`${answer.of} answered ${answer.status} instead of ${wanted}: ${answer.text}`)
    return false
  }

  /** Of any worker; asked of another one when the connection to one that is dying is refused or breaks. */
  async #ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const { group, dying, isBrokerAway, lenient } = this.#options
    let again = ''
    for (;;) {
      const name = this.#pick(group.awake)
      const wasAway = isBrokerAway()
      // It takes part in no round and is waited for: one that hangs in its stop does so for 30 s.
      const isJvmStopping = () => [...dying].some(lenient)
      const wasJvmStopping = isJvmStopping()
      const began = performance.now()
      const answer = await this.#send(name, method, path, body)
      const broken = answer instanceof Error
      const away = wasAway || isBrokerAway() ? ', without broker' : ''
      const of = `${method} ${path}${again} of ${name} (${Math.round(performance.now() - began)} ms${away})`
      const isTriedAgain = broken
        ? dying.has(name)
        : answer.status >= 404 &&
          (lenient(name) || dying.has(name) || (answer.status === 409 && (wasJvmStopping || isJvmStopping())))
      if (!isTriedAgain) {
        if (broken) return { status: 0, text: String(answer), of }
        this.counts.answered++
        return { ...answer, of }
      }
      this.counts.broken++
      again = ' again'
      if (method === 'POST' && path === '/connectors') {
        const seen: Answer = await this.#ask('GET', `/connectors/${(body as { name: string }).name}`)
        if (seen.status === 200) return { ...seen, status: 201 }
      }
    }
  }

  async #send(worker: string, method: string, path: string, body: unknown) {
    try {
      const answer = await this.#options.group.worker(worker).fetch(path, {
        method,
        signal: AbortSignal.timeout(PATIENCE_MS),
        ...(body !== undefined && {
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        }),
      })
      return { status: answer.status, text: await answer.text() }
    } catch (error) {
      return error as Error
    }
  }

  #pick<T>(of: readonly T[]): T {
    return of[Math.floor(this.#options.random() * of.length)]!
  }
}
