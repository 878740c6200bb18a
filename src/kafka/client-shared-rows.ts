/** Rows of the properties that producer and consumer share. */
import {
  as,
  nothing,
  number,
  type Row,
  type Rows,
  security,
  settings,
  unsupported,
  within,
} from './client-property-rows.ts'

const HOUR = 3_600_000
const MAX_INT = 2_147_483_647

/** -1 is the system's own size in Java, 0 in librdkafka; Java's fixed defaults would only throttle. */
const socketBuffer = (key: string, name: string): Row =>
  settings<number>((value, context) =>
    context.given(key) ? { [name]: within(key, Math.max(value, 0), 0, 100_000_000, context) } : {},
  )

const lowerCase = (name: string): Row => settings<string>(value => ({ [name]: value.toLowerCase() }))

/** Metrics are the worker's own matter, not the client's. */
const metrics = nothing

export const sharedRows: Rows = {
  'bootstrap.servers': settings<readonly string[]>(list => ({ 'bootstrap.servers': list.join(',') })),
  'client.dns.lookup': as('client.dns.lookup'),
  'client.id': as('client.id'),
  'connections.max.idle.ms': settings<number>((value, context) => ({
    // -1 is never in Java, 0 is in librdkafka.
    'connections.max.idle.ms': within('connections.max.idle.ms', Math.max(value, 0), 0, MAX_INT, context),
  })),
  'enable.metrics.push': as('enable.metrics.push'),
  'interceptor.classes': unsupported('interceptors are Java classes'),
  'metadata.max.age.ms': settings<number>((value, context) => {
    // Java's key is how often metadata is refreshed; librdkafka's of that name is when old metadata is dropped.
    const refresh = Number(within('metadata.max.age.ms', value, 1, HOUR, context))
    return {
      'topic.metadata.refresh.interval.ms': String(refresh),
      'metadata.max.age.ms': String(refresh * 3),
    }
  }),
  'metadata.recovery.strategy': lowerCase('metadata.recovery.strategy'),
  'metadata.recovery.rebootstrap.trigger.ms': number(
    'metadata.recovery.rebootstrap.trigger.ms',
    'metadata.recovery.rebootstrap.trigger.ms',
    0,
    MAX_INT,
  ),
  'metric.reporters': metrics,
  'metrics.num.samples': metrics,
  'metrics.recording.level': metrics,
  'metrics.sample.window.ms': metrics,
  'config.providers': unsupported('placeholders are resolved before a client is made'),
  'receive.buffer.bytes': socketBuffer('receive.buffer.bytes', 'socket.receive.buffer.bytes'),
  'send.buffer.bytes': socketBuffer('send.buffer.bytes', 'socket.send.buffer.bytes'),
  'reconnect.backoff.ms': number('reconnect.backoff.ms', 'reconnect.backoff.ms', 0, HOUR),
  'reconnect.backoff.max.ms': settings<number>((value, context) => {
    // As in Java: who sets only the first wait gets it as the longest too.
    const first = context.value('reconnect.backoff.ms') as number
    const onlyFirst = context.given('reconnect.backoff.ms') && !context.given('reconnect.backoff.max.ms')
    const longest = onlyFirst ? first : Math.max(value, first)
    return { 'reconnect.backoff.max.ms': within('reconnect.backoff.max.ms', longest, 0, HOUR, context) }
  }),
  'retry.backoff.ms': number('retry.backoff.ms', 'retry.backoff.ms', 1, 300_000),
  'retry.backoff.max.ms': number('retry.backoff.max.ms', 'retry.backoff.max.ms', 1, 300_000),
  'socket.connection.setup.timeout.ms': number(
    'socket.connection.setup.timeout.ms',
    'socket.connection.setup.timeout.ms',
    1000,
    MAX_INT,
  ),
  'socket.connection.setup.timeout.max.ms': unsupported('the time for a connection does not grow'),
  'security.protocol': security,
  'security.providers': security,
}

/** By prefix, since security.ts reads them all. */
export const isSecurityKey = (key: string): boolean => key.startsWith('ssl.') || key.startsWith('sasl.')
