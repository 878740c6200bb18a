import { readArguments } from './arguments.ts'
import { EXIT, Failure } from './exit.ts'
import type { WorkerFiles } from './run-worker.ts'

/** The files of a worker's command line; `form` is how it is written. */
export function workerFiles(form: string, argv: string[]): WorkerFiles {
  if (argv.includes('-daemon'))
    throw new Failure(EXIT.usage, "-daemon is an option of the JVM's script", {
      hint: `Run bunnect under systemd, or in the background with nohup ... &. Usage: ${form}`,
    })
  const { positionals } = readArguments(form, { args: argv, options: {}, allowPositionals: true })
  const [worker, ...connectors] = positionals
  if (worker === undefined)
    throw new Failure(EXIT.usage, 'the property file of the worker is missing', { hint: `Usage: ${form}` })
  return { worker, connectors }
}
