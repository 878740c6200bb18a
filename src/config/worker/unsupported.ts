/**
 * Worker keys of Kafka Connect that this version does not act on: those that protect something stop the start,
 * the others are a warning.
 */
import { ConnectException } from '../../data/errors.ts'
import type { Parsed } from '../keys.ts'
import type { commonKeys } from './common.ts'

const REST_EXTENSION = 'org.apache.kafka.connect.rest.ConnectRestExtension'
const JMX_REPORTER = 'org.apache.kafka.common.metrics.JmxReporter'

/** Java's text for a REST extension that is not there: many of them are what asks for a password. */
export function refuseRestExtensions(classes: readonly string[]): void {
  if (classes.length === 0) return
  throw new ConnectException(
    `Failed to find any class that implements interface ${REST_EXTENSION} and which name matches ${classes[0]}`,
    { hint: 'REST extensions are not supported by this version; protect the listeners by other means.' },
  )
}

/** One line a key that was set and does nothing. */
export function ineffectiveKeys(values: Parsed<typeof commonKeys>): string[] {
  const warnings: string[] = []
  const say = (key: string, why: string) => warnings.push(`${key} has no effect: ${why}.`)
  if (values['metric.reporters'].some(name => name !== JMX_REPORTER)) {
    say('metric.reporters', 'reporters are Java classes; GET /metrics gives every metric to Prometheus')
  }
  return warnings
}
