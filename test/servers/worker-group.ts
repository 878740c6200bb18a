import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Glob } from 'bun'
import { decodeAssignment, decodeMetadata, type Metadata } from '../../src/group/protocol.ts'
import { BrokerConnection } from '../../src/kafka/wire/connection.ts'
import { type Entry, groupKeys, readEntries, type Store, storeTopic } from './cluster.ts'
import { describeGroup } from './described-group.ts'
import {
  type GroupView,
  type Holdings,
  itemsOf,
  type MemberView,
  mustBeSettled,
  STRANGER,
} from './group-view.ts'
import { serversFolder } from './kafka.ts'
import { freePort } from './ports.ts'
import { until } from './run.ts'
import { configuredItems, type Status, statusesOf, takenOverUntold } from './told-states.ts'
import type { TopicProbe } from './topics.ts'
import { type ConnectWorker, type Side, startWorker } from './worker.ts'

export interface WorkerAnswer {
  status: number
  headers: Headers
  /** Parsed JSON; null where there is none. */
  body: unknown
}

interface Place {
  worker: ConnectWorker
  isSuspended: boolean
}

/**
 * Several workers of one Connect group, of either side, each under a name that it keeps: a worker that is started
 * again has the port and thus the worker id of before.
 */
export class WorkerGroup {
  readonly folder: string
  readonly #running = new Map<string, Place>()
  readonly #ports = new Map<string, number>()
  #connection: Promise<BrokerConnection> | null = null
  #starts = 0

  constructor(
    readonly bootstrap: string,
    readonly name: string,
    readonly probe: TopicProbe,
    /** Keys of every worker beyond those that a group needs. */
    readonly settings: Readonly<Record<string, string>> = {},
  ) {
    this.folder = join(serversFolder(), `group-${name}`)
    mkdirSync(this.folder, { recursive: true })
  }

  /** Starts a worker and waits until it has read its topics and answers. */
  async start(
    name: string,
    side: Side,
    more: Record<string, string> = {},
    env: Record<string, string> = {},
  ): Promise<ConnectWorker> {
    if (this.#running.has(name)) throw new Error(`${name} runs already`)
    const port = this.#ports.get(name) ?? (await freePort())
    this.#ports.set(name, port)
    const worker = await startWorker(side, {
      bootstrap: this.bootstrap,
      mode: 'distributed',
      port,
      // In the folder of servers itself, where the runner of tests looks for workers that were left behind.
      dir: join(serversFolder(), `group-${this.name}-${name}-${this.#starts++}`),
      worker: { ...this.#keys(), ...this.settings, ...more },
      env,
    })
    this.#running.set(name, { worker, isSuspended: false })
    await until(
      `${name} to be ready`,
      async () => (await worker.fetch('/health')).status === 200,
      90_000,
    ).catch(async error => {
      throw new Error(`${error.message}\n${(await worker.log()).slice(-4000)}`, { cause: error })
    })
    return worker
  }

  worker(name: string): ConnectWorker {
    return this.#place(name).worker
  }

  /** Names of those that run and are not suspended. */
  get awake(): string[] {
    return [...this.#running].filter(([, { isSuspended }]) => !isSuspended).map(([name]) => name)
  }

  /** What statuses call it. */
  idOf(name: string): string {
    return `127.0.0.1:${this.#ports.get(name)}`
  }

  /** The name of whoever has this worker id or URL. */
  nameOf(idOrUrl: string): string {
    const port = Number(/(\d+)\/?$/.exec(idOrUrl)?.[1])
    for (const [name, known] of this.#ports) if (known === port) return name
    return STRANGER
  }

  /** SIGTERM; resolves with the exit code. */
  async stop(name: string): Promise<number> {
    const code = await this.worker(name).stop()
    this.#running.delete(name)
    return code
  }

  async kill(name: string): Promise<void> {
    await this.worker(name).kill()
    this.#running.delete(name)
  }

  /** SIGSTOP: to others it looks dead, but its connections stay. */
  suspend(name: string): void {
    const place = this.#place(name)
    process.kill(place.worker.pid, 'SIGSTOP')
    place.isSuspended = true
  }

  resume(name: string): void {
    const place = this.#place(name)
    process.kill(place.worker.pid, 'SIGCONT')
    place.isSuspended = false
  }

  /** Ends what runs and leaves the topics to the broker. */
  async close(): Promise<void> {
    await Promise.all([...this.#running.keys()].map(name => this.kill(name)))
    const connection = await this.#connection?.catch(() => null)
    connection?.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /**
   * What this worker answers. A JVM worker is asked again while it answers 409, as it does in a rebalance; ours may
   * answer that only where the caller expects it.
   */
  async ask(name: string, method: string, path: string, body?: unknown): Promise<WorkerAnswer> {
    const { side, fetch } = this.worker(name)
    return until(`${name} to answer ${method} ${path}`, async () => {
      const answer = await fetch(path, {
        method,
        redirect: 'manual',
        ...(body !== undefined && {
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        }),
      })
      const text = await answer.text()
      const parsed = text === '' ? null : JSON.parse(text)
      const mayBeAskedAgain = answer.status === 409 && !/already exists/.test(text)
      if (side === 'jvm' && mayBeAskedAgain) throw new Error(text)
      return { status: answer.status, headers: answer.headers, body: parsed }
    })
  }

  /** The body of an answer that is a success; fails on any other. */
  async body(name: string, method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await this.ask(name, method, path, body)
    if (answer.status < 300) return answer.body
    throw new Error(
      `${name} answered ${method} ${path} with ${answer.status}: ${JSON.stringify(answer.body)}`,
    )
  }

  topic(store: Store): string {
    return storeTopic(this.name, store)
  }

  /** Every record in the order of all: each topic has one partition. */
  entries(store: Store): Promise<Entry[]> {
    return readEntries(this.probe, this.topic(store), 1)
  }

  /** What the config topic has, connectors as `c`, tasks as `c-0`. */
  async configured(): Promise<string[]> {
    return configuredItems(await this.entries('configs'))
  }

  /** The newest status of each connector and task, with the worker's name. */
  async statuses(): Promise<Map<string, Status>> {
    const statuses = statusesOf(await this.entries('statuses'))
    return new Map(
      [...statuses].map(([item, { state, worker }]) => [item, { state, worker: this.nameOf(worker) }]),
    )
  }

  /** The group as its coordinator sees it; who is in a round under way has neither metadata nor a name. */
  async view(): Promise<GroupView> {
    const { state, protocolName, members } = await this.#describe()
    return {
      state,
      protocol: protocolName,
      members: members.map(({ memberId, metadata, assignment }): MemberView => {
        if (assignment.length === 0)
          return { memberId, worker: '', leader: '', held: [], revoked: [], delayMs: 0, isUnfinished: true }
        const { url, allocation } = readMetadata(metadata)
        const given = decodeAssignment(assignment)
        const revoked = new Set(itemsOf(given.revoked))
        const kept = allocation === null ? [] : itemsOf(allocation.assigned)
        const isEager = protocolName === 'default'
        return {
          memberId,
          worker: this.nameOf(url),
          leader: this.nameOf(given.leaderUrl),
          held: [
            ...new Set([
              ...(isEager ? [] : kept.filter(item => !revoked.has(item))),
              ...itemsOf(given.assigned),
            ]),
          ].sort(),
          delayMs: given.delayMs,
          revoked: [...revoked],
          isUnfinished: given.error !== 0,
        }
      }),
    }
  }

  /**
   * Waits until the group of all awake workers has nothing more to do: everything configured is held once, balanced
   * within one, and its holder has told a state of it. Who holds what. `strangers`: members that are no workers, and
   * may hold nothing; `untold`: workers that may have told nothing of what they hold.
   */
  async settled(
    deadline = 90_000,
    { strangers = 0, untold = [] }: { strangers?: number; untold?: readonly string[] } = {},
  ): Promise<Holdings> {
    try {
      return await until(
        `the group ${this.name} to be settled`,
        async () =>
          mustBeSettled(
            await this.view(),
            [...this.awake, ...Array(strangers).fill(STRANGER)],
            await this.configured(),
            await this.statuses(),
            untold,
          ),
        deadline,
        100,
      )
    } catch (error) {
      throw new Error(
        `${(error as Error).message}: ${((error as Error).cause as Error | undefined)?.message}`,
        { cause: error },
      )
    }
  }

  /**
   * What ran here and then there without anybody having told of its end, but for tasks that a worker gave up: a JVM
   * worker that stops a sink in the moment of its first JoinGroup leaves a member id behind that its consumer group
   * waits for, for 45 s, in which no task of that sink ends in time on any worker.
   */
  async takenOverUntold(): Promise<string[]> {
    const found = takenOverUntold(await this.entries('statuses'), id => this.nameOf(id))
    const givenUp = await this.#givenUp()
    return found.filter(text => !givenUp.has(text.split(':')[0]!))
  }

  /** Tasks that some worker gave up for not having ended in time, after which it may tell nothing of them. */
  async #givenUp(): Promise<Set<string>> {
    const logs = new Glob(`group-${this.name}-*/worker.log`).scan(serversFolder())
    const given = new Set<string>()
    for await (const log of logs)
      for (const [, task] of (await Bun.file(join(serversFolder(), log)).text()).matchAll(
        /Graceful stop of task (\S+) failed/g,
      ))
        given.add(task!)
    return given
  }

  /** Who leads; null while nobody does. */
  async leader(): Promise<string | null> {
    const { state, members } = await this.view()
    return state === 'Stable' ? (members[0]?.leader ?? null) : null
  }

  /** Over a new connection when the broker has been away. */
  async #describe() {
    try {
      return await (await this.connection()).request(describeGroup, { group: this.name }, 10_000)
    } catch (error) {
      this.#connection = null
      throw error
    }
  }

  /** A connection of somebody who is no worker. */
  connection(): Promise<BrokerConnection> {
    this.#connection ??= this.stranger()
    return this.#connection
  }

  stranger(): Promise<BrokerConnection> {
    const [host = '', port] = this.bootstrap.split(':')
    const traffic = { opened: 0, closed: 0, requests: 0, responses: 0, bytesOut: 0, bytesIn: 0 }
    return BrokerConnection.open(
      { host, port: Number(port) },
      { clientId: 'group-probe', connectTimeoutMs: 10_000, tls: undefined, sasl: undefined },
      traffic,
    )
  }

  #place(name: string): Place {
    const place = this.#running.get(name)
    if (place === undefined) throw new Error(`${name} does not run`)
    return place
  }

  #keys(): Record<string, string> {
    return {
      ...groupKeys(this.name),
      'offset.storage.partitions': '1',
      'status.storage.partitions': '1',
      'offset.flush.interval.ms': '500',
      'heartbeat.interval.ms': '500',
      'session.timeout.ms': '6000',
      'scheduled.rebalance.max.delay.ms': '0',
    }
  }
}

/** What is no worker of these may say anything of itself. */
function readMetadata(bytes: Uint8Array): Pick<Metadata, 'url' | 'allocation'> {
  try {
    return decodeMetadata(bytes)
  } catch {
    return { url: '', allocation: null }
  }
}
