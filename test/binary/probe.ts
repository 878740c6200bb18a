/**
 * A small program that test/binary compiles as scripts/build compiles bunnect. `load` opens the native client and
 * makes one object of each kind, `idle` only imports the module that could; both tell what the process has mapped.
 */
import { readFileSync } from 'node:fs'
import { loadAddon } from '../../src/kafka/librdkafka/native/load.ts'

interface Addon {
  librdkafkaVersion: string
  features(): string
  Producer: new (config: object, topicConfig: object) => object
  KafkaConsumer: new (config: object, topicConfig: object) => object
}

const report: Record<string, unknown> = {}
if (process.argv[2] === 'load') {
  const addon = loadAddon<Addon>()
  report['version'] = addon.librdkafkaVersion
  report['features'] = addon.features().split(',')
  report['again'] = loadAddon<Addon>() === addon
  const config = { 'bootstrap.servers': '127.0.0.1:1' }
  report['producer'] = typeof Reflect.get(new addon.Producer(config, {}), 'connect')
  report['consumer'] = typeof Reflect.get(
    new addon.KafkaConsumer({ ...config, 'group.id': 'g' }, {}),
    'connect',
  )
}
report['inMemory'] = readFileSync('/proc/self/maps', 'utf8').includes('memfd:bunnect-kafka')
console.log(JSON.stringify(report))
