import { setLevel } from '../observe/log.ts'
import { EXIT, Failure, report } from './exit.ts'
import { USAGE } from './help.ts'

type Command = (args: string[]) => Promise<number>

/** Each command's module loads when it is asked for: the start of one never pays for another. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  standalone: async () => (await import('./standalone.ts')).standalone,
  demo: async () => (await import('./demo.ts')).demo,
  offsets: async () => (await import('./offsets.ts')).offsets,
}

/** Runs one command line; resolves to the exit code. */
export async function run(argv: string[]): Promise<number> {
  const debug = argv.includes('--debug')
  if (debug) setLevel('DEBUG')
  try {
    const args = argv.filter(arg => arg !== '--debug')
    if (args.includes('--version')) {
      const { VERSION, COMMIT, CONNECT_VERSION } = await import('../observe/version.ts')
      process.stdout.write(`bunnect ${VERSION} (${COMMIT}), stands in for Kafka Connect ${CONNECT_VERSION}\n`)
      return EXIT.ok
    }
    // the JVM's scripts take --help anywhere, print the usage and end with 1; here asking for help succeeds
    if (args.includes('--help') || args[0] === 'help') {
      process.stdout.write(USAGE)
      return EXIT.ok
    }
    const { name, rest } = commandOf(args)
    const load = COMMANDS[name]
    if (!load)
      throw new Failure(EXIT.usage, `There is no command '${name}'.`, {
        hint: `Commands: ${Object.keys(COMMANDS).join(', ')}; bunnect --help shows them all.`,
      })
    return await (await load())(rest)
  } catch (error) {
    return report(error, debug)
  }
}

/** `--mode standalone …` and `standalone …` are the same; nothing at all is a usage error, as in the JVM. */
function commandOf(args: string[]): { name: string; rest: string[] } {
  const at = args.findIndex(arg => arg === '--mode' || arg.startsWith('--mode='))
  if (at >= 0) {
    const inline = args[at]!.startsWith('--mode=')
    const name = inline ? args[at]!.slice('--mode='.length) : args[at + 1]
    if (!name)
      throw new Failure(EXIT.usage, '--mode needs a value.', {
        hint: 'bunnect --mode standalone worker.properties',
      })
    return { name, rest: args.toSpliced(at, inline ? 1 : 2) }
  }
  const [name, ...rest] = args
  if (!name)
    throw new Failure(EXIT.usage, 'What is to be done?', { hint: 'bunnect --help lists the commands.' })
  return { name, rest }
}
