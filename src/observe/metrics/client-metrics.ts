import { showAppInfo } from './app-info.ts'
import type { Metrics } from './registry.ts'
import { groupTemplate } from './template.ts'

/** What a client has done over its connections so far. */
export interface ClientTraffic {
  readonly opened: number
  readonly closed: number
  readonly requests: number
  readonly responses: number
  readonly bytesOut: number
  readonly bytesIn: number
}

/** connect-metrics, as far as a client of ours knows it. Java: org.apache.kafka.common.network.Selector.SelectorMetrics */
const CLIENT = groupTemplate('connect-metrics', ['client-id'], {
  gauges: { 'connection-count': 'The current number of active connections.' },
  sensors: {
    opened: {
      rate: ['connection-creation-rate', 'New connections a second.'],
      total: ['connection-creation-total', 'New connections.'],
    },
    closed: {
      rate: ['connection-close-rate', 'Connections closed a second.'],
      total: ['connection-close-total', 'Connections closed.'],
    },
    io: {
      rate: ['network-io-rate', 'Requests and responses a second.'],
      total: ['network-io-total', 'Requests and responses.'],
    },
    requests: {
      rate: ['request-rate', 'Requests sent a second.'],
      total: ['request-total', 'Requests sent.'],
    },
    responses: {
      rate: ['response-rate', 'Responses received a second.'],
      total: ['response-total', 'Responses received.'],
    },
    bytesOut: {
      rate: ['outgoing-byte-rate', 'Bytes sent to servers a second.'],
      total: ['outgoing-byte-total', 'Bytes sent to servers.'],
    },
    bytesIn: {
      rate: ['incoming-byte-rate', 'Bytes read from sockets a second.'],
      total: ['incoming-byte-total', 'Bytes read from sockets.'],
    },
  },
})

const COUNT = groupTemplate('kafka-metrics-count', ['client-id'], {
  gauges: { count: 'The number of metrics that are registered.' },
})

/** Shows a client of this worker: its traffic, what it is, and how many metrics there are of it. */
export function showClient(
  metrics: Metrics,
  clientId: string,
  about: { version: string; commit: string; traffic: ClientTraffic },
): void {
  const { traffic, version, commit } = about
  const group = metrics.add(CLIENT, [clientId], {
    'connection-count': () => traffic.opened - traffic.closed,
  })
  let before = sums({ opened: 0, closed: 0, requests: 0, responses: 0, bytesOut: 0, bytesIn: 0 })
  metrics.refresh.push(() => {
    const now = sums(traffic)
    for (const [key, sum] of Object.entries(now)) {
      const more = sum - (before[key] ?? 0)
      if (more > 0) group.sensor(key).record(more, metrics.now())
    }
    before = now
  })
  showAppInfo(metrics, clientId, version, commit)
  metrics.add(COUNT, [clientId], {
    count: () => metrics.count(id => id === clientId),
  })
}

function sums(traffic: ClientTraffic): Record<string, number> {
  const { opened, closed, requests, responses, bytesOut, bytesIn } = traffic
  return { opened, closed, requests, responses, bytesOut, bytesIn, io: requests + responses }
}
