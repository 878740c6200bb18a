import { logger } from '../observe/log.ts'
import { IdleProducer } from './idle-producer.ts'
import type { ClientProperties, KafkaClient, Producer } from './port.ts'

/** Invariant 7: sets of properties that are remembered; their texts are not, for secrets are among them. */
const MOST_PROVEN = 1000

/**
 * The same clients, but producers without a transactional id are closed when they have sent nothing for `idleMs` and
 * opened again by the next record; -1 is never. Of producers with the same properties only the first is opened at
 * once: what is wrong with them is told then, and hundreds of tasks that have nothing to send start without a client.
 */
export function closingIdleProducers(kafka: KafkaClient, idleMs: number): KafkaClient {
  if (idleMs < 0) return kafka
  const proven = new Map<string, Promise<boolean>>()
  return {
    async producer(properties, owner): Promise<Producer> {
      const open = () => kafka.producer(properties, owner)
      if (properties['transactional.id'] !== undefined) return await open()
      const options = { open, idleMs, log: logger('org.apache.kafka.clients.producer.KafkaProducer', owner) }
      const key = keyOf(properties)
      if (await proven.get(key)) return new IdleProducer(options, null)
      const opened = open()
      const isFine = opened.then(
        () => true,
        () => false,
      )
      if (proven.size >= MOST_PROVEN) proven.clear()
      proven.set(key, isFine)
      return new IdleProducer(options, await opened)
    },
    consumer: (...args) => kafka.consumer(...args),
    admin: (...args) => kafka.admin(...args),
    close: () => kafka.close(),
  }
}

/** The same for all properties that are alike but for the client's own name. */
function keyOf(properties: ClientProperties): string {
  const entries = Object.entries(properties).filter(([key]) => key !== 'client.id')
  return new Bun.CryptoHasher('sha256').update(JSON.stringify(entries)).digest('hex')
}
