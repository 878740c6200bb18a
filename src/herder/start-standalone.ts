import { logger } from '../observe/log.ts'
import { openOffsets } from '../stores/open-offsets.ts'
import type { Worker } from '../worker/worker.ts'
import type { ConfigResolver } from './config-resolver.ts'
import { inTurn } from './in-turn.ts'
import { MemoryStatuses } from './memory-statuses.ts'
import { Restarts } from './restarts.ts'
import { StandaloneHerder } from './standalone.ts'
import { CLOSE_TIMEOUT_MS, type StartOptions, workerParts } from './worker-parts.ts'

const log = logger('org.apache.kafka.connect.runtime.standalone.StandaloneHerder')

export interface RunningStandalone {
  herder: StandaloneHerder
  worker: Worker
  resolver: ConfigResolver
  /** Rejects when the cluster does not answer in time: the worker cannot go on. Never resolves. */
  fatal: Promise<never>
  /**
   * Stops everything within the graceful timeouts and closes what is open. Resolves in bounded time whatever hangs
   * (that is logged), rejects with the first error after all was tried. Safe to call twice.
   */
  stop(): Promise<void>
}

/** Puts a standalone worker together. Throws ConnectException for an unusable offset file. */
export async function startStandalone(options: StartOptions<'standalone'>): Promise<RunningStandalone> {
  const { config, kafka, workerId, requestTimeoutMs, closeTimeoutMs = CLOSE_TIMEOUT_MS } = options
  log.info('Herder starting')
  const offsets = await openOffsets(config.values['offset.storage.file.filename'])
  const statuses = new MemoryStatuses(workerId)
  const restarts = new Restarts({ worker: config.raw })
  const status = restarts.hearing(statuses)
  const parts = await closingOnFailure(offsets, () => workerParts(options, { offsets, status }))
  const herder = new StandaloneHerder({
    ...parts,
    restarts,
    statuses,
    ...(requestTimeoutMs && { requestTimeoutMs }),
  })
  log.info('Herder started')
  let stopped: Promise<void> | null = null
  const stop = async () => {
    parts.stopping.abort()
    const steps = [
      // What a job is at may be a stop of its own, which ends in its own time.
      { what: 'the herder', ms: 2 * parts.graceMs + closeTimeoutMs, close: () => herder.stop() },
      { what: 'the offset store', ms: closeTimeoutMs, close: () => offsets.close() },
      { what: 'the Kafka clients', ms: closeTimeoutMs, close: () => kafka.close() },
    ]
    await inTurn(steps, log)
  }
  const { worker, resolver, fatal } = parts
  return { herder, worker, resolver, fatal, stop: () => (stopped ??= stop()) }
}

/** What `make` gives; where it throws, nothing stays open. */
async function closingOnFailure<T>(open: { close(): Promise<void> }, make: () => T): Promise<T> {
  try {
    return make()
  } catch (error) {
    await open.close()
    throw error
  }
}
