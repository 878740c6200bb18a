import { Database } from 'bun:sqlite'
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { until } from '../../servers/run.ts'
import { bunnectBinary } from '../../servers/worker.ts'
import { Terminal } from './terminal.ts'

let terminal: Terminal
beforeEach(() => {
  terminal = new Terminal()
  terminal.write({ 'tmp/.keep': '' })
})
afterEach(() => terminal.close())

/** The demo's temporary folder is made here, so that what it leaves can be seen. */
const env = () => ({ TMPDIR: terminal.path('tmp') })
const left = () => readdirSync(terminal.path('tmp')).filter(name => name !== '.keep')
const demo = (...args: string[]) => terminal.start({ args: ['demo', ...args], env: env() })

test('tells what it did and how to do it by hand, and leaves nothing behind', async () => {
  const { code, out, err } = await demo('--lines', '20000').ended()
  expect([code, err, left()]).toEqual([0, '', []])
  const [generated, progress, result, blank, ...explanation] = out.split('\n')
  expect(generated).toBe(
    'Generated 20,000 lines (2,000,000 bytes). No Kafka: the topic lives in an embedded log.',
  )
  expect(progress).toMatch(/^20,000 of 20,000 records {3}[\d,]+\/s {3}lag 0$/)
  expect(result).toMatch(
    /^20,000 lines went file → log → file in \d+\.\d s, worker start and stop included\. The result is identical, byte for byte\.$/,
  )
  expect(blank).toBe('')
  const text = explanation.join('\n')
  for (const part of [
    '# demo/worker.properties\nbootstrap.servers=embedded\n',
    '# demo/source.properties\nname=demo-source\nconnector.class=FileStreamSource\n',
    '# demo/sink.properties\nname=demo-sink\nconnector.class=FileStreamSink\n',
    'bunnect standalone demo/worker.properties demo/source.properties demo/sink.properties\n',
    'bootstrap.servers=localhost:9092\n',
  ])
    expect(text).toContain(part)
})

test('what it says to do by hand works', async () => {
  const { out } = await demo('--lines', '10').ended()
  for (const [, name, text] of out.matchAll(/^# (demo\/\w+\.properties)\n([\s\S]*?)\n\n/gm))
    terminal.write({ [name!]: `${text!}\n` })
  terminal.write({ 'demo/input.txt': '1\n2\n3\n' })
  const files = ['worker', 'source', 'sink'].map(name => `demo/${name}.properties`)
  // Whoever runs tests may have something on port 8083.
  terminal.write({
    'demo/worker.properties': `${readFileSync(terminal.path('demo/worker.properties'), 'utf8')}listeners=http://127.0.0.1:0\n`,
  })
  const program = terminal.start({ args: ['standalone', ...files] })
  const output = terminal.path('demo/output.txt')
  await until('the lines', () => existsSync(output) && readFileSync(output, 'utf8') === '1\n2\n3\n')
  program.signal('SIGTERM')
  expect((await program.ended()).code).toBe(143)
})

test('--keep leaves the files where it was told, and can be given again', async () => {
  for (const lines of ['3000', '100']) {
    const { code, out } = await demo('--lines', lines, '--keep', 'kept').ended()
    expect(code).toBe(0)
    expect(out).toEndWith('The files of this run are in kept.\n')
    const input = readFileSync(terminal.path('kept/input.txt'), 'utf8')
    expect(input.split('\n').length - 1).toBe(Number(lines))
    expect(readFileSync(terminal.path('kept/output.txt'), 'utf8')).toBe(input)
  }
  const program = terminal.start({ args: ['standalone', 'kept/worker.properties'] })
  await program.says('serves REST').catch(error => {
    if (program.child.exitCode === null) throw error
  })
  // It starts with these very files, unless somebody else has the port that they do not name.
  if (program.child.exitCode === null) program.signal('SIGTERM')
  const { code, said } = await program.ended()
  expect(code === 143 || said.join().includes('8083: Address already in use')).toBe(true)
})

test('on a terminal the progress is one line that is written over', async () => {
  const { out } = await terminal.run({
    args: [],
    program: ['script', '-qec', `'${bunnectBinary()}' demo --lines 300000`, '/dev/null'],
    env: env(),
  })
  const line = out.split('\n').find(one => one.includes('records'))!
  expect(line.split('\r\u001b[K').length).toBeGreaterThan(2)
  expect(line).toMatch(/300,000 of 300,000 records {3}[\d,]+\/s {3}lag 0\r$/)
  expect(left()).toEqual([])
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends it with %d and leaves nothing behind', async (name, code) => {
  for (const moment of ['', 'Generated']) {
    const program = demo('--lines', '3000000')
    await until('its folder', () => left().length > 0)
    await until(moment, () => program.out.includes(moment))
    program.signal(name)
    const ended = await program.ended()
    expect([ended.code, ended.said, left()]).toEqual([code, [], []])
  }
})

test('a reader that goes away ends it without a word', async () => {
  const ended = await terminal.run({
    args: ['demo', '--lines', '1000'],
    before: ['bash', '-c', 'set -o pipefail; "$@" | head -n 1', 'bash'],
    env: env(),
  })
  expect([ended.code, ended.err, left()]).toEqual([141, '', []])
})

test('runs while port 8083 is taken', async () => {
  let mine: Bun.Server<undefined> | null = null
  try {
    mine = Bun.serve({ hostname: '127.0.0.1', port: 8083, fetch: () => new Response() })
  } catch (error) {
    expect((error as { code?: string }).code).toBe('EADDRINUSE') // taken already: just as well
  }
  expect((await demo('--lines', '100').ended()).code).toBe(0)
  await mine?.stop(true)
})

test('no room, no right to write: what and where', async () => {
  const huge = await demo('--lines', '100000000000').ended()
  expect([huge.code, huge.out, left()]).toEqual([2, '', []])
  expect(huge.said).toEqual([
    expect.stringMatching(
      /^.*\/tmp\/bunnect-demo-\w+ has [\d,]+ bytes free, and the demo needs about 40,000,000,000,000\. Name another folder with --keep or TMPDIR, or take fewer --lines\.$/,
    ),
  ])
  terminal.write({ file: '' })
  const nowhere = await demo('--keep', 'file').ended()
  expect([nowhere.code, nowhere.said.length]).toEqual([2, 1])
  expect(nowhere.said[0]).toContain(terminal.path('file'))
})

test('--help and --version, anywhere on the line, on standard output', async () => {
  const help = await terminal.run({ args: ['standalone', '--help'] })
  expect([help.code, help.err]).toEqual([0, ''])
  expect(help.out).toStartWith('bunnect: Kafka Connect as one executable\n')
  for (const line of help.out.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  const version = await terminal.run({ args: ['--version', 'demo'] })
  expect([version.code, version.err]).toEqual([0, ''])
  expect(version.out).toMatch(/^bunnect \d+\.\d+\.\d+\S* \(\S+\), stands in for Kafka Connect 4\.3\.1\n$/)
  for (const alias of ['-v', '-V', 'version'])
    expect(await terminal.run({ args: [alias] })).toMatchObject({ code: 0, out: version.out, err: '' })
})

test('the demo of a database copies it, and what it says to do by hand works', async () => {
  const { code, out, err } = await demo('jdbc', '--orders', '300').ended()
  expect([code, err, left()]).toEqual([0, '', []])
  expect(out).toContain('Generated a shop of 300 orders: 1,7')
  expect(out).toMatch(
    /^[\d,]+ rows went database → log → database in \d+\.\d s.*\. The copy is identical, row for row\.$/m,
  )
  const folder = terminal.path('demo')
  expect((await demo('jdbc', '--orders', '100', '--keep', folder).ended()).code).toBe(0)
  for (const [, name, text] of out.matchAll(/^# (demo\/\w+\.properties)\n([\s\S]*?)\n\n/gm))
    terminal.write({ [name!]: `${text!}\n` })
  terminal.write({
    'demo/worker.properties': `${readFileSync(terminal.path('demo/worker.properties'), 'utf8')}listeners=http://127.0.0.1:0\n`,
  })
  const files = ['worker', 'source', 'sink'].map(name => `demo/${name}.properties`)
  const program = terminal.start({ args: ['standalone', ...files] })
  const rows = (file: string) => {
    const database = new Database(terminal.path(`demo/${file}.db`), { readonly: file === 'copy' })
    try {
      if (file === 'shop') database.run("insert into customers values (1000, 'Late', null, 'Porto')")
      return (database.query('select count(*) as n from customers').get() as { n: number }).n
    } finally {
      database.close()
    }
  }
  expect(rows('shop')).toBe(501)
  await until('the late customer', () => rows('copy') === 501)
  program.signal('SIGTERM')
  expect((await program.ended()).code).toBe(143)
}, 120_000)
