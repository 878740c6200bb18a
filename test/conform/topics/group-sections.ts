/** Sections about what workers put into JoinGroup and SyncGroup. */
import type { Assignment, GroupTask } from '../../../src/group/membership.ts'
import {
  decodeAssignment,
  decodeMetadata,
  encodeAssignment,
  encodeMetadata,
  offeredProtocols,
  PROTOCOLS,
} from '../../../src/group/protocol.ts'
import { type Comparison, each, plain, type Section } from './section.ts'

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

export function assignmentOf(written: WrittenAssignment): Assignment {
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

export const groupSections: Readonly<Record<string, Section>> = {
  joinGroupMetadata: each(joinGroupMetadata),
  assignment: each(assignment),
}
