import type { Logger } from '../observe/log.ts'
import type { Configured } from './assignors/configured.ts'
import { assignEagerly } from './assignors/eager.ts'
import { IncrementalAssignor, type Share } from './assignors/incremental.ts'
import { emptySet, workOf } from './assignors/work-set.ts'
import { Releases } from './handed-over.ts'
import type { Assignment, LedRound, MemberState, Work } from './membership.ts'
import { noWork } from './work.ts'

export interface GroupLeaderParts {
  /** scheduled.rebalance.max.delay.ms */
  maxDelayMs: number
  /** What has been read of the config topic by now. */
  configured: () => Configured
  log: Logger
  /** ms; jumps are stood. */
  now?: () => number
}

/** What a member decides when it leads its group. Java: WorkerCoordinator.performAssignment, LeaderState */
export class GroupLeader {
  readonly #parts: GroupLeaderParts
  readonly #incremental: IncrementalAssignor
  readonly #releases: Releases
  /** What this member's own metadata was made of. */
  #told: Configured | null = null
  /** The URL of each connector's and task's worker, by connector and number. */
  #owners: Map<string, Map<number | null, string>> | null = null
  readonly #warnedUrls = new Set<string>()

  constructor(parts: GroupLeaderParts) {
    this.#parts = parts
    const now = parts.now ?? (() => performance.now())
    this.#incremental = new IncrementalAssignor(parts.maxDelayMs, now, parts.log)
    this.#releases = new Releases(now)
  }

  /** To be asked when this member tells its offset: a round that it then leads gives work as of that. */
  snapshot(): Configured {
    this.#told = this.#parts.configured()
    return this.#told
  }

  /** What each member gets. Java: IncrementalCooperativeAssignor.performAssignment, EagerAssignor.performAssignment */
  assign(members: ReadonlyMap<string, MemberState>, round: LedRound): Map<string, Assignment> {
    this.forget()
    this.#warnOfEqualUrls(members)
    const own = members.get(round.memberId)
    if (own === undefined)
      throw new Error(`The leader ${round.memberId} is not among the members of its group`)
    const frame = { leader: round.memberId, leaderUrl: own.url }
    const newest = Math.max(...[...members.values()].map(({ configOffset }) => configOffset))
    const configured = this.#configuredUpTo(newest, own)
    if (configured === null)
      this.#parts.log.debug(`A member has read the config topic up to ${newest}, this leader has not`)
    // Whoever is given nothing comes again, and then has stopped what it still runs now.
    if (configured === null || (round.turnsEager && members.size > 1)) {
      const assignment = { ...frame, error: 1, configOffset: newest, delayMs: 0 } as const
      return new Map(
        [...members.keys()].map(id => [id, { ...assignment, assigned: noWork(), revoked: noWork() }]),
      )
    }
    const shares =
      round.protocol === 'eager'
        ? eagerShares(members, configured)
        : this.#incremental.round({ members, configured, ...round, ...this.#releases.take(members) })
    this.#owners = ownersOf(shares, members)
    const delayMs = round.protocol === 'eager' ? 0 : this.#incremental.delayMs
    const given = { ...frame, error: 0, configOffset: configured.offset, delayMs } as const
    return new Map(
      [...shares].map(([id, { assigned, revoked }]) => [
        id,
        { ...given, assigned: workOf(assigned), revoked: workOf(revoked) },
      ]),
    )
  }

  /** The URL of the worker that runs the connector (`task` null) or the task; null where this member cannot tell. */
  ownerOf(connector: string, task: number | null): string | null {
    return this.#owners?.get(connector)?.get(task) ?? null
  }

  /** A round begins, or another member leads: who has what is no longer known. */
  forget(): void {
    this.#owners = null
  }

  /**
   * That worker (a member's id or its URL) has stopped this work and is about to leave: once it has left, nobody waits
   * for it to come back. Forgotten when it has not left after a minute. Ours.
   */
  release(worker: string, work: Work): void {
    this.#releases.add(worker, work)
  }

  /** Null when some member has read more of the config topic than this one, even by now. */
  #configuredUpTo(newest: number, own: MemberState): Configured | null {
    const told = this.#told
    if (told !== null && told.offset === own.configOffset && told.offset >= newest) return told
    const fresh = this.#parts.configured()
    return fresh.offset < newest ? null : fresh
  }

  #warnOfEqualUrls(members: ReadonlyMap<string, MemberState>): void {
    const seen = new Map<string, string>()
    for (const [id, { url }] of members) {
      const other = seen.get(url)
      seen.set(url, id)
      if (other === undefined || this.#warnedUrls.has(url)) continue
      this.#warnedUrls.add(url)
      this.#parts.log.warn(
        `The members ${other} and ${id} both say that they are reached at ${url}: requests meant for one of them arrive at the other. ` +
          'Give each worker its own rest.advertised.host.name and rest.advertised.port.',
      )
    }
  }
}

function eagerShares(members: ReadonlyMap<string, MemberState>, configured: Configured): Map<string, Share> {
  const shares = assignEagerly(members, configured)
  return new Map([...shares].map(([id, all]) => [id, { assigned: all, revoked: emptySet(), complete: all }]))
}

function ownersOf(shares: ReadonlyMap<string, Share>, members: ReadonlyMap<string, MemberState>) {
  const owners = new Map<string, Map<number | null, string>>()
  const set = (connector: string, task: number | null, url: string) => {
    const tasks = owners.get(connector)
    if (tasks) tasks.set(task, url)
    else owners.set(connector, new Map([[task, url]]))
  }
  for (const [id, { complete }] of shares) {
    const { url } = members.get(id)!
    for (const connector of complete.connectors.keys()) set(connector, null, url)
    for (const { connector, task } of complete.tasks.values()) set(connector, task, url)
  }
  return owners
}
