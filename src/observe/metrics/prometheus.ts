import { metricName } from './prometheus-name.ts'
import type { MetricGroup, Metrics } from './registry.ts'
import type { GroupTemplate, MetricTemplate, Value } from './template.ts'

/** Version 0.0.4 of the text format: what every scraper takes. */
export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * Every metric as Prometheus' text, under the names that the widespread JMX exporter rules for Kafka Connect give
 * (Strimzi's, made from those of jmx_exporter): `kafka_connect_` and the group without `connect-` and `-metrics`, then
 * the metric, with underscores.
 */
export function prometheusText(metrics: Metrics): string {
  const now = metrics.now()
  const families = new Map<string, { head: string; lines: string[] }>()
  const family = (name: string, doc: string) => {
    let known = families.get(name)
    if (known === undefined) {
      known = { head: head(name, doc), lines: [] }
      families.set(name, known)
    }
    return known.lines
  }
  for (const { template, groups } of metrics.read()) {
    // One of three that say the same, as in the rules.
    if (template.name === 'app-info' && template.tags[0] !== 'client-id') continue
    const prefix = prefixOf(template.name)
    const labels = groups.map(group => labelsOf(template, group.tags))
    for (const metric of template.metrics) {
      const { name, divisor } = renamed(template, metric, `${prefix}_${metricName(metric.name)}`)
      if (metric.text === 'info') continue
      for (const [i, group] of groups.entries()) {
        const value = group.read(metric, now)
        if (value === null) continue
        const lines = family(name, metric.doc)
        if (metric.text === null) lines.push(`${name}${braced(labels[i]!)} ${numberText(value, divisor)}\n`)
        else lines.push(`${name}${braced(joined(labels[i]!, label(metric.name, value)))} 1\n`)
      }
    }
    infos(
      template,
      groups,
      now,
      labels,
      (name, line) => {
        family(name, 'What it is made of.').push(line)
      },
      `${prefix}_info`,
    )
  }
  const parts: string[] = []
  for (const { head, lines } of families.values()) parts.push(head, ...lines)
  return parts.join('')
}

const PREFIXES: Readonly<Record<string, string>> = {
  'app-info': 'kafka_connect',
  'kafka-metrics-count': 'kafka_connect_kafka_metrics_count',
}

function prefixOf(group: string): string {
  if (PREFIXES[group] !== undefined) return PREFIXES[group]
  if (group === 'process' || group.startsWith('bunnect-')) return metricName(group)
  const short = group.replace(/-metrics$/, '').replace(/^connect(?:-|$)/, '')
  return short === '' ? 'kafka_connect' : `kafka_connect_${metricName(short)}`
}

/** As the rules do, which call the application's version and commit information and its start a number of seconds. */
function renamed(
  { name: group }: GroupTemplate,
  { name: metric }: MetricTemplate,
  name: string,
): { name: string; divisor: number } {
  if (group !== 'app-info') return { name, divisor: 1 }
  return metric === 'start-time-ms'
    ? { name: 'kafka_connect_start_time_seconds', divisor: 1000 }
    : { name: `${name}_info`, divisor: 1 }
}

function infos(
  template: GroupTemplate,
  groups: readonly MetricGroup[],
  now: number,
  labels: readonly string[],
  emit: (name: string, line: string) => void,
  name: string,
): void {
  const texts = template.metrics.filter(metric => metric.text === 'info')
  if (texts.length === 0) return
  for (const [i, group] of groups.entries()) {
    let all = labels[i]!
    for (const metric of texts) {
      const value = group.read(metric, now)
      if (value !== null) all = joined(all, label(metric.name, value))
    }
    emit(name, `${name}${braced(all)} 1\n`)
  }
}

function head(name: string, doc: string): string {
  const type = name.endsWith('_total') ? 'counter' : 'gauge'
  const help = doc.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')
  return `${help === '' ? '' : `# HELP ${name} ${help}\n`}# TYPE ${name} ${type}\n`
}

function labelsOf({ tags }: GroupTemplate, values: readonly string[]): string {
  return tags.map((tag, i) => label(LABELS[tag] ?? tag, values[i]!)).join(',')
}

/** As the rules call them, in lower case. */
const LABELS: Readonly<Record<string, string>> = { 'client-id': 'clientid', 'node-id': 'nodeid' }

function label(name: string, value: Value): string {
  const text = String(value)
  const escaped = /[\\"\n]/.test(text)
    ? text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
    : text
  return `${metricName(name)}="${escaped}"`
}

const joined = (labels: string, more: string) => (labels === '' ? more : `${labels},${more}`)
const braced = (labels: string) => (labels === '' ? '' : `{${labels}}`)

function numberText(value: Exclude<Value, null>, divisor: number): string {
  const number = Number(value) / divisor
  if (number === Number.POSITIVE_INFINITY) return '+Inf'
  return number === Number.NEGATIVE_INFINITY ? '-Inf' : String(number)
}
