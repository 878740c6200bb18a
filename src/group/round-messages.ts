/** What members tell and are told in one round. */
import { KafkaError } from '../kafka/port.ts'
import type { JoinAnswer } from '../kafka/wire/requests.ts'
import type { Assignment, ConnectProtocol, MemberState } from './membership.ts'
import { decodeMetadata, encodeAssignment, encodeMetadata, offeredProtocols, PROTOCOLS } from './protocol.ts'
import { noWork } from './work.ts'

export const PROTOCOL_TYPE = 'connect'

/** For every protocol that is offered; what is held is told in the frame of the member's last assignment. */
export function metadataFor(mode: ConnectProtocol, state: MemberState, frame: Assignment | null) {
  const { url, configOffset, held } = state
  const allocation = frame && held && { ...frame, assigned: held, revoked: noWork() }
  return offeredProtocols(mode).map(protocol => {
    const { name, version } = PROTOCOLS[protocol]
    return { name, metadata: encodeMetadata(version, { url, configOffset, allocation }) }
  })
}

/** What the leader is told of all members. Throws an Error where one's bytes cannot be read. */
export function membersOf(answer: JoinAnswer): Map<string, MemberState> {
  if (answer.skipAssignment) {
    throw new Error("Can't skip assignment because Connect does not support static membership.")
  }
  return new Map(
    answer.members.map(({ memberId, metadata }) => {
      const { url, configOffset, allocation } = decodeMetadata(metadata)
      return [
        memberId,
        { url, configOffset: Number(configOffset), held: allocation?.assigned ?? null, unable: [] },
      ]
    }),
  )
}

/** What the leader sends: the broker gives a member that is left out bytes that it cannot read. */
export function assignmentsFor(
  { members }: JoinAnswer,
  protocol: ConnectProtocol,
  assigned: ReadonlyMap<string, Assignment>,
): { memberId: string; assignment: Buffer }[] {
  return members.map(({ memberId }) => {
    const assignment = assigned.get(memberId)
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
