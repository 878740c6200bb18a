/** The worked example in each connector's README does what it shows. */
import { expect, test } from 'bun:test'
import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { freePort } from '../../servers/ports.ts'
import { run, until } from '../../servers/run.ts'
import { bunnectBinary } from '../../servers/worker.ts'
import { Terminal } from './terminal.ts'

const root = resolve(import.meta.dir, '../../..')
const BLOCK = /(?:`([\w.]+)`:\n\n)?^```(\w*)\n([\s\S]*?)^```$/gm

interface Example {
  /** Texts of property files by name. */
  files: Map<string, string>
  /** Starts the worker, in the background. */
  begin: string
  /** Shows what has come of it. */
  look: string
  shows: string
}

function exampleOf(readme: string): Example {
  const section = /^## Example$([\s\S]*?)(?=^## )/m.exec(readme)?.[1] ?? ''
  const blocks = [...section.matchAll(BLOCK)]
  const files = new Map(
    blocks.flatMap(([, name, language, text]) => (language === 'properties' ? [[name!, text!]] : [])),
  )
  const [begin, look] = blocks.filter(([, , language]) => language === 'sh').map(([, , , text]) => text!)
  const shows = blocks.filter(([, , language]) => language === '').map(([, , , text]) => text!)
  if (files.size !== 3 || begin === undefined || look === undefined || shows.length !== 1)
    throw new Error('an example has three property files, two blocks of sh, and what the second prints')
  return { files, begin, look, shows: shows[0]! }
}

const readmes = [...new Bun.Glob('connectors/*/README.md').scanSync(root)].sort()
const withExample = readmes.filter(file => readFileSync(join(root, file), 'utf8').includes('\n## Example\n'))

test('all connectors but those for tests have an example', () => {
  expect(readmes.filter(file => !withExample.includes(file))).toEqual(['connectors/test-plugins/README.md'])
})

test.each(withExample)(
  '%s',
  async file => {
    const { files, begin, look, shows } = exampleOf(readFileSync(join(root, file), 'utf8'))
    if (begin.includes('sqlite3 ')) await run([join(root, 'scripts/apt'), 'sqlite3'])
    const terminal = new Terminal()
    const port = await freePort()
    try {
      terminal.write(Object.fromEntries(files))
      // Whoever runs tests may have something on port 8083.
      terminal.write({
        'worker.properties': `${files.get('worker.properties')}listeners=http://127.0.0.1:${port}\n`,
      })
      symlinkSync(bunnectBinary(), terminal.path('bunnect'))
      const shell = async (script: string) => {
        const child = Bun.spawn(['bash', '-euc', script], {
          cwd: terminal.path('.'),
          env: { ...process.env, PATH: `${terminal.path('.')}:${process.env['PATH']}` },
          stdin: 'ignore',
          stdout: 'pipe',
          stderr: Bun.file(terminal.path('shell.log')),
        })
        const output = await new Response(child.stdout).text()
        await child.exited
        return output
      }
      // Its output is the worker's: a pipe would be open for as long as that runs.
      await shell(`( ${begin.trimEnd()} echo $! > worker.pid\n) > worker.out 2> worker.log`)
      await until('the worker to be started', () => existsSync(terminal.path('worker.pid')))
      const pid = Number(readFileSync(terminal.path('worker.pid'), 'utf8'))
      try {
        let seen = ''
        await until('what the README shows', async () => {
          seen = await shell(look)
          return seen === shows
        }).catch(error => {
          const log = readFileSync(terminal.path('worker.log'), 'utf8')
          throw new Error(`${error.message}; seen:\n${seen}\n${log}`)
        })
      } finally {
        process.kill(pid, 'SIGTERM')
        await until('the end of the worker', () => !existsSync(`/proc/${pid}`))
      }
    } finally {
      terminal.close()
    }
  },
  180_000,
)
