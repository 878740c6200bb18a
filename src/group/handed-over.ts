import { setOf, union, type WorkSet } from './assignors/work-set.ts'
import type { MemberState, Work } from './membership.ts'

/** Whoever has not gone by then does not go because of it. */
const RELEASE_TTL_MS = 60_000

interface Release {
  worker: string
  /** The members that the worker may be, as of when it told; none are known where this member has not led. */
  ids: readonly string[]
  work: WorkSet
  at: number
}

/** What the members of a round have handed over. */
export interface HandedOver {
  /** Of members that are gone. */
  released: WorkSet
  gone: ReadonlySet<string>
  /** Will go, and are members still. */
  leaving: ReadonlySet<string>
}

/** What workers that leave on purpose have stopped, until they have left. Ours. */
export class Releases {
  readonly #now: () => number
  #releases: Release[] = []
  #members: ReadonlyMap<string, MemberState> = new Map()

  constructor(now: () => number) {
    this.#now = now
  }

  /** `worker` is a member id or an advertised URL. */
  add(worker: string, work: Work): void {
    const now = this.#now()
    // Nobody may ask for a round that forgets them.
    this.#releases = this.#releases.filter(release => isFresh(release, now))
    const ids = [...this.#members].filter(([id, { url }]) => id === worker || url === worker)
    this.#releases.push({ worker, ids: ids.map(([id]) => id), work: setOf(work), at: now })
  }

  /** To be asked once for every round that gives work: what it is told of members that are gone is then forgotten. */
  take(members: ReadonlyMap<string, MemberState>): HandedOver {
    const now = this.#now()
    const released: WorkSet[] = []
    const gone = new Set<string>()
    const leaving = new Set<string>()
    const kept: Release[] = []
    for (const release of this.#releases) {
      if (!isFresh(release, now)) continue
      const here = [...members].filter(([id, { url }]) => id === release.worker || url === release.worker)
      const absent = release.ids.filter(id => !members.has(id))
      if (absent.length > 0 || here.length === 0) {
        released.push(release.work)
        for (const id of absent) gone.add(id)
      } else {
        kept.push(release)
        // Of workers that advertise the same URL nobody knows which it is.
        if (here.length === 1) leaving.add(here[0]![0])
      }
    }
    this.#releases = kept
    this.#members = members
    return { released: union(released), gone, leaving }
  }
}

function isFresh({ at }: Release, now: number): boolean {
  return now >= at && now - at <= RELEASE_TTL_MS
}
