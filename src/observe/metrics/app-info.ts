import type { Metrics } from './registry.ts'
import { APP_INFO, APP_INFO_BEAN, CLIENT_APP_INFO } from './worker-templates.ts'

/** What the program is, under a client's id or without. Java: org.apache.kafka.common.utils.AppInfoParser */
export function showAppInfo(metrics: Metrics, id: string | null, version: string, commit: string): void {
  const started = metrics.now()
  const info = {
    version: () => version,
    'commit-id': () => commit,
    'start-time-ms': () => started,
  }
  if (id === null) {
    metrics.add(APP_INFO, [], info)
    return
  }
  metrics.add(CLIENT_APP_INFO, [id], info)
  metrics.add(APP_INFO_BEAN, [id], {
    Version: () => version,
    CommitId: () => commit,
    StartTimeMs: () => started,
  })
}
