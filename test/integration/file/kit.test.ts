/** The conformance kit on the file connectors. */
import { afterAll, beforeAll } from 'bun:test'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { STRING_SCHEMA } from '../../../src/data/schema.ts'
import { sinkBehaviours, sinkSuite, sourceBehaviours, sourceSuite } from '../../../src/testing/index.ts'
import { serversFolder, sharedBroker } from '../../servers/kafka.ts'
import { testEach } from '../../servers/kit.ts'
import { KitEnvironment } from '../../servers/kit-environment.ts'

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
const numbersOf = (text: string) =>
  text
    .split('\n')
    .filter(line => line !== '')
    .map(line => Number(/\d+/.exec(line)![0]))

const source = {
  name: 'file source',
  config: (place: string) => ({
    'connector.class': 'FileStreamSource',
    file: file(place),
    topic: place,
  }),
  prepare: async (place: string) => writeFileSync(file(place), ''),
  add: async (place: string, from: number, to: number) =>
    appendFileSync(file(place), Array.from({ length: to - from }, (_, i) => `line ${from + i}\n`).join('')),
  numberOf: (value: unknown) => numbersOf(String(value))[0]!,
}

const sink = {
  name: 'file sink',
  config: (topic: string) => ({ 'connector.class': 'FileStreamSink', file: file(topic) }),
  record: (i: number) => ({ valueSchema: STRING_SCHEMA, value: `line ${i}` }),
  written: async (topic: string) =>
    existsSync(file(topic)) ? numbersOf(readFileSync(file(topic), 'utf8')) : [],
  redelivery: 'repeats' as const,
}

testEach(
  sourceSuite(source, () => environment, [
    sourceBehaviours.openClose(),
    sourceBehaviours.empty(),
    sourceBehaviours.one(),
    sourceBehaviours.batch(1000),
    sourceBehaviours.restart(),
    sourceBehaviours.killAndResume(2000, 3),
    sourceBehaviours.pause(),
    sourceBehaviours.backPressure(200_000, 120_000_000),
  ]),
)
testEach(
  sinkSuite(sink, () => environment, [
    sinkBehaviours.openClose(),
    sinkBehaviours.empty(),
    sinkBehaviours.one(),
    sinkBehaviours.batch(1000),
    sinkBehaviours.killAndResume(2000, 3),
    sinkBehaviours.pause(),
  ]),
)
