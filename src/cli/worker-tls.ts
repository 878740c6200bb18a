import type { WorkerTls } from '../herder/worker-client.ts'
import { keyStore, trustStore } from '../kafka/key-stores.ts'
import { allOrNothing, speech } from './listener-tls.ts'

/**
 * TLS of a request to another worker: `listeners.https.ssl.*` if there is any such key, otherwise the worker's plain
 * `ssl.*`. Without a trust store the certificates of the system count. Java: SSLUtils.createClientSideSslContextFactory
 */
export function workerTls(raw: Readonly<Record<string, string>>): WorkerTls {
  const { keys, place } = allOrNothing(raw, 'listeners.https.')
  const key = keyStore(keys)
  const trusted = trustStore(keys)?.pem
  return {
    ...(key && {
      key: key.key,
      cert: key.chain,
      ...(key.passphrase !== null && { passphrase: key.passphrase }),
    }),
    ...(trusted !== undefined && { ca: trusted }),
    ...speech(keys, place),
    checksHost: (keys['ssl.endpoint.identification.algorithm']?.trim() ?? 'https') !== '',
  }
}
