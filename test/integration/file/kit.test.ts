/** The conformance kit on the file connectors. */
import { afterAll, beforeAll } from 'bun:test'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Subprocess } from 'bun'
import { fileStreamSink } from '../../../connectors/file/sink.ts'
import { fileStreamSource } from '../../../connectors/file/source.ts'
import { STRING_SCHEMA } from '../../../src/data/schema.ts'
import {
  type SinkUnderTest,
  type SourceUnderTest,
  sinkBehaviours,
  sinkSuite,
  sourceSuite,
} from '../../../src/testing/index.ts'
import { serversFolder, sharedBroker } from '../../servers/kafka.ts'
import { testEach } from '../../servers/kit.ts'
import { KitEnvironment } from '../../servers/kit-environment.ts'
import { run } from '../../servers/run.ts'

let environment: KitEnvironment
let broker: Awaited<ReturnType<typeof sharedBroker>>
beforeAll(async () => {
  broker = await sharedBroker()
  environment = new KitEnvironment(broker.bootstrap)
}, 120_000)
afterAll(async () => {
  await environment.close()
  await broker.stop()
}, 120_000)

const file = (name: string) => join(serversFolder(), `${name}.txt`)
const line = (i: number, bytes = 0) => `line ${i} `.padEnd(bytes, '.')
const numbersIn = (path: string) =>
  (existsSync(path) ? readFileSync(path, 'utf8') : '')
    .split('\n')
    .filter(text => text !== '')
    .map(numberOf)
const numberOf = (text: string) => Number(/\d+/.exec(text)![0])

const source: SourceUnderTest = {
  name: 'file source',
  plugin: fileStreamSource,
  config: place => ({ 'connector.class': 'FileStreamSource', file: file(place), topic: place }),
  prepare: async place => writeFileSync(file(place), ''),
  async add(place, from, to, bytes) {
    for (let i = from; i < to; i += 1000) {
      const lines = Array.from({ length: Math.min(1000, to - i) }, (_, at) => `${line(i + at, bytes)}\n`)
      appendFileSync(file(place), lines.join(''))
    }
  },
  numberOf: value => numberOf(String(value)),
}

const sink: SinkUnderTest = {
  name: 'file sink',
  plugin: fileStreamSink,
  config: place => ({ 'connector.class': 'FileStreamSink', file: file(place) }),
  record: (i, bytes) => ({ valueSchema: STRING_SCHEMA, value: line(i, bytes) }),
  written: async place => numbersIn(file(place)),
  redelivery: 'repeats',
}

/** A pipe whose reader copies it to the file, and can be held. */
const readers = new Map<string, Subprocess>()
afterAll(() => {
  for (const reader of readers.values()) reader.kill('SIGKILL')
})
const pipeSink: SinkUnderTest = {
  ...sink,
  name: 'file sink, into a pipe',
  async config(place) {
    const pipe = `${file(place)}.pipe`
    await run(['mkfifo', pipe])
    // Open for writing as well: a sink that looks whether it can write and closes the pipe again does not end it.
    const reader = ['sh', '-c', 'exec cat <> "$0"', pipe]
    readers.set(place, Bun.spawn(reader, { stdout: Bun.file(file(place)) }))
    return { 'connector.class': 'FileStreamSink', file: pipe }
  },
  async slow(place) {
    const reader = readers.get(place)!
    reader.kill('SIGSTOP')
    return async () => reader.kill('SIGCONT')
  },
}

testEach(sourceSuite(source), () => environment)
testEach(sinkSuite(sink), () => environment)
testEach(
  sinkSuite(pipeSink, [
    sinkBehaviours.slowTarget(),
    sinkBehaviours.backPressure(450_000_000, 350_000_000),
    sinkBehaviours.offsetsReset(100),
  ]),
  () => environment,
)
