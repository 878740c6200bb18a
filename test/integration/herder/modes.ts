import { startWorker } from '../../../src/cli/worker.ts'
import { parseWorkerConfig } from '../../../src/config/worker-config.ts'
import type { Plugin } from '../../../src/sdk/plugin.ts'
import type { Cluster } from '../distributed/workers.ts'
import { pluginsWith } from '../standalone/support.ts'

export const MODES = ['standalone', 'distributed'] as const

/** Starts a worker of either kind with everything in this process. */
export async function startEither(
  mode: (typeof MODES)[number],
  cluster: Cluster,
  keys: Record<string, string>,
  plugins: readonly Plugin[],
): Promise<void> {
  if (mode === 'distributed') {
    await cluster.start({ ...keys, 'bunnect.task.hosts': '0' }, plugins)
    return
  }
  const offsets = { 'offset.storage.file.filename': cluster.path('offsets') }
  const config = parseWorkerConfig('standalone', cluster.properties({ ...keys, ...offsets }))
  cluster.worker = await startWorker(config, pluginsWith(plugins))
  cluster.worker.markReady()
  cluster.url = cluster.worker.urls[0]!
}
