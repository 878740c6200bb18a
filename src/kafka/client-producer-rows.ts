/** Rows of the producer's own properties. */
import {
  as,
  nothing,
  number,
  type RowContext,
  type Rows,
  type Settings,
  settings,
  unsupported,
  us,
  within,
} from './client-property-rows.ts'

const MAX_INT = 2_147_483_647
const ROUND_ROBIN = 'org.apache.kafka.clients.producer.RoundRobinPartitioner'

type Given = Pick<RowContext, 'value' | 'given'>

const level = (codec: string, min: number, max: number) =>
  settings<number>((value, context): Settings => {
    const key = `compression.${codec}.level`
    if (context.value('compression.type') !== codec || !context.given(key)) return {}
    return { 'compression.level': within(key, value, min, max, context) }
  })

export const producerRows: Rows = {
  acks: as('acks'),
  // Java's 16 KB come from a time of slower networks; larger batches change no record and no order.
  'batch.size': settings<number>((value, context) => ({
    'batch.size': String(context.given('batch.size') ? Math.max(value, 1) : 1_000_000),
  })),
  'buffer.memory': settings<number>((value, context) => ({
    // A record larger than the buffer would wait for room for ever.
    'queue.buffering.max.kbytes': within(
      'buffer.memory',
      Math.ceil(Math.max(value, Number(context.value('max.request.size'))) / 1024),
      1,
      MAX_INT,
      context,
    ),
    // The client counts payload only: empty records would never fill it (invariant 7).
    'queue.buffering.max.messages': String(Math.min(Math.max(Math.floor(value / 128), 1000), MAX_INT)),
  })),
  'compression.type': as('compression.type'),
  'compression.gzip.level': level('gzip', -1, 9),
  'compression.lz4.level': level('lz4', 0, 12),
  'compression.zstd.level': level('zstd', -1, 12),
  'delivery.timeout.ms': settings<number>((value, context): Settings => {
    const limit =
      context.value('transactional.id') === null
        ? MAX_INT
        : (context.value('transaction.timeout.ms') as number)
    if (value <= limit) return { 'delivery.timeout.ms': String(deliveryTimeout(value, context)) }
    // Connect's own 2^31-1 means "as long as it takes": the client then takes the transaction's time by itself.
    if (value === MAX_INT) return {}
    // Java's default is longer than its own default of the other: nobody's doing.
    if (context.given('delivery.timeout.ms')) {
      context.warn(
        `delivery.timeout.ms=${value} is longer than transaction.timeout.ms: ${limit} is used, the transaction would be over by then.`,
      )
    }
    return { 'delivery.timeout.ms': String(limit) }
  }),
  'enable.idempotence': settings<boolean>((_, context) => ({
    'enable.idempotence': String(isIdempotent(context)),
  })),
  'key.serializer': us,
  'value.serializer': us,
  'linger.ms': number('linger.ms', 'linger.ms', 0, 900_000),
  'max.block.ms': settings<number>(value => ({
    // A topic that is not there yet: Java waits for it as long as for room in its buffer. librdkafka multiplies by
    // 1000 in 32 bits: beyond 2,147,483 ms that is negative, and every topic that is not there fails at once.
    'topic.metadata.propagation.max.ms': String(Math.min(value, 2_147_000)),
  })),
  'max.in.flight.requests.per.connection': number(
    'max.in.flight.requests.per.connection',
    'max.in.flight.requests.per.connection',
    1,
    1_000_000,
  ),
  'max.request.size': number('max.request.size', 'message.max.bytes', 1000, 1_000_000_000),
  'metadata.max.idle.ms': nothing,
  // The JVM puts a key where murmur2 says: another hash would tear a key's records apart.
  'partitioner.class': settings<string | null>((value, context) => {
    if (context.value('partitioner.ignore.keys') === true) return { partitioner: 'random' }
    if (value === ROUND_ROBIN) {
      context.warn(`partitioner.class=${value}: records are spread at random, not in turn.`)
      return { partitioner: 'random' }
    }
    if (value !== null) {
      context.warn(
        `partitioner.class=${value} is a Java class: Kafka's default (murmur2 of the key) is used.`,
      )
    }
    return { partitioner: 'murmur2_random' }
  }),
  'partitioner.ignore.keys': us,
  'partitioner.adaptive.partitioning.enable': nothing,
  'partitioner.availability.timeout.ms': unsupported('a slow partition is not avoided'),
  'request.timeout.ms': settings<number>((value, context) => {
    const key = 'request.timeout.ms'
    // The broker's wait for replicas and our own for an answer: one key in Java.
    const longest =
      context.value('transactional.id') === null
        ? 300_000
        : Math.min(300_000, Number(context.value('transaction.timeout.ms')))
    return {
      'request.timeout.ms': within(key, value, 1, 900_000, context),
      'socket.timeout.ms': String(Math.min(Math.max(value, 10), longest)),
    }
  }),
  retries: as('retries'),
  'transaction.timeout.ms': number('transaction.timeout.ms', 'transaction.timeout.ms', 1000, MAX_INT),
  'transaction.two.phase.commit.enable': unsupported('two-phase commit is not supported'),
  'transactional.id': as('transactional.id'),
}

/** Java: KafkaProducer.configureDeliveryTimeout; what cannot be is refused in client-properties.ts. */
function deliveryTimeout(value: number, context: Given): number {
  const least = Number(context.value('linger.ms')) + Number(context.value('request.timeout.ms'))
  return context.given('delivery.timeout.ms') ? value : Math.max(value, least)
}
/** On by default, silently off where acks or retries forbid it. Java: ProducerConfig.postProcessAndValidateIdempotenceConfigs */
export function isIdempotent(context: Given): boolean {
  return (
    context.value('enable.idempotence') === true &&
    (context.given('enable.idempotence') ||
      (['all', '-1'].includes(String(context.value('acks'))) && Number(context.value('retries')) > 0))
  )
}

/** Set for every producer. */
export const PRODUCER_CONSTANTS = { 'log.connection.close': 'false' }
