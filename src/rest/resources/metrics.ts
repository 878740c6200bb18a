import type { GroupJson } from '../../observe/metrics/connect-metrics.ts'
import { PROMETHEUS_TYPE } from '../../observe/metrics/prometheus.ts'
import { json } from '../answers.ts'
import { of } from '../openapi/schemas.ts'
import type { Resource } from '../resource.ts'

/** What shows a worker's metrics; ConnectMetrics is one. */
export interface MetricsPages {
  /** In Prometheus' text format. */
  prometheus(): string
  groups(): GroupJson[]
}

const tag = 'Metrics'

/** `/metrics` for Prometheus, `/bunnect/metrics` for everybody else: what the JVM shows over JMX. */
export function metricsResources(pages: MetricsPages): Resource[] {
  return [
    {
      path: '/metrics',
      methods: {
        GET: {
          tag,
          summary: 'Every metric, in the text format of Prometheus.',
          answers: { 200: of('PrometheusText') },
          consumes: 'anything',
          produces: 'text',
          handler: () => new Response(pages.prometheus(), { headers: { 'content-type': PROMETHEUS_TYPE } }),
        },
      },
    },
    {
      path: '/bunnect/metrics',
      methods: {
        GET: {
          tag,
          summary: 'Every metric by group and tags, under the names that the JVM has them under.',
          answers: { 200: of('MetricGroups') },
          consumes: 'anything',
          handler: () => json(pages.groups()),
        },
      },
    },
  ]
}
