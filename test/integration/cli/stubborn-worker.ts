import { writeSync } from 'node:fs'
import { report } from '../../../src/cli/exit.ts'
import { standalone } from '../../../src/cli/standalone.ts'
import { sourceConnector } from '../../../src/sdk/plugin.ts'
import { pluginsWith } from '../standalone/support.ts'

/** A standalone worker whose one plugin of its own never lets go, at its start or while it polls. */
const never = new Promise<never>(() => {})
const told = (what: string) => writeSync(2, `${what}\n`)

const stubborn = (className: string, hangs: 'start' | 'poll') =>
  sourceConnector({
    className,
    taskClassName: `${className}Task`,
    version: '1',
    config: {},
    start: () => {
      told('starting')
      return hangs === 'start' ? never : undefined
    },
    task: () => ({
      poll: () => {
        told('polling')
        // As a plugin would that waits for an answer which never comes: something keeps the process alive.
        setInterval(() => {}, 1000)
        return never
      },
    }),
  })

const plugins = pluginsWith([stubborn('test.HangsInPoll', 'poll'), stubborn('test.HangsInStart', 'start')])
process.exitCode = await standalone(process.argv.slice(3), plugins).catch(error => report(error, false))
setTimeout(() => process.exit(), 250).unref()
