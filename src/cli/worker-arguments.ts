import { readArguments } from './arguments.ts'
import { EXIT, Failure } from './exit.ts'
import type { WorkerFiles } from './run-worker.ts'
import { ENVIRONMENT, hasConnectVariables } from './worker-properties.ts'

/** The files of a worker's command line; `form` is how it is written. */
export function workerFiles(form: string, argv: string[]): WorkerFiles {
  if (argv.includes('-daemon'))
    throw new Failure(EXIT.usage, "-daemon is an option of the JVM's script", {
      hint: `Run bunnect under systemd, or connect-distributed.sh and connect-standalone.sh, which know it. Usage: ${form}`,
    })
  const { positionals } = readArguments(form, { args: argv, options: {}, allowPositionals: true })
  const [worker, ...connectors] = positionals
  if (worker !== undefined) return { worker, connectors }
  if (hasConnectVariables(process.env)) return { worker: ENVIRONMENT, connectors }
  throw new Failure(EXIT.usage, 'the property file of the worker is missing', {
    hint: `Usage: ${form}`,
  })
}
