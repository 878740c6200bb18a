import { pause } from '../../waiting/deadline.ts'
import { KafkaError } from '../port.ts'
import { checkAnswer, named } from './answer-error.ts'
import { type Cluster, isRetriable } from './cluster.ts'
import type { Address } from './connection.ts'
import { findTransactionCoordinator, initProducerId } from './transaction-requests.ts'

export interface FencingOptions {
  /** How long all of it may take, and each id's transactions could. */
  timeoutMs: number
  /** Before the second attempt; twice as long before each further one, up to a second. */
  retryBackoffMs: number
  /** Nothing is attempted any more when it fires. */
  signal: AbortSignal
}

/** Java: retry.backoff.max.ms */
const LONGEST_BACKOFF_MS = 1000
/** Ids dealt with at a time, each with one request under way. */
const AT_A_TIME = 20
/** The coordinator is still the one, it only is not ready. Java: FenceProducersHandler.handleError */
const SAME_COORDINATOR = new Set(['COORDINATOR_LOAD_IN_PROGRESS', 'CONCURRENT_TRANSACTIONS'])

/**
 * Shuts out whoever writes under these ids, and aborts what they have open. All are tried; rejects with the first
 * KafkaError if there was one. Java: Admin.fenceProducers, FenceProducersHandler
 */
export async function fenceProducers(
  cluster: Cluster,
  transactionalIds: readonly string[],
  options: FencingOptions,
): Promise<void> {
  const deadline = performance.now() + options.timeoutMs
  const left = [...new Set(transactionalIds)].reverse()
  const failures: unknown[] = []
  const work = async () => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      await fence(cluster, id, deadline, options).catch(error => failures.push(error))
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, left.length) }, work))
  if (failures.length > 0) throw failures[0]
}

async function fence(
  cluster: Cluster,
  transactionalId: string,
  deadline: number,
  { timeoutMs, retryBackoffMs, signal }: FencingOptions,
): Promise<void> {
  let coordinator: Address | null = null
  for (let backoffMs = retryBackoffMs; ; backoffMs = Math.min(2 * backoffMs, LONGEST_BACKOFF_MS)) {
    try {
      coordinator ??= await find(cluster, transactionalId)
      checkAnswer(await cluster.at(coordinator, initProducerId, { transactionalId, timeoutMs }))
      return
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      const isOver = performance.now() + backoffMs > deadline
      if (!isRetriable(error) || isOver || signal.aborted)
        throw named(error, `Fencing producers of the transactional id ${transactionalId}`)
      if (!SAME_COORDINATOR.has(error.code)) coordinator = null
      await pause(backoffMs, signal)
    }
  }
}

async function find(cluster: Cluster, transactionalId: string): Promise<Address> {
  const found = await cluster.any(findTransactionCoordinator, { transactionalId })
  checkAnswer(found)
  return found
}
