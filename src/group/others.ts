import { pause } from '../kafka/pause.ts'
import { kafkaErrorByCode } from '../kafka/protocol-errors.ts'
import { type DescribedMember, describeGroup } from '../kafka/wire/requests.ts'
import type { Logger } from '../observe/log.ts'
import { NotAloneError } from './alone.ts'
import type { Coordinator } from './coordinator.ts'
import type { GroupOptions } from './options.ts'
import { decodeMetadata } from './protocol.ts'

const LOOK_INTERVAL_MS = 500

/**
 * Looks whether the group has members, before joining would make them stop and hand over work. One that was killed
 * stays a member until its session is over, so that long is waited. Members with this worker's own URL are such.
 * Throws NotAloneError, or a KafkaError.
 */
export async function awaitOthersGone(
  coordinator: Coordinator,
  options: GroupOptions,
  url: string,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + options.sessionTimeoutMs + 2 * LOOK_INTERVAL_MS
  let told = false
  while (!signal.aborted) {
    const group = await coordinator.request(
      describeGroup,
      { group: options.groupId },
      options.requestTimeoutMs,
    )
    if (group.errorCode !== 0 && group.errorCode !== GROUP_ID_NOT_FOUND) {
      throw kafkaErrorByCode(group.errorCode, `The group ${options.groupId} cannot be described`)
    }
    // Joining will say what a group of consumers is.
    if (group.protocolType !== '' && group.protocolType !== 'connect') return
    const others = group.members.map(placeOf).filter(place => place !== url)
    if (others.length === 0) return
    if (performance.now() > deadline) throw new NotAloneError(others)
    if (!told) {
      log.warn(
        `The group has members already: ${others.join(', ')}. Joining waits ${options.sessionTimeoutMs} ms (session.timeout.ms), in case they are dead.`,
      )
    }
    told = true
    await pause(LOOK_INTERVAL_MS, signal)
  }
}

const GROUP_ID_NOT_FOUND = 69

/** The member's URL, or what the broker knows of it while the group rebalances, when there is no metadata. */
function placeOf({ metadata, clientId, clientHost }: DescribedMember): string {
  if (metadata.length > 0) {
    try {
      return decodeMetadata(metadata).url
    } catch {
      // A member that speaks something else; joining will say so.
    }
  }
  return `${clientId} at ${clientHost}`
}
