import type { Hono } from 'hono'
import type { Listener } from '../config/worker/listeners.ts'
import { ConnectException } from '../data/errors.ts'

export interface RestServer {
  /** Where each listener is bound, in the order given. */
  readonly bound: readonly { listener: Listener; port: number }[]
  /** Serves `app` from now on; requests that came earlier have waited for it. */
  mount(app: Hono): void
  /** Stops accepting, waits for running requests at most `timeoutMs`, then cuts them. */
  close(timeoutMs: number): Promise<void>
}

/** Above the longest wait of a request for the herder (90 s): Bun cuts a silent request at its idle timeout. */
const IDLE_TIMEOUT_S = 120

/**
 * Binds every listener at once, so that a port in use is found before anything else is started. Throws
 * ConnectException that names the listener.
 */
export function serve(listeners: readonly Listener[]): RestServer {
  const mounted = Promise.withResolvers<Hono>()
  const servers: Bun.Server<undefined>[] = []
  try {
    for (const listener of listeners) servers.push(bind(mounted.promise, listener))
  } catch (error) {
    for (const server of servers) void server.stop(true)
    throw error
  }
  return {
    bound: servers.map((server, i) => ({ listener: listeners[i]!, port: server.port ?? 0 })),
    mount: app => mounted.resolve(app),
    async close(timeoutMs) {
      const { promise: deadline, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, timeoutMs)
      await Promise.race([Promise.all(servers.map(server => server.stop(false))), deadline])
      clearTimeout(timer)
      await Promise.all(servers.map(server => server.stop(true)))
    },
  }
}

function bind(app: Promise<Hono>, listener: Listener): Bun.Server<undefined> {
  if (listener.protocol === 'https') {
    throw new ConnectException(
      `The listener ${listener.url} cannot be served: HTTPS is not supported by this version.`,
      {
        hint: 'Use an http:// listener on 127.0.0.1 behind a proxy that speaks TLS.',
      },
    )
  }
  try {
    return Bun.serve({
      hostname: listener.host === '' ? '::' : listener.host,
      port: listener.port,
      idleTimeout: IDLE_TIMEOUT_S,
      fetch: async request => (await app).fetch(request),
    })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const reason = code === 'EADDRINUSE' ? 'Address already in use' : (error as Error).message
    throw new ConnectException(
      `Unable to initialize REST server: failed to bind to ${listener.url}: ${reason}`,
      {
        cause: error,
        hint: `Stop what uses port ${listener.port} (ss -ltnp 'sport = :${listener.port}') or set another address in listeners.`,
      },
    )
  }
}
