import type { Assignment, ConnectProtocol, Joined, Work } from './membership.ts'
import { assignmentText, decodeAssignment } from './protocol.ts'
import type { Given } from './round.ts'
import { heldAfter, noWork, once } from './work.ts'

/** What a member knows of its place in the group. Java: AbstractCoordinator.Generation, WorkerCoordinator's snapshot */
export class Standing {
  /** As the broker calls it; empty before, and when it has left. */
  memberId = ''
  generation = -1
  /** Of the last completed round. */
  protocol: ConnectProtocol
  lastGeneration = -1
  lastAssignment: Assignment | null = null
  current: Joined | null = null
  held: Work | null = null

  constructor(protocol: ConnectProtocol) {
    this.protocol = protocol
  }

  /** Takes what a round has given. Throws an Error that says why it cannot be read; then nothing changes. */
  take({ answer, protocol, told, bytes }: Given): Joined {
    const { generation, memberId, leader } = answer
    const decoded = decodeAssignment(bytes)
    const assignment = { ...decoded, assigned: once(decoded.assigned) }
    this.held = heldAfter(told, assignment, protocol)
    this.lastAssignment = assignment
    this.protocol = protocol
    this.lastGeneration = generation
    this.current = { generation, memberId, isLeader: leader === memberId, protocol, assignment }
    return this.current
  }

  /**
   * What was held has been stopped, for the eager protocol, and the group knows nothing of that. Others have done the
   * same when they join again, even if this member learns nothing of how the round ends.
   */
  putDown(): void {
    if (this.held) this.held = noWork()
    this.protocol = 'eager'
  }

  /** The group has gone on without this member, or may have. What was held, as text. */
  lose(): string | null {
    const { held, lastAssignment } = this
    this.held = null
    this.lastAssignment = null
    this.current = null
    return lastAssignment && held && assignmentText({ ...lastAssignment, assigned: held })
  }
}
