import { propertyTable } from '../../../src/kafka/client-properties.ts'
import { librdkafkaClient } from '../../../src/kafka/librdkafka/client.ts'
import { portSuite } from '../../port/suite.ts'
import { sharedBroker } from '../../servers/kafka.ts'

const broker = await sharedBroker()

portSuite({
  name: 'librdkafka',
  client: async () => librdkafkaClient(propertyTable),
  // Connect's consumers never commit by themselves; Java's do by default.
  properties: () => ({ 'bootstrap.servers': broker.bootstrap, 'enable.auto.commit': 'false' }),
  dispose: () => broker.stop(),
  capabilities: { compressions: ['none', 'gzip', 'snappy', 'lz4', 'zstd'] },
})
