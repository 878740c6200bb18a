import type { Work } from '../../src/group/membership.ts'
import type { Status } from './told-states.ts'

/** What members are called that are no workers of the test. */
export const STRANGER = 'stranger'

/** Names of connectors (`c`) and tasks (`c-0`) by the worker that holds them. */
export type Holdings = Record<string, string[]>

export interface MemberView {
  memberId: string
  /** Name of the worker. */
  worker: string
  /** Name of the worker whom this one takes for the leader. */
  leader: string
  held: string[]
  /** Given up in the last round. */
  revoked: string[]
  delayMs: number
  /** It takes part in a round, or has to begin one. */
  isUnfinished: boolean
}

export interface GroupView {
  /** As the broker calls it: Stable, PreparingRebalance … */
  state: string
  /** Of the wire: `sessioned`, `compatible`, `default`. */
  protocol: string
  members: MemberView[]
}

export function itemsOf({ connectors, tasks }: Work): string[] {
  return [...connectors, ...tasks.map(({ connector, task }) => `${connector}-${task}`)]
}

/** Who holds what; throws an Error that says what is still to come. */
export function mustBeSettled(
  { state, members }: GroupView,
  awake: readonly string[],
  configured: readonly string[],
  statuses: ReadonlyMap<string, Status>,
  untold: readonly string[] = [],
): Holdings {
  const shown = members.map(({ worker, held, delayMs }) => `${worker}: ${held} (delay ${delayMs})`).join('; ')
  const missing = (what: string) => new Error(`${what}; ${state}, ${shown}`)
  if (state !== 'Stable' || members.some(({ isUnfinished }) => isUnfinished)) throw missing('a round goes on')
  // What is configured no more needs no further round: the JVM's workers begin one, ours do not.
  const isFollowed = members.some(({ revoked }) => revoked.some(item => configured.includes(item)))
  if (isFollowed) throw missing('what was revoked is to be given to others')
  if (
    !sameItems(
      members.map(({ worker }) => worker),
      awake,
    )
  )
    throw missing(`the members should be ${awake}`)
  if (members.some(({ delayMs }) => delayMs > 0)) throw missing('the leader waits for lost members')
  if (
    !sameItems(
      members.flatMap(({ held }) => held),
      configured,
    )
  )
    throw missing(`all of ${configured} has to be held once`)
  for (const [what, isOne] of [
    ['connectors', (item: string) => !isTask(item)],
    ['tasks', isTask],
  ] as const) {
    const workers = members.filter(({ worker }) => worker !== STRANGER)
    const counts = workers.map(({ held }) => held.filter(isOne).length)
    if (Math.max(...counts) - Math.min(...counts) > 1) throw missing(`${what} are out of balance`)
  }
  for (const { worker, held } of members) {
    if (untold.includes(worker)) continue
    for (const item of held) {
      const told = statuses.get(item)
      if (told?.worker !== worker || told.state === 'UNASSIGNED' || told.state === 'RESTARTING')
        throw missing(`${item} is held by ${worker}, and its status is ${told?.state} on ${told?.worker}`)
    }
  }
  return Object.fromEntries(members.map(({ worker, held }) => [worker, held]))
}

/** Names of connectors do not end so in these tests. */
export function isTask(item: string): boolean {
  return /-\d+$/.test(item)
}

function sameItems(some: readonly string[], others: readonly string[]): boolean {
  return some.toSorted().join('\n') === others.toSorted().join('\n')
}
