/** Sections about what workers put into JoinGroup and SyncGroup. */
import { consecutiveRevocationBackoff } from '../../../src/group/assignors/backoff.ts'
import type { Configured } from '../../../src/group/assignors/configured.ts'
import { IncrementalAssignor } from '../../../src/group/assignors/incremental.ts'
import { workOf } from '../../../src/group/assignors/work-set.ts'
import { GroupLeader } from '../../../src/group/leader.ts'
import type { Assignment, ConnectProtocol, GroupTask, MemberState } from '../../../src/group/membership.ts'
import {
  decodeAssignment,
  decodeMetadata,
  encodeAssignment,
  encodeMetadata,
  offeredProtocols,
  PROTOCOLS,
} from '../../../src/group/protocol.ts'
import { heldAfter } from '../../../src/group/work.ts'
import { logger } from '../../../src/observe/log.ts'
import { type Comparison, each, plain, type Section, whole } from './section.ts'

/** How the vectors write an assignment. */
interface WrittenAssignment {
  version: number
  error: 0 | 1
  leader: string
  leaderUrl: string
  configOffset: number
  connectors: string[]
  tasks: string[]
  revokedConnectors: string[]
  revokedTasks: string[]
  delay: number
}

interface MetadataVector {
  input: {
    url: string
    configOffset: number
    configOffsetString?: string
    assignment: WrittenAssignment | null
  }
  v0_default: string
  v1_compatible: string
  v2_sessioned: string
  joinGroupProtocolsOrder_sessioned: string[]
}

interface AssignmentVector {
  input?: WrittenAssignment
  v0?: string
  v1?: string
  v2?: string
  v0_decodedWithV1Reader?: WrittenAssignment
  truncatedV1AssignmentDecodes?: { hex: string; decoded: WrittenAssignment }[]
}

function joinGroupMetadata(vector: MetadataVector): Comparison {
  const { url, configOffset, configOffsetString, assignment } = vector.input
  const offset = configOffsetString === undefined ? configOffset : BigInt(configOffsetString)
  const metadata = { url, configOffset: offset, allocation: assignment && assignmentOf(assignment) }
  const versions = { 0: vector.v0_default, 1: vector.v1_compatible, 2: vector.v2_sessioned }
  const hex = [0, 1, 2].map(version => encodeMetadata(version as 0 | 1 | 2, metadata).toString('hex'))
  const read = Object.values(versions).map(bytes => plain(decodeMetadata(Buffer.from(bytes, 'hex'))))
  const full = plain(metadata)
  return {
    expected: {
      order: vector.joinGroupProtocolsOrder_sessioned,
      hex: Object.values(versions),
      read: [{ ...(full as object), allocation: null }, full, full],
    },
    got: { order: offeredProtocols('sessioned').map(protocol => PROTOCOLS[protocol].name), hex, read },
  }
}

function assignment(vector: AssignmentVector): Comparison {
  const { input, v0, v1, v2, v0_decodedWithV1Reader: short, truncatedV1AssignmentDecodes: cut = [] } = vector
  const expected: unknown[] = []
  const got: unknown[] = []
  for (const { hex, decoded } of cut) {
    expected.push(assignmentOf(decoded))
    got.push(decodeAssignment(Buffer.from(hex, 'hex')))
  }
  if (input !== undefined) {
    const full = assignmentOf(input)
    for (const [version, hex] of [v0!, v1!, v2!].entries()) {
      expected.push(hex, version === 0 ? sorted(assignmentOf(short!)) : sorted(full))
      got.push(
        encodeAssignment(version as 0 | 1 | 2, full).toString('hex'),
        sorted(decodeAssignment(Buffer.from(hex, 'hex'))),
      )
    }
  }
  return { expected, got }
}

/** Names have no hyphen and digits at their end, so the last hyphen is the task's. */
function taskOf(text: string): GroupTask {
  const at = text.lastIndexOf('-')
  return { connector: text.slice(0, at), task: Number(text.slice(at + 1)) }
}

function assignmentOf(written: WrittenAssignment): Assignment {
  return {
    error: written.error,
    leader: written.leader,
    leaderUrl: written.leaderUrl,
    configOffset: written.configOffset,
    assigned: { connectors: written.connectors, tasks: written.tasks.map(taskOf) },
    revoked: { connectors: written.revokedConnectors, tasks: written.revokedTasks.map(taskOf) },
    delayMs: written.delay,
  }
}

/** The bytes group tasks by connector: what was interleaved comes back in another order. */
function sorted(value: Assignment): unknown {
  const tasks = (list: readonly GroupTask[]) => list.map(t => `${t.connector}-${t.task}`).toSorted()
  return {
    ...value,
    assigned: { connectors: value.assigned.connectors.toSorted(), tasks: tasks(value.assigned.tasks) },
    revoked: { connectors: value.revoked.connectors.toSorted(), tasks: tasks(value.revoked.tasks) },
  }
}

const log = logger('conform')

function configuredOf(tasks: Readonly<Record<string, number>>, offset: number): Configured {
  return {
    offset,
    connectors: () => Object.keys(tasks),
    tasks: connector => Array.from({ length: tasks[connector] ?? 0 }, (_, task) => ({ connector, task })),
  }
}

interface EagerVector {
  leader: string
  configured: Record<string, number>
  memberConfigOffsets: Record<string, number>
  assignments: Record<string, { error: number; configOffset: number; connectors: string[]; tasks: string[] }>
  assignmentsHex: Record<string, string>
}

/** The vector's members advertise URLs made of their ids. */
const newMember = (id: string, configOffset: number): MemberState => ({
  url: `http://${id}/`,
  configOffset,
  held: null,
  unable: [],
})

function eagerAssignor({
  leader: memberId,
  configured,
  memberConfigOffsets,
  assignments,
  assignmentsHex,
}: EagerVector): Comparison {
  const offset = memberConfigOffsets[memberId]!
  const leader = new GroupLeader({ maxDelayMs: 0, configured: () => configuredOf(configured, offset), log })
  const members = Object.entries(memberConfigOffsets).map(([id, at]) => [id, newMember(id, at)] as const)
  const round = { memberId, protocol: 'eager', generation: 1, lastGeneration: -1, turnsEager: false } as const
  const given = leader.assign(new Map(members), round)
  return {
    expected: { assignments, assignmentsHex },
    got: {
      assignments: mapped(given, assignment => {
        const { error, configOffset, assigned } = asRead(assignment, 0)
        return { error, configOffset, connectors: assigned.connectors, tasks: assigned.tasks.map(textOf) }
      }),
      assignmentsHex: hexOf(given, 'eager'),
    },
  }
}

interface MismatchVector {
  description: string
  assignments: Record<string, WrittenAssignment>
  assignmentsHex: Record<string, string>
}

/** The vectors tell in words what the leader has read when it tells its offset, and later; c and d have a task each. */
function leaderConfigMismatch({ description, assignments, assignmentsHex }: MismatchVector): Comparison {
  const [, told, newest, fresh] =
    /snapshot (\d+), member w2 reports (\d+), fresh snapshot (?:only|is) (\d+)/.exec(description) ?? []
  let offset = Number(told)
  const leader = new GroupLeader({
    maxDelayMs: 300_000,
    configured: () => configuredOf({ c: 1, d: 1 }, offset),
    log,
  })
  const own = newMember('w1', leader.snapshot().offset)
  offset = Number(fresh)
  const given = leader.assign(
    new Map([
      ['w1', own],
      ['w2', newMember('w2', Number(newest))],
    ]),
    { memberId: 'w1', protocol: 'sessioned', generation: 1, lastGeneration: -1, turnsEager: false },
  )
  return {
    expected: { assignments: plain(mapped(assignments, assignmentOf)), assignmentsHex },
    got: { assignments: plain(given), assignmentsHex: hexOf(given, 'sessioned') },
  }
}

interface RoundsVector {
  scheduledRebalanceMaxDelayMs: number
  steps: RoundVector[]
}

interface RoundVector {
  timeMs: number
  generation: number
  leader: string
  leaderLastCompletedGeneration: number
  configOffset: number
  configured: Record<string, number>
  memberMetadataHex: Record<string, string>
  assignments: Record<string, Omit<WrittenAssignment, 'version' | 'leader' | 'leaderUrl' | 'configOffset'>>
  assignmentsHex: Record<string, string>
  leaderDelayAfter: number
  leaderScheduledRebalanceAfter: number
  leaderCandidateWorkersAfter: string[]
  membersThatNeverReceivedTheSync?: string[]
  heldAfterStep: Record<string, { connectors: string[]; tasks: string[] }>
}

/** The assignor alone tells its timers, the leader writes the bytes: both go through the same rounds. */
function incrementalAssignor({ scheduledRebalanceMaxDelayMs: maxDelayMs, steps }: RoundsVector): Comparison {
  let at: RoundVector
  const now = () => at.timeMs
  const configured = () => configuredOf(at.configured, at.configOffset)
  const leaders = new Map<string, { leader: GroupLeader; assignor: IncrementalAssignor }>()
  const got = steps.map(step => {
    at = step
    const entry = leaders.get(step.leader) ?? {
      leader: new GroupLeader({ maxDelayMs, configured, log, now }),
      assignor: new IncrementalAssignor(maxDelayMs, now),
    }
    leaders.set(step.leader, entry)
    const members = new Map(Object.entries(step.memberMetadataHex).map(([id, hex]) => [id, memberOf(hex)]))
    const { generation, leaderLastCompletedGeneration: lastGeneration, leader: memberId } = step
    const shares = entry.assignor.round({ members, configured: configured(), generation, lastGeneration })
    const round = { memberId, protocol: 'sessioned', generation, lastGeneration, turnsEager: false } as const
    const given = entry.leader.assign(members, round)
    const bare = mapped(shares, ({ assigned, revoked }) => [workOf(assigned), workOf(revoked)])
    return {
      same: Bun.deepEquals(
        bare,
        mapped(given, ({ assigned, revoked }) => [assigned, revoked]),
      ),
      assignments: mapped(given, assignment => writtenOf(asRead(assignment, 2))),
      hex: hexOf(given, 'sessioned'),
      delay: entry.assignor.delayMs,
      scheduled: entry.assignor.scheduledAt,
      candidates: entry.assignor.candidates,
      held: mapped(given, (assignment, id) => {
        const held = members.get(id)!.held
        const lost = step.membersThatNeverReceivedTheSync?.includes(id) ?? false
        return sortedWork(lost ? held : heldAfter(held, assignment, 'sessioned'))
      }),
    }
  })
  const expected = steps.map(step => ({
    same: true,
    assignments: step.assignments,
    hex: step.assignmentsHex,
    delay: step.leaderDelayAfter,
    scheduled: step.leaderScheduledRebalanceAfter,
    candidates: step.leaderCandidateWorkersAfter,
    held: mapped(step.heldAfterStep, ({ connectors, tasks }) => ({
      connectors: connectors.toSorted(),
      tasks: tasks.toSorted(),
    })),
  }))
  return { expected, got }
}

function memberOf(metadataHex: string): MemberState {
  const { url, configOffset, allocation } = decodeMetadata(Buffer.from(metadataHex, 'hex'))
  return { url, configOffset: Number(configOffset), held: allocation?.assigned ?? null, unable: [] }
}

/** The vectors have been read from the bytes, where a connector's tasks stand together. */
function asRead(assignment: Assignment, version: 0 | 2): Assignment {
  return decodeAssignment(encodeAssignment(version, assignment))
}

function writtenOf({ error, assigned, revoked, delayMs }: Assignment) {
  return {
    error,
    connectors: assigned.connectors,
    tasks: assigned.tasks.map(textOf),
    revokedConnectors: revoked.connectors,
    revokedTasks: revoked.tasks.map(textOf),
    delay: delayMs,
  }
}

function sortedWork(held: MemberState['held']) {
  return {
    connectors: held?.connectors.toSorted() ?? [],
    tasks: held?.tasks.map(textOf).sort() ?? [],
  }
}

function hexOf(given: ReadonlyMap<string, Assignment>, protocol: ConnectProtocol): Record<string, string> {
  const { version } = PROTOCOLS[protocol]
  return mapped(given, assignment => encodeAssignment(version, assignment).toString('hex'))
}

function textOf({ connector, task }: GroupTask): string {
  return `${connector}-${task}`
}

function mapped<V, W>(
  values: Readonly<Record<string, V>> | ReadonlyMap<string, V>,
  map: (value: V, key: string) => W,
): Record<string, W> {
  const entries = values instanceof Map ? [...values] : Object.entries(values as Record<string, V>)
  return Object.fromEntries(entries.map(([key, value]) => [key, map(value, key)]))
}

/** By what the maximum is called, the waits of the first rounds. */
function consecutiveBackoff(vector: Record<string, number[]>): Comparison {
  return {
    expected: vector,
    got: mapped(vector, (waits, name) =>
      waits.map((_, i) => consecutiveRevocationBackoff(i + 1, Number(name.replace('maxDelay=', '')))),
    ),
  }
}

export const groupSections: Readonly<Record<string, Section>> = {
  joinGroupMetadata: each(joinGroupMetadata),
  assignment: each(assignment),
  eagerAssignor: each(eagerAssignor),
  leaderConfigMismatch: each(leaderConfigMismatch),
  incrementalAssignor: each(incrementalAssignor),
  'misc.consecutiveRevocationBackoffMs': whole(consecutiveBackoff),
}
