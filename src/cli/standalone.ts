import type { PluginRegistry } from '../worker/plugins.ts'
import { runWorker } from './run-worker.ts'
import { workerFiles } from './worker-arguments.ts'

const FORM = 'bunnect standalone worker.properties [connector1.properties connector2.json ...]'

/** Runs a standalone worker until a signal. Java: org.apache.kafka.connect.cli.ConnectStandalone */
export async function standalone(argv: string[], plugins?: PluginRegistry): Promise<number> {
  return await runWorker('standalone', workerFiles(FORM, argv), plugins)
}
