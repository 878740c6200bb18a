import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningWorker, startWorker } from '../../../src/cli/worker.ts'
import { parseWorkerConfig } from '../../../src/config/worker-config.ts'
import type { ConnectorStatus } from '../../../src/herder/herder.ts'
import { redirect } from '../../../src/observe/log.ts'
import type { Plugin } from '../../../src/sdk/plugin.ts'
import { groupKeys } from '../../servers/cluster.ts'
import { TopicProbe } from '../../servers/topics.ts'
import { pluginsWith, until } from '../standalone/support.ts'

export { pluginsWith, until }

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the worker answers
  body: any
}

/** What a worker's REST answers to a request with this body, if there is one, as JSON. */
export async function ask(url: string, method: string, body?: unknown): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    ...(body !== undefined && {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
}

let clusters = 0

/** A Connect cluster with names of its own on a broker, whose worker comes and goes in this process; asked over REST. */
export class Cluster {
  readonly folder = mkdtempSync(join(tmpdir(), 'bunnect-distributed-'))
  readonly group: string
  readonly probe: TopicProbe
  readonly logged: string[] = []
  worker: RunningWorker | null = null
  /** Where REST is served. */
  url = ''
  readonly #restore = redirect(line => this.logged.push(line))

  constructor(readonly bootstrap: string) {
    this.group = `d${process.pid}-${clusters++}`
    this.probe = new TopicProbe(bootstrap)
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  properties(more: Record<string, string> = {}): Record<string, string> {
    return {
      'bootstrap.servers': this.bootstrap,
      listeners: 'http://127.0.0.1:0',
      ...groupKeys(this.group),
      ...more,
    }
  }

  async start(more: Record<string, string> = {}, own: readonly Plugin[] = []): Promise<RunningWorker> {
    const config = parseWorkerConfig('distributed', this.properties(more))
    this.worker = await startWorker(config, pluginsWith(own))
    this.url = this.worker.urls[0]!
    return this.worker
  }

  ask(method: string, path: string, body?: unknown): Promise<Answer> {
    return ask(`${this.url}${path}`, method, body)
  }

  /** Every status of a connector or task that was ever written, by its state. */
  async history(of: string): Promise<string[]> {
    const records = await this.records('statuses', 5)
    return records.flatMap(({ key, value }) =>
      key === `status-${of}` ? [value === null ? 'null' : JSON.parse(value).state] : [],
    )
  }

  create(name: string, config: Record<string, string>, initial_state?: string): Promise<Answer> {
    return this.ask('POST', '/connectors', { name, config, ...(initial_state && { initial_state }) })
  }

  async status(name: string): Promise<ConnectorStatus | null> {
    const { status, body } = await this.ask('GET', `/connectors/${name}/status`)
    return status === 200 ? body : null
  }

  /** Waits until the connector and so many tasks, all of them, are in this state. */
  async awaitState(name: string, state: string, tasks: number): Promise<ConnectorStatus> {
    let seen = null as ConnectorStatus | null
    const found = await until(`${name} to be ${state} with ${tasks} tasks`, async () => {
      seen = await this.status(name)
      const right = seen?.connector.state === state && seen.tasks.length === tasks
      return right && seen?.tasks.every(task => task.state === state) ? seen : null
    }).catch(error => {
      throw new Error(`${error.message}; last: ${JSON.stringify(seen)}`)
    })
    return found as ConnectorStatus
  }

  /** Every record of an internal topic with its key, as text; partitions one after the other. */
  async records(
    store: 'configs' | 'offsets' | 'statuses',
    partitions = 1,
  ): Promise<{ key: string; value: string | null }[]> {
    const all = []
    for (let partition = 0; partition < partitions; partition++)
      all.push(...(await this.probe.readAll(`${this.group}-${store}`, partition)))
    return all.map(({ key, value }) => ({ key: String(key), value: value && String(value) }))
  }

  /** Writes records of keys and values to an internal topic, which has to be there, as somebody else. */
  write(
    store: 'configs' | 'statuses',
    records: readonly (readonly [key: string, value: string | null])[],
  ): Promise<void> {
    return this.probe.produceRecords(
      records.map(([key, value]) => ({
        topic: `${this.group}-${store}`,
        partition: 0,
        timestamp: Date.now(),
        key: Buffer.from(key),
        value: value === null ? null : Buffer.from(value),
        headers: [],
      })),
    )
  }

  async stop(): Promise<void> {
    const { worker } = this
    this.worker = null
    await worker?.stop()
  }

  async close(): Promise<void> {
    await this.stop()
    await this.probe.close()
    this.#restore()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
