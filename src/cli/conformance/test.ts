import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setLevel } from '../../observe/log.ts'
import type { Case, Suite } from '../../testing/index.ts'
import { readArguments } from '../arguments.ts'
import { EXIT, Failure } from '../exit.ts'
import { say } from '../output.ts'
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
}

interface Count {
  held: number
  failed: number
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
  setLevel('WARN')
  const folder = await mkdtemp(join(tmpdir(), 'bunnect-test-'))
  const count: Count = { held: 0, failed: 0 }
  for (const file of positionals) {
    const run: Run = {
      bootstrap: values['bootstrap-server'],
      pluginPath: resolve(values['plugin-path'] ?? dirname(file)),
      only: values.only,
      folder,
    }
    for (const suite of await suitesOf(file)) await hold(suite, run, count)
  }
  const all = count.held + count.failed
  say(`\n${count.held} of ${all} behaviours hold\n`)
  if (all === 0) throw new Failure(EXIT.usage, `no behaviour has '${values.only}' in its name`)
  if (count.failed === 0) await rm(folder, { recursive: true, force: true })
  return count.failed === 0 ? EXIT.ok : EXIT.uncaught
}

async function hold(suite: Suite, run: Run, count: Count): Promise<void> {
  say(`\n${suite.connector}\n`)
  const chosen = suite.cases.filter(({ name }) => name.includes(run.only))
  for (const one of chosen) {
    const folder = join(run.folder, `${suite.connector} ${one.name}`.replace(/\W+/g, '-'))
    const since = performance.now()
    const error = await failureOf(one, { ...run, folder })
    const seconds = ((performance.now() - since) / 1000).toFixed(1)
    say(`  ${error === null ? 'ok    ' : 'FAILED'}  ${one.name} (${seconds} s)\n`)
    if (error === null) {
      count.held++
      await rm(folder, { recursive: true, force: true })
    } else {
      count.failed++
      say(`          ${error.message.trim().replaceAll('\n', '\n          ')}\n`)
      if (existsSync(join(folder, 'worker.log'))) say(`          The worker's log and files: ${folder}\n`)
    }
  }
  for (const { name, needs } of suite.omitted.filter(each => each.name.includes(run.only)))
    say(`  -       ${name}: the suite does not tell '${needs}'\n`)
}

async function failureOf(one: Case, ground: Run): Promise<Error | null> {
  await mkdir(ground.folder, { recursive: true })
  const environment = new KitEnvironment(ground)
  try {
    await one.run(environment)
    return null
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    await environment.close()
  }
}
