import type { EventEmitter } from 'node:events'
import type { ConnectionOptions } from 'node:tls'
import type { Client } from 'pg'
import type { Host } from './server-url.ts'

/** What `pg` has of a way to a server: its types know less of it than there is. */
interface Way extends EventEmitter {
  connect(port: number, host: string): void
  requestSsl(): void
  cancel(processId: number, secretKey: number): void
  readonly stream: { destroy(): void }
}

const MOST_MS = 5000

/**
 * Asks the server on a connection of its own to end the statement of the client's session; resolves when it has taken
 * that. Java: org.postgresql.core.QueryExecutorBase.sendQueryCancel
 */
export async function cancelStatement(
  client: Client,
  host: Host,
  encryption: ConnectionOptions | null,
): Promise<void> {
  const { Connection } = await import('pg')
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number }
  const way = new Connection({ ssl: encryption ?? false }) as unknown as Way
  const timer = setTimeout(() => way.stream.destroy(), MOST_MS)
  try {
    await new Promise<void>((resolve, reject) => {
      const cancel = () => way.cancel(processID, secretKey)
      way.on('connect', () => (encryption === null ? cancel() : way.requestSsl()))
      way.on('sslconnect', cancel)
      way.on('error', reject)
      way.on('end', resolve)
      way.connect(host.port, host.host)
    })
  } finally {
    clearTimeout(timer)
    way.stream.destroy()
  }
}
