import type { PluginRegistry } from '../worker/plugins.ts'
import { EXIT, Failure } from './exit.ts'
import { runWorker } from './run-worker.ts'
import { workerFiles } from './worker-arguments.ts'

const FORM = 'bunnect distributed worker.properties'

/** Runs a distributed worker until a signal. Java: org.apache.kafka.connect.cli.ConnectDistributed */
export async function distributed(argv: string[], plugins?: PluginRegistry): Promise<number> {
  const files = workerFiles(FORM, argv)
  if (files.connectors.length > 0)
    throw new Failure(
      EXIT.usage,
      `a distributed worker takes no connector files: ${files.connectors.join(' ')}`,
      {
        hint: 'Create connectors through its REST API (POST /connectors), or use bunnect standalone.',
      },
    )
  return await runWorker('distributed', files, plugins)
}
