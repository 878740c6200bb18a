/** What members tell and are told in one round. */
import { KafkaError } from '../kafka/port.ts'
import type { JoinAnswer } from '../kafka/wire/requests.ts'
import type { Assignment, ConnectProtocol, MemberState } from './membership.ts'
import { decodeMetadata, encodeAssignment, encodeMetadata, offeredProtocols, PROTOCOLS } from './protocol.ts'
import { noWork } from './work.ts'

export const PROTOCOL_TYPE = 'connect'

/** For every protocol that is offered; what is held is told in the frame of the member's last assignment. */
export function metadataFor(
  mode: ConnectProtocol,
  state: MemberState,
  frame: Assignment | null,
  attempt: number,
) {
  const { url, configOffset, held, unable } = state
  const allocation = frame && held && { ...frame, assigned: held, revoked: noWork() }
  return offeredProtocols(mode).map(protocol => {
    const { name, version } = PROTOCOLS[protocol]
    return { name, metadata: encodeMetadata(version, { url, configOffset, allocation, unable, attempt }) }
  })
}

/** What the leader is told of all members; what of one cannot be read goes with the reason to `onGarbage`. */
export function membersOf(
  answer: JoinAnswer,
  onGarbage: (memberId: string, reason: string) => void,
): Map<string, MemberState> {
  if (answer.skipAssignment) {
    throw new Error("Can't skip assignment because Connect does not support static membership.")
  }
  const members = new Map<string, MemberState>()
  for (const { memberId, metadata } of answer.members) {
    try {
      members.set(memberId, stateIn(metadata))
    } catch (error) {
      onGarbage(memberId, (error as Error).message)
    }
  }
  return members
}

function stateIn(metadata: Uint8Array): MemberState {
  const { url, configOffset, allocation, unable = [] } = decodeMetadata(metadata)
  // No topic has so many records: workers would wait for ever for them.
  if (typeof configOffset === 'bigint')
    throw new Error(`It has read the config topic to the offset ${configOffset}`)
  return { url, configOffset, held: allocation?.assigned ?? null, unable }
}

/**
 * What the leader sends: the broker gives a member that is left out bytes that it cannot read. Whoever is not among
 * `members` is given nothing, in the frame of the leader's own assignment.
 */
export function assignmentsFor(
  answer: JoinAnswer,
  protocol: ConnectProtocol,
  members: ReadonlyMap<string, MemberState>,
  assigned: ReadonlyMap<string, Assignment>,
): { memberId: string; assignment: Buffer }[] {
  const own = assigned.get(answer.leader)
  return answer.members.map(({ memberId }) => {
    const nothing = own && { ...own, assigned: noWork(), revoked: noWork() }
    const assignment = members.has(memberId) ? assigned.get(memberId) : nothing
    if (assignment === undefined) throw new Error(`The member ${memberId} of the group was given nothing`)
    return { memberId, assignment: encodeAssignment(PROTOCOLS[protocol].version, assignment) }
  })
}

/** Throws where the group is of another kind than it was taken for; older brokers do not tell. */
export function checkProtocol(
  request: string,
  { protocolType, protocolName }: { protocolType: string | null; protocolName: string | null },
  wanted?: string,
): void {
  const isOurs = (protocolType ?? PROTOCOL_TYPE) === PROTOCOL_TYPE
  if (isOurs && (wanted === undefined ? protocolName !== null : (protocolName ?? wanted) === wanted)) return
  throw new KafkaError(
    'INCONSISTENT_GROUP_PROTOCOL',
    `${request} was answered with the protocol ${protocolType}/${protocolName}`,
    { javaClass: 'org.apache.kafka.common.errors.InconsistentGroupProtocolException' },
  )
}
