import { ConnectException, javaTrace } from '../data/errors.ts'
import { type Admin, KafkaError } from '../kafka/port.ts'
import { logger } from '../observe/log.ts'
import { pause, within } from '../waiting/deadline.ts'

const log = logger('bunnect.herder.ClusterLookup')
const RETRY_MS = 500
const PATIENCE_MS = 5000

export interface ClusterLookupOptions {
  openAdmin(): Promise<Admin>
  /** Shown to the person. */
  bootstrapServers: string
  /** The JVM's default.api.timeout.ms, 60 s. */
  timeoutMs: number
  signal: AbortSignal
}

/**
 * Asks the broker for its cluster id until it answers or the time is up; then throws ConnectException. An
 * answer that says the client is not welcome ends it at once. Java: ConnectUtils.lookupKafkaClusterId
 */
export async function lookUpClusterId(options: ClusterLookupOptions): Promise<string | null> {
  const { openAdmin, bootstrapServers, timeoutMs, signal } = options
  const deadline = performance.now() + timeoutMs
  const left = () => Math.max(deadline - performance.now(), 0)
  const seconds = (ms: number) => Math.round(ms / 1000)
  const complaint = setTimeout(() => {
    log.warn(`${bootstrapServers} does not answer yet; giving up in ${seconds(left())} s`)
  }, PATIENCE_MS)
  const stopped = Promise.withResolvers<never>()
  stopped.promise.catch(() => {}) // Whoever waits for an answer then has it.
  const stop = () => {
    clearTimeout(complaint)
    stopped.reject(new Error('the worker stops'))
  }
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)
  let last: unknown = null
  try {
    while (left() > 0 && !signal.aborted) {
      let admin: Admin | null = null
      try {
        admin = await openAdmin()
        const given = left()
        return await within(Promise.race([admin.clusterId(), stopped.promise]), given, () => {
          // Why the attempt before failed tells more than that there was no time for this one.
          if (given < RETRY_MS && last !== null) throw last
          throw new Error(`no answer within ${seconds(timeoutMs)} s`)
        })
      } catch (error) {
        last = error
        if (isFinal(error)) break
        log.debug(`Looking up the cluster id at ${bootstrapServers} failed: ${javaTrace(error)}`)
      } finally {
        // Not awaited: closing a client of a broker that does not answer may take its own time.
        admin?.close().catch(error => log.debug(`Closing the admin client failed: ${javaTrace(error)}`))
      }
      await pause(Math.min(RETRY_MS, left()), signal)
    }
  } finally {
    clearTimeout(complaint)
    signal.removeEventListener('abort', stop)
  }
  const why = last instanceof Error ? last.message : 'no answer'
  throw new ConnectException(
    `Failed to connect to and describe Kafka cluster at ${bootstrapServers} (${why}). Check worker's broker ` +
      'connection and security properties.',
    {
      cause: last,
      hint:
        last instanceof KafkaError && last.code === 'SASL_AUTHENTICATION_FAILED'
          ? 'The brokers refuse the credentials of this worker: check sasl.mechanism and sasl.jaas.config.'
          : 'bootstrap.servers must name a broker that listens. A standalone worker needs none with bootstrap.servers=embedded.',
    },
  )
}

function isFinal(error: unknown): boolean {
  if (error instanceof ConnectException) return true // Properties that the client cannot honour.
  return error instanceof KafkaError && (error.fatal || /AUTHENTICATION|AUTHORIZATION|SSL/.test(error.code))
}
