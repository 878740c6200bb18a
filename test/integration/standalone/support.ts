import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtInPlugins } from '../../../src/cli/builtins.ts'
import { openKafka } from '../../../src/cli/kafka.ts'
import { parseWorkerConfig } from '../../../src/config/worker-config.ts'
import type { ConnectorState, TaskState } from '../../../src/herder/herder.ts'
import { type RunningStandalone, startStandalone } from '../../../src/herder/start-standalone.ts'
import type { Admin, Consumer, KafkaClient } from '../../../src/kafka/port.ts'
import { redirect } from '../../../src/observe/log.ts'
import type { ConfigProviderPlugin, Plugin } from '../../../src/sdk/plugin.ts'
import { type PluginRegistry, pluginRegistry } from '../../../src/worker/plugins.ts'

/** Waits until `check` gives something true. */
export async function until<T>(what: string, check: () => T | Promise<T>, ms = 60_000): Promise<T> {
  const deadline = performance.now() + ms
  for (;;) {
    const value = await check()
    if (value) return value
    if (performance.now() > deadline) throw new Error(`Timed out: ${what}`)
    await Bun.sleep(5)
  }
}

/** The built-in plugins and some of a test's own. */
export function pluginsWith(own: readonly Plugin[]): PluginRegistry {
  const builtIn = builtInPlugins()
  const classes = new Set(builtIn.list(false).map(entry => entry.class))
  return pluginRegistry([...[...classes].map(name => builtIn.find(name)!), ...own])
}

/** A folder in which standalone workers on the embedded log come and go; their log lines are kept. */
export class Place {
  readonly folder = mkdtempSync(join(tmpdir(), 'bunnect-standalone-'))
  readonly logged: string[] = []
  running: RunningStandalone | null = null
  #kafka: KafkaClient | null = null
  #bootstrap = ''
  readonly #restore = redirect(line => this.logged.push(line))

  path(name: string): string {
    return join(this.folder, name)
  }

  /** Starts a worker; `more` are further keys of its configuration. */
  async start(
    more: Record<string, string> = {},
    own: readonly Plugin[] = [],
    requestTimeoutMs?: number,
    parts: {
      kafka?: (real: KafkaClient) => KafkaClient
      closeTimeoutMs?: number
      configProviders?: readonly ConfigProviderPlugin[]
    } = {},
  ): Promise<RunningStandalone> {
    const config = parseWorkerConfig('standalone', {
      'bootstrap.servers': 'embedded',
      'bunnect.data.dir': this.path('data'),
      'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'offset.storage.file.filename': this.path('connect.offsets'),
      ...more,
    })
    const kafka = await openKafka(config.raw, config.values['bunnect.data.dir'])
    this.#kafka = kafka
    this.#bootstrap = config.values['bootstrap.servers'].join(',')
    this.running = await startStandalone({
      config,
      kafka: parts.kafka?.(kafka) ?? kafka,
      plugins: pluginsWith(own),
      workerId: '127.0.0.1:8083',
      configProviders: parts.configProviders,
      ...(requestTimeoutMs && { requestTimeoutMs }),
      ...(parts.closeTimeoutMs && { closeTimeoutMs: parts.closeTimeoutMs }),
    })
    this.running.herder.markReady()
    return this.running
  }

  /** An admin client of the running worker's cluster. */
  admin(): Promise<Admin> {
    return this.#kafka!.admin({ 'bootstrap.servers': this.#bootstrap })
  }

  /** A consumer without a group. */
  consumer(): Promise<Consumer> {
    return this.#kafka!.consumer({ 'bootstrap.servers': this.#bootstrap })
  }

  async stop(): Promise<void> {
    await this.running?.stop()
    this.running = null
  }

  /** Waits until connector and tasks are in these states, such as `RUNNING RUNNING`. */
  state(name: string, ...states: (ConnectorState | TaskState)[]): Promise<unknown> {
    let seen = ''
    return until(`${name} to be ${states.join(' ')}`, async () => {
      const status = await this.running!.herder.connectorStatus(name).catch(() => null)
      seen = status ? [status.connector, ...status.tasks].map(part => part.state).join(' ') : 'none'
      return seen === states.join(' ')
    }).catch(error => {
      throw new Error(`${(error as Error).message}; it is ${seen}\n${this.logged.slice(-20).join('')}`)
    })
  }

  async close(): Promise<void> {
    await this.stop()
    this.#restore()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export const fileSource = (file: string, topic: string) => ({
  'connector.class': 'FileStreamSource',
  'tasks.max': '1',
  file,
  topic,
})
export const fileSink = (file: string, topics: string) => ({
  'connector.class': 'FileStreamSink',
  'tasks.max': '1',
  file,
  topics,
})
