import type { GroupLeader } from '../../group/leader.ts'
import type { Logger } from '../../observe/log.ts'
import type { TaskId } from '../../worker/status.ts'
import { HerderError } from '../errors.ts'
import type { RequestSignature } from '../herder.ts'
import type { ConfigStore } from './config-events.ts'
import type { Leadership } from './leadership.ts'
import { isSigned } from './request-signature.ts'

export interface InternalRequestsParts {
  store: ConfigStore
  leadership: Leadership
  leader: GroupLeader
  /** inter.worker.verification.algorithms */
  algorithms: readonly string[]
  log: Logger
}

/** Longest part of what somebody calls an algorithm that a line shows. */
const ALGORITHM_SHOWN = 50

/** What other workers ask of the leader. Java: the internal methods of DistributedHerder */
export class InternalRequests {
  readonly #parts: InternalRequestsParts
  readonly #told = new Set<string>()

  constructor(parts: InternalRequestsParts) {
    this.#parts = parts
  }

  /** Throws HerderError where a group that signs would not have sent this. Java: requestNotSignedProperly */
  check(signature: RequestSignature | null, body: Uint8Array): void {
    const { store, leadership, algorithms } = this.#parts
    if (leadership.protocol !== 'sessioned') return
    if (signature === null) {
      this.#tell('unsigned', 'it has no signature')
      throw new HerderError('BAD_REQUEST', 'Internal request missing required signature')
    }
    const { algorithm } = signature
    if (!algorithms.includes(algorithm)) {
      const shown = JSON.stringify(algorithm.slice(0, ALGORITHM_SHOWN))
      this.#tell(
        'algorithm',
        `it is signed with ${shown}, which is not in inter.worker.verification.algorithms`,
      )
      throw new HerderError(
        'BAD_REQUEST',
        `This worker does not support the '${algorithm}' key signing algorithm used by other workers. This worker is currently configured to use: [${algorithms.join(', ')}]. Check that all workers' configuration files permit the same set of signature algorithms, and correct any misconfigured worker and restart it.`,
      )
    }
    const { sessionKey } = store.snapshot()
    if (sessionKey === null) throw new HerderError('NO_SESSION_KEY')
    if (!isSigned(signature, body, sessionKey.key)) {
      this.#tell('signature', "it is not signed with the group's session key")
      throw new HerderError('FORBIDDEN', 'Internal request contained invalid signature.')
    }
  }

  /** Another worker leaves on purpose, and has stopped all of this. */
  async takeOver(
    worker: string,
    work: { connectors: readonly string[]; tasks: readonly TaskId[] },
  ): Promise<void> {
    this.#parts.leadership.require()
    this.#parts.leader.release(worker, { connectors: [...work.connectors], tasks: [...work.tasks] })
  }

  /** `kind` is one of a few: whoever forges requests must not fill the log. */
  #tell(kind: string, reason: string): void {
    if (this.#told.has(kind)) return
    this.#told.add(kind)
    this.#parts.log.warn(
      `A request that only workers of this group may make was refused: ${reason}. Unless a session key has just been ` +
        'replaced or a worker is configured otherwise than the others, find out who else reaches the REST port. ' +
        'Further ones of this kind are refused without a word.',
    )
  }
}
