import type { Parsed } from '../config/keys.ts'
import type { bunnectKeys } from '../config/worker/bunnect.ts'
import type { commonKeys } from '../config/worker/common.ts'
import { type HeaderRule, headerRuleList } from '../config/worker/header-rules.ts'
import type { restKeys } from '../config/worker/rest.ts'
import type { Compat } from './compat.ts'

/** What a worker's configuration says of its REST API. Java: RestServerConfig */
export interface RestSettings {
  compat: Compat
  /** Where `/admin` is served: where everything is, on listeners of its own, or nowhere. */
  admin: 'shared' | 'own' | 'off'
  /** `access.control.allow.origin` and `.methods` as they were written. */
  allowedOrigins: string
  allowedMethods: string
  responseHeaders: readonly HeaderRule[]
  topicTracking: boolean
  topicReset: boolean
  /** How long a request waits for a rebalance to end, at most. */
  holdMs: number
}

type Keys = typeof restKeys & typeof commonKeys & typeof bunnectKeys
type Values = Parsed<Keys>

export const plainSettings: RestSettings = {
  compat: 'corrected',
  admin: 'shared',
  allowedOrigins: '',
  allowedMethods: '',
  responseHeaders: [],
  topicTracking: true,
  topicReset: true,
  holdMs: 0,
}

export function restSettings(values: Values): RestSettings {
  const admin = values['admin.listeners']
  const compat = values['bunnect.rest.compat'] as Compat
  return {
    compat,
    admin: admin === null ? 'shared' : admin.length > 0 ? 'own' : 'off',
    allowedOrigins: values['access.control.allow.origin'],
    allowedMethods: values['access.control.allow.methods'],
    responseHeaders: headerRuleList(values['response.http.headers.config']),
    topicTracking: values['topic.tracking.enable'],
    topicReset: values['topic.tracking.allow.reset'],
    holdMs: compat === 'strict' ? 0 : values['bunnect.rest.hold.ms'],
  }
}
