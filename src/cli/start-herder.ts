import type { WorkerConfig } from '../config/worker-config.ts'
import type { ConfigResolver } from '../herder/config-resolver.ts'
import { JoinRefusedError } from '../herder/errors.ts'
import type { Herder } from '../herder/herder.ts'
import type { OtherWorkers } from '../herder/other-workers.ts'
import type { StartOptions } from '../herder/worker-parts.ts'
import type { Worker } from '../worker/worker.ts'
import { EXIT } from './exit.ts'
import { blaming, StartError } from './start-error.ts'
import type { AnyWorkerConfig } from './worker.ts'

/** A herder and what belongs to it. */
interface StartedHerder {
  herder: Herder
  worker: Worker
  resolver: ConfigResolver
  /** The connectors of the command line are created. */
  markReady(): void
  /** Rejects with StartError when the worker cannot go on. */
  fatal: Promise<never>
  stop(): Promise<void>
}

type Common = Omit<StartOptions<'standalone'>, 'config'>

/** What a worker of a group needs besides. */
interface InGroup {
  /** The advertised one. */
  url: string
  others: OtherWorkers
}

/** Each mode's modules load when it is asked for. */
export async function startHerder(
  config: AnyWorkerConfig,
  common: Common,
  inGroup: InGroup,
): Promise<StartedHerder> {
  if (config.mode === 'standalone') {
    const { startStandalone } = await import('../herder/start-standalone.ts')
    const running = await blaming('offset.storage.file.filename', EXIT.herder, () =>
      startStandalone({ ...common, config: config as WorkerConfig<'standalone'> }),
    )
    const fatal = running.fatal.catch(error => {
      throw new StartError('bootstrap.servers', EXIT.start, error)
    })
    return { ...running, fatal, markReady: () => running.herder.markReady() }
  }
  const { startDistributed } = await import('../herder/distributed/start-distributed.ts')
  const running = await blaming('exactly.once.source.support', EXIT.start, () =>
    startDistributed({ ...common, config: config as WorkerConfig<'distributed'>, ...inGroup }),
  )
  const fatal = running.fatal.catch(error => {
    throw blamed(error as Error)
  })
  return { ...running, fatal, markReady: () => {} }
}

/** The JVM's exit code for whatever ends its herder thread is 1; a cluster that does not answer ends it before. */
function blamed(error: Error): StartError {
  if (error instanceof JoinRefusedError) return new StartError('bunnect.join.unsupported', EXIT.start, error)
  const topic = /'((?:config|status|offset)\.storage\.topic)' property/.exec(error.message)?.[1]
  if (topic !== undefined) return new StartError(topic, EXIT.uncaught, error)
  if (/group/i.test(error.message)) return new StartError('group.id', EXIT.uncaught, error)
  const isCluster = error.message.startsWith('Failed to connect to and describe Kafka cluster')
  return new StartError('bootstrap.servers', isCluster ? EXIT.start : EXIT.uncaught, error)
}
