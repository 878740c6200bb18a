/** The requests of Kafka's protocol that open a connection, and those of a group's members. Java: org.apache.kafka.common.message */
import type { WireReader, WireWriter } from './fields.ts'

/** One request in the versions that we speak; fields that a version lacks are left out or null. */
export interface Api<Request, Response> {
  name: string
  key: number
  lowest: number
  highest: number
  /** The first version whose fields are compact and tagged. */
  flexibleFrom: number
  write(writer: WireWriter, request: Request, version: number): void
  read(reader: WireReader, version: number): Response
}

/** What an answer has that says whether it went well; 0 is well. */
export interface Answer {
  errorCode: number
  /** The broker's own words, where it has some. */
  errorMessage?: string | null
}

const NEVER_FLEXIBLE = 999

export const apiVersions: Api<object, Answer & { apis: { key: number; lowest: number; highest: number }[] }> =
  {
    name: 'ApiVersions',
    key: 18,
    lowest: 0,
    highest: 0,
    flexibleFrom: NEVER_FLEXIBLE,
    write: () => {},
    read: reader => ({
      errorCode: reader.int16(),
      apis: reader.array(() => ({ key: reader.int16(), lowest: reader.int16(), highest: reader.int16() })),
    }),
  }

export const saslHandshake: Api<{ mechanism: string }, Answer & { mechanisms: string[] }> = {
  name: 'SaslHandshake',
  key: 17,
  lowest: 1,
  highest: 1,
  flexibleFrom: NEVER_FLEXIBLE,
  write: (writer, { mechanism }) => void writer.string(mechanism),
  read: reader => ({ errorCode: reader.int16(), mechanisms: reader.array(() => reader.string()) }),
}

/** `lifetimeMs` is 0 where a session has no end. */
export const saslAuthenticate: Api<{ bytes: Uint8Array }, Answer & { bytes: Buffer; lifetimeMs: number }> = {
  name: 'SaslAuthenticate',
  key: 36,
  lowest: 0,
  highest: 1,
  flexibleFrom: 2,
  write: (writer, { bytes }) => void writer.nullableBytes(bytes),
  read: (reader, version) => ({
    errorCode: reader.int16(),
    errorMessage: reader.nullableString(),
    bytes: reader.nullableBytes() ?? Buffer.alloc(0),
    lifetimeMs: version > 0 ? Number(reader.int64()) : 0,
  }),
}

const GROUP_COORDINATOR = 0

export const findCoordinator: Api<
  { group: string },
  Answer & { nodeId: number; host: string; port: number }
> = {
  name: 'FindCoordinator',
  key: 10,
  lowest: 1,
  highest: 3,
  flexibleFrom: 3,
  write: (writer, { group }) => void writer.string(group).int8(GROUP_COORDINATOR).end(),
  read(reader) {
    reader.int32()
    const found = {
      errorCode: reader.int16(),
      errorMessage: reader.nullableString(),
      nodeId: reader.int32(),
      host: reader.string(),
      port: reader.int32(),
    }
    reader.end()
    return found
  },
}

export interface JoinRequest {
  group: string
  sessionTimeoutMs: number
  rebalanceTimeoutMs: number
  memberId: string
  protocolType: string
  protocols: readonly { name: string; metadata: Uint8Array }[]
  reason: string
}

export interface JoinAnswer extends Answer {
  generation: number
  protocolType: string | null
  protocolName: string | null
  leader: string
  skipAssignment: boolean
  memberId: string
  members: { memberId: string; metadata: Buffer }[]
}

export const joinGroup: Api<JoinRequest, JoinAnswer> = {
  name: 'JoinGroup',
  key: 11,
  lowest: 5,
  highest: 9,
  flexibleFrom: 6,
  write(writer, request, version) {
    writer
      .string(request.group)
      .int32(request.sessionTimeoutMs)
      .int32(request.rebalanceTimeoutMs)
      .string(request.memberId)
      .nullableString(null)
      .string(request.protocolType)
      .array(request.protocols, ({ name, metadata }) => writer.string(name).nullableBytes(metadata).end())
    if (version >= 8) writer.nullableString(request.reason)
    writer.end()
  },
  read(reader, version) {
    reader.int32()
    const joined: JoinAnswer = {
      errorCode: reader.int16(),
      generation: reader.int32(),
      protocolType: version >= 7 ? reader.nullableString() : null,
      protocolName: reader.nullableString(),
      leader: reader.string(),
      skipAssignment: version >= 9 && reader.boolean(),
      memberId: reader.string(),
      members: reader.array(() => {
        const memberId = reader.string()
        reader.nullableString()
        const metadata = reader.nullableBytes() ?? Buffer.alloc(0)
        reader.end()
        return { memberId, metadata }
      }),
    }
    reader.end()
    return joined
  },
}

export interface SyncRequest {
  group: string
  generation: number
  memberId: string
  protocolType: string
  protocolName: string
  assignments: readonly { memberId: string; assignment: Uint8Array }[]
}

export interface SyncAnswer extends Answer {
  protocolType: string | null
  protocolName: string | null
  assignment: Buffer
}

export const syncGroup: Api<SyncRequest, SyncAnswer> = {
  name: 'SyncGroup',
  key: 14,
  lowest: 3,
  highest: 5,
  flexibleFrom: 4,
  write(writer, request, version) {
    writer.string(request.group).int32(request.generation).string(request.memberId).nullableString(null)
    if (version >= 5) writer.nullableString(request.protocolType).nullableString(request.protocolName)
    writer
      .array(request.assignments, ({ memberId, assignment }) =>
        writer.string(memberId).nullableBytes(assignment).end(),
      )
      .end()
  },
  read(reader, version) {
    reader.int32()
    const synced: SyncAnswer = {
      errorCode: reader.int16(),
      protocolType: version >= 5 ? reader.nullableString() : null,
      protocolName: version >= 5 ? reader.nullableString() : null,
      assignment: reader.nullableBytes() ?? Buffer.alloc(0),
    }
    reader.end()
    return synced
  },
}

export const heartbeat: Api<{ group: string; generation: number; memberId: string }, Answer> = {
  name: 'Heartbeat',
  key: 12,
  lowest: 3,
  highest: 4,
  flexibleFrom: 4,
  write(writer, { group, generation, memberId }) {
    writer.string(group).int32(generation).string(memberId).nullableString(null).end()
  },
  read(reader) {
    reader.int32()
    const answer = { errorCode: reader.int16() }
    reader.end()
    return answer
  },
}

export const leaveGroup: Api<{ group: string; memberId: string; reason: string }, Answer> = {
  name: 'LeaveGroup',
  key: 13,
  lowest: 3,
  highest: 5,
  flexibleFrom: 4,
  write(writer, { group, memberId, reason }, version) {
    writer
      .string(group)
      .array([memberId], id => {
        writer.string(id).nullableString(null)
        if (version >= 5) writer.nullableString(reason)
        writer.end()
      })
      .end()
  },
  read(reader) {
    reader.int32()
    const errorCode = reader.int16()
    const ofMembers = reader.array(() => {
      reader.string()
      reader.nullableString()
      const ofMember = reader.int16()
      reader.end()
      return ofMember
    })
    reader.end()
    return { errorCode: errorCode || (ofMembers[0] ?? 0) }
  },
}
