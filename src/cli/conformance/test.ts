import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setLevel } from '../../observe/log.ts'
import type { Case, Suite } from '../../testing/index.ts'
import { readArguments } from '../arguments.ts'
import { EXIT, Failure } from '../exit.ts'
import { say } from '../output.ts'
import { type ReceivedSignal, untilSignal } from '../signals.ts'
import { KitEnvironment } from './environment.ts'
import { suitesOf } from './suite-file.ts'

const FORM = 'bunnect test suite.test.ts ... [--bootstrap-server HOST:PORT] [--plugin-path DIR] [--only TEXT]'

interface Run {
  readonly bootstrap: string
  /** Of the workers. */
  readonly pluginPath: string
  /** Behaviours whose names have this in them. */
  readonly only: string
  readonly folder: string
  /** Rejects with an `Interrupted`. */
  readonly interrupted: Promise<never>
}

interface Count {
  held: number
  failed: number
}

/** Somebody has ended the run in the middle of a behaviour. */
class Interrupted extends Error {
  constructor(readonly signal: ReceivedSignal) {
    super(`ended by ${signal.name}`)
  }
}

/** Holds connectors to the behaviours of the suites that the files export; 1 where one of them does not hold. */
export async function test(argv: string[]): Promise<number> {
  const { values, positionals } = readArguments(FORM, {
    args: argv,
    options: {
      'bootstrap-server': { type: 'string', default: 'embedded' },
      'plugin-path': { type: 'string' },
      only: { type: 'string', default: '' },
    },
    allowPositionals: true,
  })
  if (positionals.length === 0)
    throw new Failure(EXIT.usage, 'no suite was named', { hint: `Usage: ${FORM}` })
  // All files first: what is wrong with the last is told before the behaviours of the others have taken their minutes.
  const suites: { suite: Suite; pluginPath: string }[] = []
  for (const file of positionals) {
    const pluginPath = resolve(values['plugin-path'] ?? dirname(file))
    for (const suite of await suitesOf(file)) suites.push({ suite, pluginPath })
  }
  setLevel('WARN')
  const signal = untilSignal()
  const interrupted = signal.received.then(one => Promise.reject(new Interrupted(one)))
  interrupted.catch(() => {}) // Told by the behaviour that it ends.
  const folder = await mkdtemp(join(tmpdir(), 'bunnect-test-'))
  const count: Count = { held: 0, failed: 0 }
  const bootstrap = values['bootstrap-server']
  try {
    for (const { suite, pluginPath } of suites)
      await hold(suite, { bootstrap, pluginPath, only: values.only, folder, interrupted }, count)
    const all = count.held + count.failed
    say(`\n${count.held} of ${all} behaviours hold\n`)
    if (all === 0) throw new Failure(EXIT.usage, `no behaviour has '${values.only}' in its name`)
    return count.failed === 0 ? EXIT.ok : EXIT.uncaught
  } catch (error) {
    if (error instanceof Interrupted) return error.signal.exitCode
    throw error
  } finally {
    // Not empty where the log of a worker that failed is to be looked at.
    await rmdir(folder).catch(() => {})
    signal.dispose()
  }
}

async function hold(suite: Suite, run: Run, count: Count): Promise<void> {
  say(`\n${suite.connector}\n`)
  const chosen = suite.cases.filter(({ name }) => name.includes(run.only))
  for (const one of chosen) {
    const called = join(run.folder, `${suite.connector} ${one.name}`.replace(/\W+/g, '-'))
    // What another suite of the same name has left is not this one's.
    const folder = existsSync(called) ? await mkdtemp(`${called}-`) : called
    const since = performance.now()
    const error = await failureOf(one, { ...run, folder })
    const seconds = ((performance.now() - since) / 1000).toFixed(1)
    const isLogged = error !== null && existsSync(join(folder, 'worker.log'))
    if (!isLogged || error instanceof Interrupted) await rm(folder, { recursive: true, force: true })
    if (error instanceof Interrupted) {
      say(`  -       ${one.name}: ${error.message} (${seconds} s)\n`)
      throw error
    }
    say(`  ${error === null ? 'ok    ' : 'FAILED'}  ${one.name} (${seconds} s)\n`)
    if (error === null) {
      count.held++
    } else {
      count.failed++
      say(`          ${error.message.trim().replaceAll('\n', '\n          ')}\n`)
      if (isLogged) say(`          The worker's log and files: ${folder}\n`)
    }
  }
  for (const { name, needs } of suite.omitted.filter(each => each.name.includes(run.only)))
    say(`  -       ${name}: the suite does not tell '${needs}'\n`)
}

async function failureOf(one: Case, ground: Run): Promise<Error | null> {
  await mkdir(ground.folder, { recursive: true })
  const environment = new KitEnvironment(ground)
  try {
    await Promise.race([one.run(environment), ground.interrupted])
    return null
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    await environment.close()
  }
}
