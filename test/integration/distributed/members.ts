import { type RunningWorker, startWorker } from '../../../src/cli/worker.ts'
import { parseWorkerConfig } from '../../../src/config/worker-config.ts'
import type { ConnectorStatus, Herder } from '../../../src/herder/herder.ts'
import { Marks, markedSource } from './marked-source.ts'
import { type Answer, ask, Cluster, pluginsWith, until } from './workers.ts'

/** A busy machine makes every step of a round take a second. */
const LONG_MS = 40_000

/** One worker of a cluster of several. */
export class Member {
  readonly url: string

  /** `listener`: which of its listeners is asked. */
  constructor(
    readonly worker: RunningWorker,
    listener = 0,
  ) {
    this.url = worker.urls[listener]!
  }

  get herder(): Herder {
    return this.worker.herder
  }

  get id(): string {
    return this.worker.workerId
  }

  ask(method: string, path: string, body?: unknown): Promise<Answer> {
    return ask(`${this.url}${path}`, method, body)
  }

  async status(name: string): Promise<ConnectorStatus | null> {
    const { status, body } = await this.ask('GET', `/connectors/${name}/status`)
    return status === 200 ? body : null
  }

  stop(): Promise<void> {
    return this.worker.stop()
  }
}

/** A Connect cluster of several workers in this process, whose sources tell where they run. */
export class Members {
  readonly cluster: Cluster
  readonly marks = new Marks()
  readonly all = new Set<Member>()

  constructor(bootstrap: string) {
    this.cluster = new Cluster(bootstrap)
  }

  async start(more: Record<string, string> = {}, listener = 0): Promise<Member> {
    const config = parseWorkerConfig(
      'distributed',
      this.cluster.properties({
        'session.timeout.ms': '6000',
        'heartbeat.interval.ms': '500',
        'scheduled.rebalance.max.delay.ms': '0',
        'rest.advertised.host.name': '127.0.0.1',
        ...more,
      }),
    )
    const member = new Member(await startWorker(config, pluginsWith([markedSource(this.marks)])), listener)
    this.all.add(member)
    await until(
      'the worker to be ready',
      async () => (await member.ask('GET', '/health')).status === 200,
      LONG_MS,
    )
    return member
  }

  async stop(member: Member): Promise<void> {
    this.all.delete(member)
    await member.stop()
  }

  config(tasks: number, more: Record<string, string> = {}): Record<string, string> {
    return { 'connector.class': 'v.MarkedSource', 'tasks.max': String(tasks), ...more }
  }

  /** Waits until exactly these connectors, with so many tasks each, run once. */
  async running(wanted: Record<string, number>): Promise<void> {
    const all = Object.entries(wanted).flatMap(([name, tasks]) => [
      name,
      ...Array.from({ length: tasks }, (_, task) => `${name}-${task}`),
    ])
    const { running } = this.marks
    await until(
      `${all} to run, as ${[...running.keys()]}`,
      () => {
        return running.size === all.length && all.every(what => running.get(what) === 1)
      },
      LONG_MS,
    ).catch(error => {
      throw new Error(`${error.message}; at the end: ${[...running].map(String).join(' ')}`)
    })
  }

  /** Who runs what by the statuses that this worker shows: worker ids by `name` and `name-task`. */
  async places(at: Member, names: readonly string[]): Promise<Map<string, string>> {
    const places = new Map<string, string>()
    for (const name of names) {
      const status = await at.status(name)
      if (!status) continue
      places.set(name, status.connector.worker_id)
      for (const { id, worker_id } of status.tasks) places.set(`${name}-${id}`, worker_id)
    }
    return places
  }

  async close(): Promise<void> {
    await Promise.all([...this.all].map(member => member.stop()))
    await this.cluster.close()
  }
}

/** Of a worker that stays in its group on a machine that is busy with other things. */
export function patient(more: Record<string, string>): Record<string, string> {
  return { 'session.timeout.ms': '30000', 'worker.sync.timeout.ms': '20000', ...more }
}

/** The one that answers as the leader, and the others. */
export async function roles(...all: Member[]): Promise<{ leader: Member; followers: Member[] }> {
  const wanted = { connectors: [], tasks: [] }
  const leads = await until('somebody to lead', async () => {
    const found = await Promise.all(
      all.map(({ herder }) =>
        herder.takeOver('http://nobody/', wanted).then(
          () => true,
          () => false,
        ),
      ),
    )
    return found.filter(Boolean).length === 1 ? found : null
  })
  const leader = all[leads!.indexOf(true)]!
  return { leader, followers: all.filter(member => member !== leader) }
}
