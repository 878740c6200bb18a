import { ConnectException } from '../data/errors.ts'
import type { Assignment, ConnectProtocol, GroupTask, MemberState, Work } from './membership.ts'
import { noWork, without } from './work.ts'

/** What is to run, as of one offset of the config topic; the `ConfigSnapshot` of the herder is one. */
export interface Configured {
  readonly offset: number
  connectors(): string[]
  tasks(connector: string): GroupTask[]
}

/**
 * What a group of one gives its member: all that is configured, with an incremental protocol only what the member does not hold,
 * and with what it holds and nobody configures any more taken away. Throws where there are other members. Work that is
 * held twice, lost or unbalanced cannot be in a group of one, nor can a delay. Java: EagerAssignor,
 * IncrementalCooperativeAssignor
 */
export function assignAlone(
  members: ReadonlyMap<string, MemberState>,
  configured: Configured,
  own: { memberId: string; protocol: ConnectProtocol },
): Map<string, Assignment> {
  const member = members.get(own.memberId)
  const others = [...members].filter(([id]) => id !== own.memberId).map(([, { url }]) => url)
  if (others.length > 0 || member === undefined) throw new NotAloneError(others)
  const frame = { leader: own.memberId, leaderUrl: member.url, delayMs: 0 }
  if (configured.offset < member.configOffset) {
    const nothing = { assigned: noWork(), revoked: noWork() }
    return new Map([[own.memberId, { ...frame, error: 1, configOffset: member.configOffset, ...nothing }]])
  }
  const wanted = configuredWork(configured)
  const held = own.protocol !== 'eager' ? (member.held ?? noWork()) : noWork()
  const assignment: Assignment = {
    ...frame,
    error: 0,
    configOffset: configured.offset,
    assigned: without(wanted, held),
    revoked: without(held, wanted),
  }
  return new Map([[own.memberId, assignment]])
}

/** This worker cannot share its group yet. */
export class NotAloneError extends ConnectException {
  constructor(others: readonly string[]) {
    super(`The group has other workers: ${others.join(', ') || '(unknown)'}`, {
      hint: 'Run one bunnect worker a group: stop the others, or give this one a group.id and internal topics of its own.',
    })
  }
}

/** In Java's order: connectors by name, then the tasks of each by number. */
function configuredWork(configured: Configured): Work {
  const connectors = configured.connectors().toSorted(byCodeUnit)
  return { connectors, tasks: connectors.flatMap(connector => configured.tasks(connector)) }
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
