import { ConnectException } from '../../data/errors.ts'
import { blame } from './blame.ts'
import type { ChildHost } from './child-host.ts'
import type { Verdict } from './host-watch.ts'
import type { MarkReader } from './marks.ts'
import { taskName } from './task-host.ts'
import type { Tenant, Tenants } from './tenants.ts'

/** What is left when a host has ended without being asked to. */
export interface HostEnd {
  host: ChildHost
  /** Whoever is to blame, each with the reason. */
  failed: { tenant: Tenant; error: ConnectException }[]
  /** The others, which did nothing to deserve it. */
  innocent: Tenant[]
}

/** Who of those that were on a host when it ended fails with it; `reason` is what has happened. */
export function judged(
  how: Verdict['how'],
  reason: string,
  tenants: Tenants,
  marks: MarkReader,
): Omit<HostEnd, 'host'> {
  const blamed = blame(how, marks.current(), tenants.suspects(marks))
  const failed: HostEnd['failed'] = []
  const innocent: Tenant[] = []
  for (const tenant of tenants.all()) {
    if (tenant.failed) continue // It has nothing to lose, and its own reason stands.
    const guilt = blamed.find(({ lease }) => lease === tenant.lease)
    if (!guilt) {
      innocent.push(tenant)
      continue
    }
    const who = tenant.id ? `task ${taskName(tenant.id)}` : `connector ${tenant.connector}`
    const where = guilt.mark
      ? `while it was in ${guilt.mark.call} of ${who}`
      : `and ${who} runs code on it that is not built in`
    failed.push({ tenant, error: new ConnectException(`${reason}, ${where}`) })
  }
  return { failed, innocent }
}
