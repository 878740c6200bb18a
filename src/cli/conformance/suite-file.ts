import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import * as testing from '../../testing/index.ts'
import { Suite } from '../../testing/index.ts'
import { provideSdk } from '../../worker/outside/sdk-module.ts'
import { EXIT, Failure } from '../exit.ts'

/** From now on `import … from 'bunnect/testing'` is this program's own kit. */
function provideKit(): void {
  provideSdk()
  Bun.plugin({
    name: 'bunnect/testing',
    setup(build) {
      build.module('bunnect/testing', () => ({ exports: { ...testing }, loader: 'object' }))
    },
  })
}

/** The suites that a file exports, alone or in arrays. */
export async function suitesOf(path: string): Promise<Suite[]> {
  const file = resolve(path)
  if (!/\.(?:test|spec)\.[cm]?[jt]s$/.test(file))
    throw new Failure(EXIT.usage, `${path} is not the name of a suite`, {
      hint: `Call it ${basename(path).replace(/\.[cm]?[jt]s$/, '')}.test.ts: then plugin.path takes it for no plugin.`,
    })
  if (!existsSync(file)) throw new Failure(EXIT.usage, `there is no file ${path}`)
  provideKit()
  let exported: Record<string, unknown>
  try {
    exported = await import(file)
  } catch (error) {
    throw new Failure(EXIT.usage, `${path} cannot be loaded: ${String(error)}`, { cause: error })
  }
  const suites = Object.values(exported)
    .flat()
    .filter(one => one instanceof Suite)
  if (suites.length === 0)
    throw new Failure(EXIT.usage, `${path} exports no suite`, {
      hint: 'Export what sinkSuite or sourceSuite of bunnect/testing returns.',
    })
  // The default export may be one of the others.
  return [...new Set(suites)]
}
