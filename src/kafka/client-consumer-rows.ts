/** Rows of the consumer's own properties. */
import { ConfigException } from '../data/errors.ts'
import {
  as,
  nothing,
  number,
  type Rows,
  type Settings,
  settings,
  us,
  within,
} from './client-property-rows.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
const PACKAGE = 'org.apache.kafka.clients.consumer.'

const isClassic = (context: { value(key: string): unknown }) =>
  String(context.value('group.protocol')).toLowerCase() === 'classic'

/** The broker decides these in the new group protocol, and librdkafka refuses to be told. */
const classicOnly = (key: string, min: number, max: number) =>
  settings<number>((value, context) =>
    isClassic(context) ? { [key]: within(key, value, min, max, context) } : {},
  )

const ASSIGNORS: Readonly<Record<string, string>> = {
  [`${PACKAGE}RangeAssignor`]: 'range',
  [`${PACKAGE}RoundRobinAssignor`]: 'roundrobin',
  [`${PACKAGE}StickyAssignor`]: 'sticky',
  [`${PACKAGE}CooperativeStickyAssignor`]: 'cooperative-sticky',
}

export const consumerRows: Rows = {
  'allow.auto.create.topics': as('allow.auto.create.topics'),
  'auto.commit.interval.ms': nothing,
  'auto.offset.reset': settings<string>(value => {
    if (value.startsWith('by_duration:')) {
      throw new ConfigException(`auto.offset.reset=${value} is not supported`, {
        hint: 'Use earliest or latest, or set the offsets of the group beforehand.',
      })
    }
    return { 'auto.offset.reset': value === 'none' ? 'error' : value }
  }),
  'check.crcs': as('check.crcs'),
  'client.rack': as('client.rack'),
  'default.api.timeout.ms': us,
  // Invariant 1: librdkafka would commit what it has handed out, whether or not a task has made it durable.
  'enable.auto.commit': settings<boolean>((value, context) => {
    if (value && context.given('enable.auto.commit')) {
      context.warn(
        'enable.auto.commit=true is not honoured: offsets are committed when their records are durable.',
      )
    }
    return { 'enable.auto.commit': 'false', 'enable.auto.offset.store': 'false' }
  }),
  'exclude.internal.topics': us,
  'fetch.max.bytes': settings<number>((value, context) => {
    const most = Number(within('fetch.max.bytes', value, 1000, 2_147_483_135, context))
    return {
      'fetch.max.bytes': String(most),
      // librdkafka wants it no larger than the above.
      'message.max.bytes': String(Math.min(most, 1_000_000)),
      // A first batch may be larger than asked for, and Java sets no bound at all.
      'receive.message.max.bytes': String(Math.max(most + 512, 268_435_456)),
    }
  }),
  'fetch.max.wait.ms': number('fetch.max.wait.ms', 'fetch.wait.max.ms', 0, 300_000),
  'fetch.min.bytes': number('fetch.min.bytes', 'fetch.min.bytes', 1, 100_000_000),
  'group.id': settings<string | null>(value => ({
    // librdkafka wants a group even from who takes partitions by hand and commits nothing.
    'group.id': value ?? 'bunnect-without-group',
  })),
  'group.instance.id': as('group.instance.id'),
  'group.protocol': settings<string>(value => ({ 'group.protocol': value.toLowerCase() })),
  'group.remote.assignor': settings<string | null>(
    (value, context): Settings =>
      value === null || isClassic(context) ? {} : { 'group.remote.assignor': value },
  ),
  'heartbeat.interval.ms': classicOnly('heartbeat.interval.ms', 1, HOUR),
  'isolation.level': as('isolation.level'),
  'key.deserializer': us,
  'value.deserializer': us,
  'max.partition.fetch.bytes': number(
    'max.partition.fetch.bytes',
    'max.partition.fetch.bytes',
    1,
    1_000_000_000,
  ),
  'max.poll.interval.ms': settings<number>((value, context) => {
    const key = 'max.poll.interval.ms'
    const session = isClassic(context) ? Number(context.value('session.timeout.ms')) : 1
    return { [key]: within(key, value, Math.min(session, DAY), DAY, context) }
  }),
  'max.poll.records': us,
  'partition.assignment.strategy': settings<readonly string[]>((list, context): Settings => {
    if (!isClassic(context)) return {}
    const known: string[] = []
    for (const name of list) {
      const assignor = ASSIGNORS[name]
      if (assignor) known.push(assignor)
      else
        context.warn(`partition.assignment.strategy=${name} is not supported and not offered to the group.`)
    }
    // All of them, in this order: a JVM member of the same group may offer any one of them alone.
    return { 'partition.assignment.strategy': (known.length > 0 ? known : ['range']).join(',') }
  }),
  'request.timeout.ms': settings<number>((value, context) => ({
    'socket.timeout.ms': within('request.timeout.ms', value, 10, 300_000, context),
  })),
  'session.timeout.ms': classicOnly('session.timeout.ms', 1, HOUR),
  'share.acknowledgement.mode': nothing,
  'share.acquire.mode': nothing,
}

/** Set for every consumer. */
export const CONSUMER_CONSTANTS = {
  'log.connection.close': 'false',
  // The end of a partition is an event: `position` never passes a commit marker.
  'enable.partition.eof': 'true',
  // With its own values the client pauses a second whenever a fast reader has emptied its queue.
  'fetch.queue.backoff.ms': '2',
  'queued.min.messages': '1000000',
  'queued.max.messages.kbytes': '8192',
}
