import { setLevel } from '../observe/log.ts'
import { heedEnvironment } from './environment.ts'
import { EXIT, Failure, report } from './exit.ts'
import { say } from './output.ts'

type Command = (args: string[]) => Promise<number>

/** Each command's module loads when it is asked for: the start of one never pays for another. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  standalone: async () => (await import('./standalone.ts')).standalone,
  distributed: async () => (await import('./distributed.ts')).distributed,
  demo: async () => (await import('./demo/demo.ts')).demo,
  offsets: async () => (await import('./offsets.ts')).offsets,
  decommission: async () => (await import('./decommission.ts')).decommission,
  'schema-registry': async () => (await import('./schema-registry.ts')).schemaRegistry,
  'plugin-types': async () => (await import('./plugin-types.ts')).pluginTypes,
  test: async () => (await import('./conformance/test.ts')).test,
}

/** Commands that run a worker, for which the variables of Kafka's start scripts are meant. */
const WORKERS = new Set(['standalone', 'distributed'])
/** What a worker starts for the code of plugins; no command for people. */
export const TASK_HOST = 'task-host'
/** What `bunnect test` starts. */
export const KIT_WORKER = 'kit-worker'
/** As transforms/script/compile-elsewhere.ts, which other commands need not load. */
const COMPILE_SCRIPT = 'compile-script'

/** Runs one command line; resolves to the exit code. */
export async function run(argv: string[]): Promise<number> {
  const debug = argv.includes('--debug')
  if (debug) setLevel('DEBUG')
  try {
    return await perform(
      argv.filter(arg => arg !== '--debug'),
      debug,
    )
  } catch (error) {
    return report(error, debug)
  }
}

async function perform(args: string[], debug: boolean): Promise<number> {
  if (args.includes('--version') || ['-v', '-V', 'version'].includes(args[0] ?? '')) {
    const { VERSION, COMMIT, CONNECT_VERSION } = await import('../observe/version.ts')
    say(`bunnect ${VERSION} (${COMMIT}), stands in for Kafka Connect ${CONNECT_VERSION}\n`)
    return EXIT.ok
  }
  // The JVM's scripts print the usage and end with 1; here who asks for help has got it.
  if (args.includes('--help') || args.includes('-h') || args[0] === 'help') {
    const { USAGE } = await import('./help.ts')
    say(USAGE)
    return EXIT.ok
  }
  if (args[0] === COMPILE_SCRIPT) return await (await import('./compile-script.ts')).compileScript()
  if (args[0] === TASK_HOST) return await (await import('./task-host.ts')).taskHost(args.slice(1))
  if (args[0] === KIT_WORKER)
    return await (await import('./conformance/kit-worker.ts')).kitWorker(args.slice(1))
  const { name, rest } = commandOf(args)
  const command = await load(name)
  if (WORKERS.has(name)) {
    await heedEnvironment(process.env)
    if (debug) setLevel('DEBUG')
  }
  return await command(rest)
}

/** `--mode standalone …` and `standalone …` are the same; nothing at all is a usage error, as in the JVM. */
function commandOf(args: string[]): { name: string; rest: string[] } {
  const at = args.findIndex(arg => arg === '--mode' || arg.startsWith('--mode='))
  const inline = at >= 0 && args[at]!.startsWith('--mode=')
  const name = at < 0 ? args[0] : inline ? args[at]!.slice('--mode='.length) : args[at + 1]
  if (name === undefined || name === '') {
    if (at >= 0) throw usage('--mode needs a value', 'Usage: bunnect --mode standalone worker.properties')
    throw usage(
      'no command was given',
      'Usage: bunnect distributed worker.properties, or bunnect standalone worker.properties [connector.properties ...]; bunnect --help tells more.',
    )
  }
  return { name, rest: args.toSpliced(Math.max(at, 0), at < 0 || inline ? 1 : 2) }
}

async function load(name: string): Promise<Command> {
  if (Object.hasOwn(COMMANDS, name)) return await COMMANDS[name]!()
  const { nearest } = await import('../config/unknown-keys.ts')
  const meant = nearest(name, Object.keys(COMMANDS))
  throw usage(
    `there is no command '${name}'`,
    `${meant ? `Did you mean ${meant}? ` : ''}Commands: ${Object.keys(COMMANDS).join(', ')}; bunnect --help tells more.`,
  )
}

function usage(message: string, hint: string): Failure {
  return new Failure(EXIT.usage, message, { hint })
}
