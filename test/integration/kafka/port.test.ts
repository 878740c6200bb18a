import { librdkafkaClient } from '../../../src/kafka/librdkafka/client.ts'
import { portSuite } from '../../port/suite.ts'
import { sharedBroker } from '../../servers/kafka.ts'
import { table } from './table.ts'

const broker = await sharedBroker()

portSuite({
  name: 'librdkafka',
  client: async () => librdkafkaClient(table),
  properties: () => ({ 'bootstrap.servers': broker.bootstrap }),
  dispose: () => broker.stop(),
  capabilities: { compressions: ['none', 'gzip', 'snappy', 'lz4', 'zstd'] },
})
