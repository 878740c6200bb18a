import type { PropertyTable } from '../../../src/kafka/librdkafka/client.ts'

const RENAMED: Record<string, string> = {
  'max.request.size': 'message.max.bytes',
  'fetch.max.wait.ms': 'fetch.wait.max.ms',
}
export const table: PropertyTable = {
  librdkafka(kind, properties) {
    const settings: Record<string, string> =
      kind === 'producer'
        ? {
            partitioner: 'murmur2_random',
            'message.max.bytes': '1048576',
            'queue.buffering.max.kbytes': '32768',
            'queue.buffering.max.messages': '1000000',
            'batch.size': '1000000',
            'max.in.flight': '1',
            'enable.idempotence': 'true',
          }
        : {
            'group.id': 'no-group',
            'auto.offset.reset': 'latest',
            'isolation.level': 'read_uncommitted',
            'check.crcs': 'true',
            'allow.auto.create.topics': 'true',
            'enable.auto.commit': 'false',
            'enable.auto.offset.store': 'false',
            'enable.partition.eof': 'true',
            'fetch.queue.backoff.ms': '2',
            'queued.min.messages': '100000',
            'fetch.max.bytes': '52428800',
            'receive.message.max.bytes': '100000000',
            'topic.metadata.refresh.interval.ms': '300000',
          }
    for (const [key, value] of Object.entries(properties)) {
      if (key === 'buffer.memory')
        settings['queue.buffering.max.kbytes'] = String(Math.ceil(Number(value) / 1024))
      else if (key === 'max.request.size') {
        settings['message.max.bytes'] = value
      } else if (key === 'metadata.max.age.ms') settings['topic.metadata.refresh.interval.ms'] = value
      else if (['max.block.ms', 'max.poll.records'].includes(key)) continue
      else if (key === 'auto.offset.reset') settings[key] = value === 'none' ? 'error' : value
      else settings[RENAMED[key] ?? key] = value
    }
    return { settings, warnings: [] }
  },
  admin(properties) {
    return {
      options: {
        clientId: 'test',
        bootstrapBrokers: (properties['bootstrap.servers'] ?? '').split(','),
        retries: 3,
        retryDelay: 100,
      },
      warnings: [],
    }
  },
}
