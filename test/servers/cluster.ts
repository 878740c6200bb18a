import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './run.ts'
import type { TopicProbe } from './topics.ts'
import { type ConnectWorker, type Side, startWorker } from './worker.ts'

/** One record of an internal topic, as text. */
export interface Entry {
  partition: number
  key: string | null
  value: string | null
  headers: number
}

export type Store = 'configs' | 'offsets' | 'statuses'

const partitions: Record<Store, number> = { configs: 1, offsets: 25, statuses: 5 }

/** Every group has topics of its own. */
export function storeTopic(group: string, store: Store): string {
  return `${group}-${store}`
}

/** What a worker of this group needs on a broker that is alone, with data as text. */
export function groupKeys(group: string): Record<string, string> {
  return {
    'group.id': group,
    'config.storage.topic': storeTopic(group, 'configs'),
    'offset.storage.topic': storeTopic(group, 'offsets'),
    'status.storage.topic': storeTopic(group, 'statuses'),
    'config.storage.replication.factor': '1',
    'offset.storage.replication.factor': '1',
    'status.storage.replication.factor': '1',
    'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
  }
}

/** A Connect cluster with internal topics of its own, whose one worker is now of this side and now of that. */
export class Cluster {
  readonly folder = mkdtempSync(join(tmpdir(), 'bunnect-cluster-'))
  #worker: ConnectWorker | null = null
  #starts = 0

  constructor(
    readonly bootstrap: string,
    readonly group: string,
    readonly probe: TopicProbe,
  ) {}

  get worker(): ConnectWorker {
    if (this.#worker === null) throw new Error(`no worker of ${this.group} runs`)
    return this.#worker
  }

  topic(store: Store): string {
    return storeTopic(this.group, store)
  }

  /** Starts a worker and waits until it has read its topics and is in the group. */
  async start(
    side: Side,
    more: Record<string, string> = {},
    env: Record<string, string> = {},
  ): Promise<ConnectWorker> {
    this.#worker = await startWorker(side, {
      bootstrap: this.bootstrap,
      mode: 'distributed',
      dir: join(this.folder, `${side}-${this.#starts++}`),
      env,
      worker: {
        ...groupKeys(this.group),
        'offset.flush.interval.ms': '500',
        'scheduled.rebalance.max.delay.ms': '0',
        ...more,
      },
    })
    await until(`${side} to be ready`, async () => (await this.worker.fetch('/health')).status === 200)
    return this.#worker
  }

  /** Resolves with the exit code, null where no worker ran. */
  async stop(): Promise<number | null> {
    const code = (await this.#worker?.stop()) ?? null
    this.#worker = null
    return code
  }

  /** Ends what runs and leaves the topics to the broker. */
  async close(): Promise<void> {
    await this.#worker?.kill()
    this.#worker = null
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** The body of the answer; fails on any status of 400 and more. 409 is asked again: the worker joins its group. */
  async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    return until(`an answer to ${method} ${path}`, async () => {
      const answer = await this.worker.fetch(path, {
        method,
        ...(body !== undefined && {
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        }),
      })
      const text = await answer.text()
      if (answer.status === 409) return null
      if (!answer.ok) return { failed: `${method} ${path} answered ${answer.status}: ${text}` }
      return { body: text === '' ? null : JSON.parse(text) }
    }).then(answer => {
      if ('failed' in answer) throw new Error(answer.failed)
      return answer.body
    })
  }

  /** Every record, those of one partition in their order. */
  entries(store: Store): Promise<Entry[]> {
    return readEntries(this.probe, this.topic(store), partitions[store])
  }

  /** The states that the status topic tells of each connector (`c`) and task (`c-0`) now; null for a tombstone. */
  async states(): Promise<Record<string, string | null>> {
    const states: Record<string, string | null> = {}
    for (const { key, value } of await this.entries('statuses')) {
      const name = /^status-(?:connector|task)-(.*)$/s.exec(key ?? '')?.[1]
      if (name !== undefined) states[name] = stateOf(value)
    }
    return states
  }

  /** Does it, and waits until each of these (`c` or `c-0`) has a status that is newer and says this state. */
  async until(does: () => unknown, wanted: Record<string, string | null>): Promise<void> {
    const before = await this.#newest()
    await does()
    await until(`${this.group}: ${JSON.stringify(wanted)}`, async () => {
      const now = await this.#newest()
      return Object.entries(wanted).every(([name, state]) => {
        const [count = 0, last] = now.get(name) ?? []
        return count > (before.get(name)?.[0] ?? 0) && last === state
      })
    })
  }

  async #newest(): Promise<Map<string, [count: number, state: string | null]>> {
    const newest = new Map<string, [number, string | null]>()
    for (const { key, value } of await this.entries('statuses')) {
      const name = /^status-(?:connector|task)-(.*)$/s.exec(key ?? '')?.[1]
      if (name === undefined) continue
      newest.set(name, [(newest.get(name)?.[0] ?? 0) + 1, stateOf(value)])
    }
    return newest
  }
}

/** Every record of an internal topic, those of one partition in their order. */
export async function readEntries(probe: TopicProbe, topic: string, parts: number): Promise<Entry[]> {
  const read = await Promise.all(Array.from({ length: parts }, (_, part) => probe.readAll(topic, part)))
  return read.flat().map(({ partition, key, value, headers }) => ({
    partition,
    key: key === null ? null : String(key),
    value: value === null ? null : String(value),
    headers: headers.length,
  }))
}

/** null for a tombstone, and for what is no status. */
function stateOf(value: string | null): string | null {
  try {
    return value === null ? null : (JSON.parse(value).state ?? null)
  } catch {
    return null
  }
}

/** The results of both sides; a failure of one is thrown when the other has ended its worker too. */
export async function bothSides<T>(jvm: Promise<T>, ours: Promise<T>): Promise<[jvm: T, ours: T]> {
  await Promise.allSettled([jvm, ours])
  return await Promise.all([jvm, ours])
}
