/** Java's client configurations. Java: ProducerConfig, ConsumerConfig, AdminClientConfig (4.3) */
import type { ConfigSpec } from '../keys.ts'
import { saslKeys } from '../worker/sasl.ts'
import { sharedClientKeys } from '../worker/shared-client.ts'
import { sslKeys } from '../worker/ssl.ts'
import { adminKeys } from './admin.ts'
import { consumerKeys } from './consumer.ts'
import { producerKeys } from './producer.ts'

export type ClientKind = 'producer' | 'consumer' | 'admin'

const everywhere = { ...sharedClientKeys, ...sslKeys, ...saslKeys }

export const clientKeys: Readonly<Record<ClientKind, ConfigSpec>> = {
  producer: { ...producerKeys, ...everywhere },
  consumer: { ...consumerKeys, ...everywhere },
  admin: { ...adminKeys, ...everywhere },
}

/** True for a key that some Java client knows. */
export function isClientKey(name: string): boolean {
  return Object.values(clientKeys).some(spec => Object.hasOwn(spec, name))
}
