import type { Logger } from '../../observe/log.ts'
import type { PackedProducer, Settings } from './addon.ts'
import { Handle } from './handle.ts'

/** Each attempt is short, so that nobody who gives up has to wait for it. */
const ATTEMPT_MS = 5000
const CLOSE_MS = 100

/** The cluster's id over a client of its own, null where brokers have none. Throws KafkaError or ConfigException. */
export async function clusterIdOf(settings: Settings, log: Logger): Promise<string | null> {
  const handle = await Handle.open<PackedProducer>('producer', settings, log)
  try {
    const { text } = await handle.check('Describing the cluster', id =>
      handle.packed.call(id, 'cluster', ATTEMPT_MS),
    )
    return text || null
  } finally {
    await handle.close(CLOSE_MS)
  }
}
