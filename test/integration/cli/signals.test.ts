import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../../servers/run.ts'
import { failure, type Program, properties, SINK, SOURCE, Terminal, WORKER } from './terminal.ts'

let terminal: Terminal
beforeEach(() => {
  terminal = new Terminal()
})
afterEach(() => terminal.close())

const ARGS = ['standalone', 'worker.properties', 'source.properties', 'sink.properties']
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `line ${from + i}\n`).join('')
const output = () =>
  existsSync(terminal.path('out.txt')) ? readFileSync(terminal.path('out.txt'), 'utf8') : ''

function prepare(more: Record<string, string> = {}): void {
  terminal.write({
    'worker.properties': properties({ ...WORKER, ...more }),
    'source.properties': properties(SOURCE),
    'sink.properties': properties(SINK),
    'in.txt': '',
  })
}

async function moved(program: Program, from: number, to: number): Promise<void> {
  appendFileSync(terminal.path('in.txt'), lines(from, to))
  await until(
    `line ${to - 1}`,
    () => output().includes(`line ${to - 1}\n`) || program.child.exitCode !== null,
  )
}

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
  ['SIGHUP', 129],
] as const)(
  '%s: %d, offsets committed: the next worker goes on without a gap or a repetition',
  async (name, code) => {
    prepare() // commits happen at the end only: the interval is a minute
    for (let round = 0; round < 3; round++) {
      const program = terminal.start({ args: ARGS })
      await moved(program, round * 100, round * 100 + 100)
      program.signal(name)
      const ended = await program.ended()
      expect([ended.code, ended.out, ended.said, ended.warned]).toEqual([code, '', [], []])
      expect(ended.err).toContain(`Got ${name}: stopping tasks and committing offsets`)
    }
    expect(output()).toBe(lines(0, 300))
  },
)

test('SIGKILL: nothing is lost, repeated is only what was not committed', async () => {
  prepare({ 'offset.flush.interval.ms': '200' })
  for (let round = 0; round < 3; round++) {
    const program = terminal.start({ args: ARGS })
    await moved(program, round * 1000, round * 1000 + 1000)
    program.signal('SIGKILL')
    expect((await program.ended()).code).toBe('SIGKILL')
  }
  const last = terminal.start({ args: ARGS })
  await moved(last, 3000, 3001)
  last.signal('SIGTERM')
  expect((await last.ended()).code).toBe(143)
  const seen = output().trimEnd().split('\n')
  const first = [...new Set(seen)]
  expect(first).toEqual(lines(0, 3001).trimEnd().split('\n'))
})

test('what the parent has ignored stays ignored', async () => {
  prepare()
  const program = terminal.start({ args: ARGS, before: ['sh', '-c', 'trap "" HUP; exec "$@"', 'sh'] })
  await moved(program, 0, 10)
  program.signal('SIGHUP')
  await moved(program, 10, 20)
  program.signal('SIGTERM')
  expect((await program.ended()).code).toBe(143)
  expect(output()).toBe(lines(0, 20))
})

describe('a plugin that does not let go', () => {
  const stubborn = (className: string, more: Record<string, string> = {}) => {
    terminal.write({
      'worker.properties': properties({ ...WORKER, ...more }),
      'c.properties': properties({ name: 'c', 'connector.class': className }),
    })
    const program = terminal.start({
      args: ['standalone', 'worker.properties', 'c.properties'],
      program: [process.execPath, join(import.meta.dir, 'stubborn-worker.ts')],
    })
    return program
  }

  test('is given up after task.shutdown.graceful.timeout.ms', async () => {
    const program = stubborn('test.HangsInPoll', { 'task.shutdown.graceful.timeout.ms': '300' })
    await program.says('polling')
    program.signal('SIGTERM')
    const ended = await program.ended()
    expect(ended.code).toBe(143)
    expect(ended.warned).toEqual([
      expect.stringContaining('ERROR [c|task-0] Graceful stop of task c-0 failed.'),
    ])
  })

  test('the same signal twice within a moment, as timeout(1) sends it, is one', async () => {
    const program = stubborn('test.HangsInPoll', { 'task.shutdown.graceful.timeout.ms': '300' })
    await program.says('polling')
    program.signal('SIGTERM')
    program.signal('SIGTERM')
    const ended = await program.ended()
    expect(ended.code).toBe(143)
    expect(ended.warned).toEqual([
      expect.stringContaining('ERROR [c|task-0] Graceful stop of task c-0 failed.'),
    ])
  })

  test('a second signal ends at once', async () => {
    const program = stubborn('test.HangsInPoll', { 'task.shutdown.graceful.timeout.ms': '600000' })
    await program.says('polling')
    program.signal('SIGTERM')
    await program.says('Got SIGTERM')
    program.signal('SIGINT')
    expect((await program.ended()).code).toBe(130)
  })

  test('a worker whose connectors are still being created can be stopped', async () => {
    const program = stubborn('test.HangsInStart')
    await program.says('starting')
    program.signal('SIGTERM')
    const ended = await program.ended()
    expect([ended.code, ended.said]).toEqual([143, []])
  })
})

test('a broker that does not answer while connectors are being created ends the worker all the same', async () => {
  terminal.write({
    'worker.properties': properties({
      ...WORKER,
      'bootstrap.servers': '127.0.0.1:1',
      'default.api.timeout.ms': '500',
    }),
    'c.properties': properties({ name: 'c', 'connector.class': 'test.HangsInStart' }),
  })
  const { code, said } = await terminal.run({
    args: ['standalone', 'worker.properties', 'c.properties'],
    program: [process.execPath, join(import.meta.dir, 'stubborn-worker.ts')],
  })
  expect([code, said]).toEqual([
    2,
    [expect.stringContaining('worker.properties:1: Failed to connect to and')],
  ])
})

test('a broker that does not answer: `GET /` waits and gets the reason; a signal ends the wait', async () => {
  prepare({ 'bootstrap.servers': '127.0.0.1:1', 'default.api.timeout.ms': '15000' })
  const program = terminal.start({ args: ARGS })
  const rest = await program.rest()
  expect(await (await fetch(`${rest}/connectors`)).json()).toBeArray()
  const answer = await fetch(rest)
  expect(answer.status).toBe(500)
  expect(await answer.json()).toEqual({
    error_code: 500,
    message: expect.stringContaining('Failed to connect to and describe Kafka cluster at 127.0.0.1:1'),
  })
  const ended = await program.ended()
  expect([ended.code, ended.said.length]).toEqual([2, 1])

  prepare({ 'bootstrap.servers': '127.0.0.1:1' })
  const patient = terminal.start({ args: ARGS, env: {} })
  await patient.rest()
  patient.signal('SIGTERM')
  expect((await patient.ended()).code).toBe(143)
})

describe('standard input and output', () => {
  const console = (name: string, more: Record<string, string>) => properties({ name, ...more })
  const files = () => ({
    'worker.properties': properties(WORKER),
    'source.properties': console('in', { 'connector.class': 'FileStreamSource', topic: 't' }),
    'sink.properties': console('out', { 'connector.class': 'FileStreamSink', topics: 't' }),
  })

  test('belong to connectors: lines in, the same lines out, nothing else', async () => {
    terminal.write(files())
    const program = terminal.start({ args: ARGS, stdin: new Blob(['one\nzwei ü\n']) })
    await until('both lines', () => program.out.includes('zwei'))
    program.signal('SIGTERM')
    const ended = await program.ended()
    expect([ended.code, ended.out]).toEqual([143, 'one\nzwei ü\n'])
  })

  test('a reader that has gone fails the sink task, not the worker', async () => {
    terminal.write(files())
    terminal.write({ 'source.properties': properties(SOURCE), 'in.txt': '' })
    const program = terminal.start({
      args: ARGS,
      before: ['bash', '-c', 'exec "$@" > >(exec head -n 1)', 'bash'],
    })
    const rest = await program.rest()
    appendFileSync(terminal.path('in.txt'), 'one\n')
    await until('the first line', () => program.out === 'one\n')
    const trace = until('the task to fail', async () => {
      appendFileSync(terminal.path('in.txt'), 'more\n')
      const answer = await fetch(`${rest}/connectors/out/tasks/0/status`)
      const status = (await answer.json()) as { state: string; trace?: string }
      return status.state === 'FAILED' && status.trace
    })
    expect(await trace).toContain('EPIPE')
    expect((await fetch(rest)).status).toBe(200)
    program.signal('SIGTERM')
    const ended = await program.ended()
    expect([ended.code, ended.err.includes('Uncaught')]).toEqual([143, false])
  })

  test('nobody who reads the log lines: the worker goes on', async () => {
    prepare()
    const program = terminal.start({
      args: ARGS,
      before: ['bash', '-c', 'exec "$@" 2> >(exec head -n 1 >&2)', 'bash'],
    })
    await moved(program, 0, 10)
    program.signal('SIGTERM')
    expect((await program.ended()).code).toBe(143)
  })
})

describe('a sink that cannot write', () => {
  /** A mount of its own: as root, or as root of a user namespace. */
  const isRoot = process.getuid?.() === 0
  const UNSHARE = ['unshare', isRoot ? '-m' : '-Urm']
  const INSIDE = isRoot ? ['-m'] : ['-m', '-U', '--preserve-credentials']

  test('a full disk fails the task with the reason; with room and a restart everything arrives', async () => {
    terminal.write({
      'worker.properties': properties({ ...WORKER, 'offset.flush.interval.ms': '200' }),
      'source.properties': properties(SOURCE),
      'sink.properties': properties({ ...SINK, file: 'full/out.txt' }),
      'in.txt': lines(0, 20_000),
      'full/x': '',
    })
    const program = terminal.start({
      args: ARGS,
      before: [...UNSHARE, 'sh', '-c', 'mount -t tmpfs -o size=64k none full && exec "$@"', 'sh'],
    })
    const rest = await program.rest()
    expect(await failure(rest, 'sink')).toContain('ENOSPC')
    const target = ['nsenter', '-t', String(program.child.pid), ...INSIDE]
    const enter = (...command: string[]) => Bun.spawnSync([...target, ...command], { cwd: terminal.folder })
    const full = terminal.path('full')
    expect(enter('mount', '-o', 'remount,size=8m', full).exitCode).toBe(0)
    expect((await fetch(`${rest}/connectors/sink/tasks/0/restart`, { method: 'POST' })).status).toBe(204)
    const content = () => enter('cat', join(full, 'out.txt')).stdout.toString()
    await until('the last line', () => content().endsWith('line 19999\n'))
    const first = [...new Set(content().trimEnd().split('\n'))]
    expect(first).toEqual(lines(0, 20_000).trimEnd().split('\n'))
    program.signal('SIGTERM')
    expect((await program.ended()).code).toBe(143)
  })

  test('a file that has vanished fails the task with the reason; a restart begins a new one', async () => {
    prepare({ 'offset.flush.interval.ms': '100' })
    const program = terminal.start({ args: ARGS })
    const rest = await program.rest()
    await moved(program, 0, 10)
    rmSync(terminal.path('out.txt'))
    appendFileSync(terminal.path('in.txt'), lines(10, 20))
    expect(await failure(rest, 'sink')).toContain('out.txt')
    expect((await fetch(`${rest}/connectors/sink/tasks/0/restart`, { method: 'POST' })).status).toBe(204)
    await until('the lines after it', () => output().endsWith('line 19\n'))
    expect(output()).toContain(lines(10, 20))
    program.signal('SIGTERM')
    expect((await program.ended()).code).toBe(143)
  })
})
