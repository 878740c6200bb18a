/**
 * The bytes that Connect's workers put into JoinGroup and SyncGroup. Java: ConnectProtocol (version 0) and
 * IncrementalCooperativeConnectProtocol (versions 1 and 2, which differ in the number alone)
 */
import { hashMapOrder } from '../data/java-hash.ts'
import { WireReader, WireWriter } from '../kafka/wire/fields.ts'
import type { Assignment, ConnectProtocol, GroupTask, Work } from './membership.ts'
import { decodeUnable, encodeUnable } from './unable.ts'

/** What a protocol is called in JoinGroup, and the version of its bytes. */
export const PROTOCOLS: Readonly<Record<ConnectProtocol, { name: string; version: 0 | 1 | 2 }>> = {
  eager: { name: 'default', version: 0 },
  compatible: { name: 'compatible', version: 1 },
  sessioned: { name: 'sessioned', version: 2 },
}

/** What a worker offers by its `connect.protocol`, the one it likes best first. Java: ConnectProtocolCompatibility */
export function offeredProtocols(mode: ConnectProtocol): ConnectProtocol[] {
  if (mode === 'eager') return ['eager']
  return mode === 'compatible' ? ['compatible', 'eager'] : ['sessioned', 'compatible', 'eager']
}

/** Throws for a name that is none of Connect's. */
export function protocolNamed(name: string): ConnectProtocol {
  for (const [protocol, { name: own }] of Object.entries(PROTOCOLS)) {
    if (own === name) return protocol as ConnectProtocol
  }
  throw new Error(`The group chose the protocol "${name}", which Kafka Connect does not have`)
}

/** A member's metadata. The offset may pass 2^53. Java: ExtendedWorkerState */
export interface Metadata {
  url: string
  configOffset: number | bigint
  /** What the member holds, in the frame of its last assignment; null when it has never been given anything. */
  allocation: Assignment | null
  /** Connectors that it cannot run; only where there are any. */
  unable?: readonly string[]
}

/** A member's metadata as it is told. */
export interface ToldMetadata extends Metadata {
  /**
   * How often what the leader gave could not be read, 0 when not told: the broker answers a follower that says the
   * same as before with what it was given before, and begins no round.
   */
  attempt?: number
}

/** A task number that stands for the connector itself. */
const CONNECTOR = -1
/** Ten times what the largest groups run: beyond it, bytes are garbage that is not worth its memory. */
const MOST_WORK = 1_000_000

export function encodeMetadata(version: 0 | 1 | 2, metadata: ToldMetadata): Buffer {
  const { url, configOffset, allocation, unable = [], attempt = 0 } = metadata
  const writer = new WireWriter().int16(version).string(url).int64(configOffset)
  if (version > 0) writer.nullableBytes(allocation && encodeAssignment(version, allocation))
  // Java looks for an allocation behind the fields of version 0 too: what is ours must not be taken for one.
  const more = encodeUnable(unable, attempt)
  if (version === 0 && more.length > 0) writer.nullableBytes(null)
  return writer.raw(more).bytes()
}

/** Any version; throws an Error that says what is wrong with the bytes. */
export function decodeMetadata(bytes: Uint8Array): Metadata {
  const reader = versioned(bytes, 'metadata')
  const url = reader.string()
  const configOffset = reader.int64()
  const allocation = reader.atEnd ? null : reader.nullableBytes()
  const unable = decodeUnable(reader.rest)
  return {
    url,
    configOffset,
    allocation: allocation && decodeAssignment(allocation),
    ...(unable.length > 0 && { unable }),
  }
}

export function encodeAssignment(version: 0 | 1 | 2, assignment: Assignment): Buffer {
  const writer = new WireWriter()
    .int16(version)
    .int16(assignment.error)
    .string(assignment.leader)
    .string(assignment.leaderUrl)
    .int64(assignment.configOffset)
  const { assigned, revoked } = assignment
  // Java takes the connectors out of a HashSet here, whose table is made for their number.
  work(writer, { ...assigned, connectors: hashSetOrder(assigned.connectors) })
  if (version > 0) {
    work(writer, revoked)
    writer.int32(assignment.delayMs)
  }
  return writer.bytes()
}

/** Any version: what is missing at the end is empty. Throws an Error that says what is wrong with the bytes. */
export function decodeAssignment(bytes: Uint8Array): Assignment {
  const reader = versioned(bytes, 'assignment')
  const error = reader.int16()
  const leader = reader.string()
  const leaderUrl = reader.string()
  const configOffset = Number(reader.int64())
  return {
    // Any other number is a failure as well: the worker may not run by it.
    error: error === 0 ? 0 : 1,
    leader,
    leaderUrl,
    configOffset,
    assigned: reader.atEnd ? { connectors: [], tasks: [] } : readWork(reader),
    revoked: reader.atEnd ? { connectors: [], tasks: [] } : readWork(reader),
    delayMs: reader.atEnd ? 0 : reader.int32(),
  }
}

/** Java: ExtendedAssignment.toString, which people grep for */
export function assignmentText({ assigned, revoked, ...assignment }: Assignment): string {
  const connectors = (list: readonly string[]) => `[${list.join(', ')}]`
  const tasks = (list: readonly GroupTask[]) => `[${list.map(t => `${t.connector}-${t.task}`).join(', ')}]`
  return (
    `Assignment{error=${assignment.error}, leader='${assignment.leader}', ` +
    `leaderUrl='${assignment.leaderUrl}', offset=${assignment.configOffset}, ` +
    `connectorIds=${connectors(assigned.connectors)}, taskIds=${tasks(assigned.tasks)}, ` +
    `revokedConnectorIds=${connectors(revoked.connectors)}, revokedTaskIds=${tasks(revoked.tasks)}, ` +
    `delay=${assignment.delayMs}}`
  )
}

function versioned(bytes: Uint8Array, what: string): WireReader {
  if (bytes.length === 0) throw new Error(`The ${what} of a member of the group is empty`)
  const reader = new WireReader(bytes)
  const version = reader.int16()
  if (version < 0) throw new Error(`The ${what} of a member of the group has the version ${version}`)
  return reader
}

function work(writer: WireWriter, { connectors, tasks }: Work): void {
  const numbers = new Map<string, number[]>(connectors.map(connector => [connector, [CONNECTOR]]))
  for (const { connector, task } of tasks) {
    const list = numbers.get(connector)
    if (list) list.push(task)
    else numbers.set(connector, [task])
  }
  writer.array([...numbers], ([connector, list]) => {
    writer.string(connector).array(list, number => writer.int32(number))
  })
}

function readWork(reader: WireReader): Work {
  const read: Work = { connectors: [], tasks: [] }
  let count = 0
  reader.array(() => {
    const connector = reader.string()
    reader.array(() => {
      const task = reader.int32()
      if (++count > MOST_WORK) throw new Error(`It has more than ${MOST_WORK} connectors and tasks`)
      if (task < CONNECTOR) throw new Error(`It has a task ${connector}-${task}, which cannot be`)
      if (task === CONNECTOR) read.connectors.push(connector)
      else read.tasks.push({ connector, task })
    })
  })
  return read
}

/** Java: new HashSet(collection) */
function hashSetOrder(names: readonly string[]): string[] {
  const wanted = Math.max(Math.floor(names.length / 0.75) + 1, 16)
  return hashMapOrder([...new Set(names)], 2 ** Math.ceil(Math.log2(wanted)))
}
