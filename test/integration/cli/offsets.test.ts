import { afterEach, beforeEach, expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { readJavaOffsets } from '../../../src/stores/java-offset-file.ts'
import { until } from '../../servers/run.ts'
import { properties, SINK, SOURCE, Terminal, WORKER } from './terminal.ts'

let terminal: Terminal
beforeEach(() => {
  terminal = new Terminal()
})
afterEach(() => terminal.close())

test('offsets go out for the JVM, and the file is taken over when it comes back', async () => {
  terminal.write({
    'worker.properties': properties(WORKER),
    'source.properties': properties(SOURCE),
    'sink.properties': properties(SINK),
    'in.txt': 'one\ntwo\n',
  })
  const args = ['standalone', 'worker.properties', 'source.properties', 'sink.properties']
  const output = terminal.path('out.txt')
  const program = terminal.start({ args })
  await until('the lines', () => existsSync(output) && readFileSync(output, 'utf8') === 'one\ntwo\n')
  program.signal('SIGTERM')
  await program.ended()

  const exported = await terminal.run({ args: ['offsets', 'export', '--java', 'java', 'worker.properties'] })
  expect([exported.code, exported.err]).toEqual([0, ''])
  expect(exported.out).toBe(
    'Wrote 1 source offset to java. Point offset.storage.file.filename of the JVM worker at it.\n',
  )
  const [entry] = readJavaOffsets(readFileSync(terminal.path('java')))
  expect([String(Buffer.from(entry!.key)), String(Buffer.from(entry!.value!))]).toEqual([
    '["source",{"filename":"in.txt"}]',
    '{"position":8}',
  ])

  terminal.write({
    'worker.properties': properties({ ...WORKER, 'offset.storage.file.filename': 'java' }),
    'in.txt': 'one\ntwo\nthree\n',
  })
  const again = terminal.start({ args })
  await again.says('Imported 1 offsets from the Java offset file')
  await until('the third line', () => readFileSync(output, 'utf8') === 'one\ntwo\nthree\n')
  again.signal('SIGTERM')
  expect((await again.ended()).code).toBe(143)
  expect(existsSync(terminal.path('java.bak'))).toBe(true)
})
