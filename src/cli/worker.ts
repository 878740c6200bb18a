import { hostname } from 'node:os'
import type { Listener } from '../config/worker/listeners.ts'
import type { WorkerConfig } from '../config/worker-config.ts'
import type { StandaloneHerder } from '../herder/standalone.ts'
import { startStandalone } from '../herder/start-standalone.ts'
import { VERSION } from '../observe/version.ts'
import { restApp } from '../rest/app.ts'
import { type RestServer, serve } from '../rest/server.ts'
import type { Worker } from '../worker/worker.ts'
import { builtInPlugins } from './builtins.ts'
import { openKafka } from './kafka.ts'

export interface RunningWorker {
  herder: StandaloneHerder
  worker: Worker
  /** Where REST is served. */
  urls: string[]
  workerId: string
  /** Rejects when the worker cannot go on. */
  fatal: Promise<never>
  stop(): Promise<void>
}

/** How long running requests may hold up the stop. */
const REST_CLOSE_MS = 2000

/** Binds REST, then starts the standalone worker behind it. Whatever fails leaves nothing open. */
export async function startWorker(config: WorkerConfig<'standalone'>): Promise<RunningWorker> {
  const rest = serve(config.listeners)
  try {
    const workerId = advertised(config, rest)
    const kafka = await openKafka(config.raw, config.values['bunnect.data.dir'])
    try {
      const running = await startStandalone({ config, kafka, plugins: builtInPlugins(), workerId })
      rest.mount(restApp(running.herder, VERSION))
      return {
        herder: running.herder,
        worker: running.worker,
        urls: rest.bound.map(({ listener, port }) => `${listener.protocol}://${shown(listener)}:${port}`),
        workerId,
        fatal: running.fatal,
        async stop() {
          await rest.close(REST_CLOSE_MS)
          await running.stop()
        },
      }
    } catch (error) {
      await kafka.close()
      throw error
    }
  } catch (error) {
    await rest.close(0)
    throw error
  }
}

function shown({ host }: Listener): string {
  if (host === '') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

/** `host:port` that other workers and people know this one by. Java: RestServer.advertisedUrl */
function advertised({ values, listeners }: WorkerConfig<'standalone'>, { bound }: RestServer): string {
  const wanted = values['rest.advertised.listener']?.toLowerCase()
  const protocol = wanted ?? (listeners.some(listener => listener.protocol === 'http') ? 'http' : 'https')
  const of = bound.find(({ listener }) => listener.protocol === protocol) ?? bound[0]!
  const host = values['rest.advertised.host.name'] || of.listener.host || hostname()
  return `${host}:${values['rest.advertised.port'] ?? of.port}`
}
