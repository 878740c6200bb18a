import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { run, until } from '../../servers/run.ts'
import { bunnectBinary } from '../../servers/worker.ts'
import { hourlyLog, type Program, properties, SINK, SOURCE, Terminal, WORKER } from './terminal.ts'

const root = resolve(import.meta.dir, '../../..')

let terminal: Terminal
/** Where it is installed, with blanks in its path. */
let home: string
beforeEach(async () => {
  terminal = new Terminal()
  home = terminal.path('opt/my kafka')
  await run([join(root, 'scripts/start-scripts'), join(home, 'bin')])
  symlinkSync(bunnectBinary(), join(home, 'bunnect'))
  terminal.write({
    'worker.properties': properties(WORKER),
    'source.properties': properties(SOURCE),
    'sink.properties': properties(SINK),
    'in.txt': 'one\n',
  })
})
afterEach(() => terminal.close())

const standalone = () => join(home, 'bin/connect-standalone.sh')
const distributed = () => join(home, 'bin/connect-distributed.sh')
const log = () => hourlyLog(join(home, 'logs'))

async function stopped(program: Program) {
  await program.rest()
  program.signal('SIGTERM')
  return await program.ended()
}

test.each([
  ['distributed', 'connect-distributed.properties'],
  ['standalone', 'connect-standalone.properties [connector1.properties connector2.json ...]'],
])('connect-%s.sh without arguments prints the usage and ends with 1', async (mode, files) => {
  const script = join(home, `bin/connect-${mode}.sh`)
  const ended = await terminal.run({ args: [], program: [script] })
  expect([ended.code, ended.out, ended.err]).toEqual([1, `USAGE: ${script} [-daemon] ${files}\n`, ''])
  const daemon = await terminal.run({ args: ['-daemon'], program: [script] })
  expect([daemon.code, daemon.out]).toEqual([1, ended.out])
})

test('--help and --version are answers', async () => {
  const help = await terminal.run({ args: ['--help'], program: [standalone()] })
  expect([help.code, help.err]).toEqual([0, ''])
  expect(help.out).toStartWith(`USAGE: ${standalone()} [-daemon] connect-standalone.properties`)
  const version = await terminal.run({ args: ['--version'], program: [distributed()] })
  expect([version.code, version.out]).toEqual([
    0,
    expect.stringMatching(/^bunnect .*Kafka Connect 4\.3\.1\n$/),
  ])
})

test('a worker in the place of the script: its signals, its exit code, its log in two places', async () => {
  const args = ['worker.properties', 'source.properties', 'sink.properties']
  const ended = await stopped(terminal.start({ args, program: [standalone()] }))
  expect([ended.code, ended.out, ended.said, ended.warned]).toEqual([143, '', [], []])
  expect(log()).toBe(ended.err)
  expect(log()).toContain('INFO Kafka Connect stopped (org.apache.kafka.connect.runtime.Connect)\n')
})

test('through links, from anywhere, with a shell that knows nothing but POSIX', async () => {
  mkdirSync(terminal.path('links/deeper'), { recursive: true })
  symlinkSync('../opt/my kafka/bin/connect-standalone.sh', terminal.path('links/one'))
  symlinkSync('../one', terminal.path('links/deeper/two'))
  const program = ['env', '-i', 'PATH=/usr/bin:/bin', 'CDPATH=/tmp', 'sh', terminal.path('links/deeper/two')]
  const ended = await stopped(terminal.start({ args: ['worker.properties'], program }))
  expect(ended.code).toBe(143)
  expect(log()).toBe(ended.err)
})

test('an executable that is missing is told with where it was looked for', async () => {
  mkdirSync(terminal.path('alone'))
  await run([join(root, 'scripts/start-scripts'), terminal.path('alone/bin')])
  const ended = await terminal.run({
    args: ['x'],
    program: [terminal.path('alone/bin/connect-distributed.sh')],
  })
  const [bin, base] = [terminal.path('alone/bin'), terminal.path('alone')]
  expect(ended.code).toBe(1)
  expect(ended.err).toEndWith(`there is no executable bunnect in ${bin} or ${base}\n`)
})

describe('-daemon', () => {
  /** Processes of this test that are bunnect. */
  const workers = () =>
    readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .map(Number)
      .filter(pid => {
        try {
          return (
            readlinkSync(`/proc/${pid}/cwd`) === terminal.folder &&
            readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('standalone\0worker.properties')
          )
        } catch {
          return false // Ended meanwhile.
        }
      })
  afterEach(() => {
    for (const pid of workers()) process.kill(pid, 'SIGKILL')
  })

  test('runs on in the background, its output in a file of its name', async () => {
    const args = ['-daemon', '-name', 'mine', 'worker.properties']
    const env = { LOG_DIR: 'var log' }
    const ended = await terminal.run({ args, program: [standalone()], env })
    expect([ended.code, ended.out, ended.err]).toEqual([0, '', ''])
    const out = () => readFileSync(terminal.path('var log/mine.out'), 'utf8')
    await until('start of the worker', () => out().includes('Kafka Connect started'))
    const [pid] = workers()
    process.kill(pid!, 'SIGHUP')
    process.kill(pid!, 'SIGTERM')
    await until('end of the worker', () => workers().length === 0)
    expect(out()).toContain('Got SIGTERM')
    expect(hourlyLog(terminal.path('var log'))).toBe(out())
  })

  test('is told when there is no place for the output', async () => {
    writeFileSync(terminal.path('file'), '')
    const env = { LOG_DIR: terminal.path('file/logs') }
    const ended = await terminal.run({ args: ['-daemon', 'worker.properties'], program: [standalone()], env })
    expect(ended.code).toBe(1)
    expect(ended.err).toContain('-daemon needs a folder for the output; set LOG_DIR')
  })
})

test('EXTRA_ARGS is heeded as far as it means something', async () => {
  const env = {
    EXTRA_ARGS:
      '-name x -loggc -Dsome.secret=hunter2 -javaagent:/lib/jmx_prometheus_javaagent.jar=9404:c.yml',
  }
  const ended = await stopped(terminal.start({ args: ['worker.properties'], program: [standalone()], env }))
  expect(ended.code).toBe(143)
  expect(ended.err).toContain('-loggc means nothing here')
  expect(ended.warned).toEqual([
    'WARN -javaagent:/lib/jmx_prometheus_javaagent.jar is not loaded: REST serves metrics for Prometheus at /metrics; let it scrape that (bunnect.cli.Environment)',
  ])
  expect(ended.err).toContain('INFO -Dsome.secret: no effect, there is no JVM')
  expect(ended.err).not.toContain('hunter2')
})

test('the log configuration of a Kafka installation is taken, with its folder of logs', async () => {
  const text = `
Configuration:
  Appenders:
    RollingFile:
      - name: F
        fileName: "\${sys:kafka.logs.dir}/other.log"
        filePattern: "\${sys:kafka.logs.dir}/other-%d{yyyy}.log"
        TimeBasedTriggeringPolicy: {}
  Loggers:
    Root:
      level: INFO
      AppenderRef: [{ ref: F }]
    Logger:
      - { name: org.apache.kafka.connect.runtime.Connect, level: "OFF" }
`
  mkdirSync(join(home, 'config'))
  writeFileSync(join(home, 'config/connect-log4j2.yaml'), text)
  const program = terminal.start({ args: ['worker.properties'], program: [standalone()] })
  const other = () => readFileSync(join(home, 'logs/other.log'), 'utf8')
  await until(
    'start of the worker',
    () => readdirSync(home).includes('logs') && other().includes('serves REST'),
  )
  program.signal('SIGTERM')
  const ended = await program.ended()
  expect([ended.code, ended.err]).toEqual([143, ''])
  expect(other()).toContain('INFO Herder stopped')
  expect(other()).not.toContain('Kafka Connect stopped')
})

test('without a file, the keys are in variables', async () => {
  const variables = Object.entries(WORKER).map(([key, value]) => [
    `CONNECT_${key.replaceAll('.', '_').toUpperCase()}`,
    value,
  ])
  const env = {
    ...Object.fromEntries(variables),
    CONNECT_SSL_KEY_PASSWORD: 'hunter2',
    LOG_DIR: dirname(home),
  }
  const program = terminal.start({ args: [], program: [standalone()], env })
  expect((await fetch(`${await program.rest()}/connectors`)).status).toBe(200)
  const ended = await stopped(program)
  expect([ended.code, ended.said]).toEqual([143, []])
  expect(ended.err).not.toContain('hunter2')
})
