import type { Hono } from 'hono'
import { ConnectException } from '../data/errors.ts'

export interface Listener {
  protocol: 'http' | 'https'
  /** Empty = all interfaces. */
  host: string
  /** 0 = any free port. */
  port: number
}

export interface RestServer {
  /** Where each listener is bound, in the order given. */
  readonly bound: { host: string; port: number }[]
  /** Stops accepting and waits for running requests at most `timeoutMs`. */
  close(timeoutMs: number): Promise<void>
}

/** Above the longest wait of a request for the herder (90 s): Bun cuts a silent request at its idle timeout. */
const IDLE_TIMEOUT_S = 120

/** Binds every listener; a port in use names the listener and what to do. */
export function serve(app: Hono, listeners: readonly Listener[]): RestServer {
  const servers: Bun.Server<undefined>[] = []
  try {
    for (const listener of listeners) servers.push(bind(app, listener))
  } catch (error) {
    for (const server of servers) void server.stop(true)
    throw error
  }
  return {
    bound: servers.map(server => ({ host: server.hostname ?? '', port: server.port ?? 0 })),
    async close(timeoutMs) {
      const graceful = Promise.all(servers.map(server => server.stop(false)))
      let timer: Timer | undefined
      const deadline = new Promise<void>(resolve => {
        timer = setTimeout(resolve, timeoutMs)
      })
      await Promise.race([graceful, deadline])
      clearTimeout(timer)
      await Promise.all(servers.map(server => server.stop(true)))
    },
  }
}

function bind(app: Hono, listener: Listener): Bun.Server<undefined> {
  try {
    return Bun.serve({
      hostname: listener.host === '' ? '::' : listener.host,
      port: listener.port,
      idleTimeout: IDLE_TIMEOUT_S,
      fetch: request => app.fetch(request),
    })
  } catch (error) {
    const where = `${listener.protocol}://${listener.host}:${listener.port}`
    const reason =
      (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
        ? 'Address already in use'
        : (error as Error).message
    throw new ConnectException(`Unable to initialize REST server: failed to bind to ${where}: ${reason}`, {
      cause: error,
      hint: `Stop what uses port ${listener.port} (ss -ltnp 'sport = :${listener.port}') or set another address in listeners.`,
    })
  }
}
