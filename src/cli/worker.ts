import { hostname } from 'node:os'
import type { Listener } from '../config/worker/listeners.ts'
import type { WorkerConfig } from '../config/worker-config.ts'
import type { ConfigResolver } from '../herder/config-resolver.ts'
import type { Herder } from '../herder/herder.ts'
import { WorkerClient } from '../herder/worker-client.ts'
import type { KafkaClient } from '../kafka/port.ts'
import { logger } from '../observe/log.ts'
import { VERSION } from '../observe/version.ts'
import { type RestServer, serve } from '../rest/server.ts'
import { restSettings } from '../rest/settings.ts'
import type { PluginRegistry } from '../worker/plugins.ts'
import type { Worker } from '../worker/worker.ts'
import { EXIT } from './exit.ts'
import { hostSettings, isEmbedded } from './host-settings.ts'
import { openKafka } from './kafka.ts'
import { tellStarting } from './life-lines.ts'
import { listenerTls } from './listener-tls.ts'
import { offerRegistry } from './own-registry.ts'
import { blaming } from './start-error.ts'
import { startHerder } from './start-herder.ts'
import { workerTls } from './worker-tls.ts'

const log = logger('org.apache.kafka.connect.runtime.rest.RestServer')

export type AnyWorkerConfig = WorkerConfig<'standalone'> | WorkerConfig<'distributed'>

export interface RunningWorker {
  herder: Herder
  /** The connectors of the command line are created. */
  markReady(): void
  worker: Worker
  resolver: ConfigResolver
  kafka: KafkaClient
  /** Where REST is served. */
  urls: string[]
  workerId: string
  /** Rejects with StartError when the worker cannot go on. */
  fatal: Promise<never>
  /** REST first, then connectors and tasks, then what they used. Safe to call twice. */
  stop(): Promise<void>
}

/** How long running requests may hold up the stop. */
const REST_CLOSE_MS = 1000

/**
 * Binds REST, then starts the worker behind it. Whatever fails leaves nothing open and is a StartError.
 * Java: org.apache.kafka.connect.cli.AbstractConnectCli.startConnect
 */
export async function startWorker(config: AnyWorkerConfig, plugins: PluginRegistry): Promise<RunningWorker> {
  const { raw, values, listeners, adminListeners } = config
  const settings = restSettings(values)
  const embedded = isEmbedded(raw)
  if (embedded && values['bunnect.task.hosts'])
    log.warn('bunnect.task.hosts has no effect: the embedded log needs everything in the worker itself')
  const rest = await blaming('listeners', EXIT.start, () =>
    serve(
      listeners,
      adminListeners,
      {
        ...(speaksTls(listeners) && { main: listenerTls(raw, 'listeners.https.') }),
        ...(speaksTls(adminListeners) && { admin: listenerTls(raw, 'admin.listeners.https.') }),
      },
      settings.holdMs,
    ),
  )
  try {
    const advertised = advertisedBy(config, rest)
    const culprit = embedded ? 'bunnect.data.dir' : 'bootstrap.servers'
    const kafka = await blaming(culprit, EXIT.start, () => openKafka(raw, values['bunnect.data.dir']))
    const closeRegistry = config.mode === 'standalone' ? offerRegistry(values['bunnect.data.dir']) : () => {}
    try {
      tellStarting()
      const common = { kafka, plugins, hosts: hostSettings(config, plugins), workerId: advertised.host }
      const others = new WorkerClient({ tls: () => workerTls(raw) })
      const running = await startHerder(config, common, { url: advertised.url, others })
      const { restApps } = await import('../rest/app.ts')
      const { main, admin } = restApps(running.herder, VERSION, settings, running.worker.metrics, others)
      rest.mount(main, admin)
      const stop = async () => {
        await rest.close(Math.min(REST_CLOSE_MS, values['task.shutdown.graceful.timeout.ms']))
        await running.stop()
        closeRegistry()
      }
      let stopped: Promise<void> | null = null
      return {
        ...running,
        kafka,
        urls: rest.bound.map(({ listener, port }) => `${listener.protocol}://${shown(listener)}:${port}`),
        workerId: advertised.host,
        stop: () => (stopped ??= stop()),
      }
    } catch (error) {
      closeRegistry()
      await kafka.close()
      throw error
    }
  } catch (error) {
    await rest.close(0)
    throw error
  }
}

function speaksTls(listeners: readonly Listener[]): boolean {
  return listeners.some(({ protocol }) => protocol === 'https')
}

function shown({ host }: Listener): string {
  if (host === '') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

/** How other workers and people know this one: `host:port`, and its URL. Java: RestServer.advertisedUrl */
function advertisedBy(
  { values, listeners }: AnyWorkerConfig,
  { bound }: RestServer,
): { host: string; url: string } {
  const wanted = values['rest.advertised.listener']?.toLowerCase()
  const protocol = wanted ?? (listeners.some(listener => listener.protocol === 'http') ? 'http' : 'https')
  const of = bound.find(({ listener }) => listener.protocol === protocol) ?? bound[0]!
  const name = values['rest.advertised.host.name'] || of.listener.host || hostname()
  const host = `${name}:${values['rest.advertised.port'] ?? of.port}`
  return { host, url: `${protocol}://${host}/` }
}
