import type { Listener } from '../config/worker/listeners.ts'
import { ConnectException } from '../data/errors.ts'
import { failure } from './answers.ts'
import { LARGEST_BODY } from './body-room.ts'
import { addressed } from './host.ts'

/** Whatever answers requests; a Hono app is one. */
export interface RequestHandler {
  fetch(request: Request): Response | Promise<Response>
}

export interface RestServer {
  /** Where each listener is bound, in the order given. */
  readonly bound: readonly { listener: Listener; port: number }[]
  readonly adminBound: readonly { listener: Listener; port: number }[]
  /** Serves `app` from now on, and `admin` on the admin listeners; requests that came earlier have waited for it. */
  mount(app: RequestHandler, admin?: RequestHandler | null): void
  /** Stops accepting, waits for running requests at most `timeoutMs`, then cuts them. */
  close(timeoutMs: number): Promise<void>
}

/** What HTTPS listeners speak with. */
export interface ListenersTls {
  main?: Bun.TLSOptions
  admin?: Bun.TLSOptions
}

/** Above the longest wait of a request for the herder (90 s): Bun cuts a silent request at its idle timeout. */
const IDLE_TIMEOUT_S = 120
/** Where requests are held: another worker that never answers (95 s) may be asked before and after. */
const IDLE_TIMEOUT_OF_HELD_S = 200
/** Bun's. */
const LONGEST_IDLE_TIMEOUT_S = 255

/**
 * Binds every listener at once, so that a port in use is found before anything else is started. Throws
 * ConnectException that names the listener. `holdMs`: how long requests are held beyond their other waits.
 */
export function serve(
  listeners: readonly Listener[],
  adminListeners: readonly Listener[] = [],
  tls: ListenersTls = {},
  holdMs = 0,
): RestServer {
  const main = Promise.withResolvers<RequestHandler>()
  const ofAdmin = Promise.withResolvers<RequestHandler>()
  const servers: Bun.Server<undefined>[] = []
  const idleTimeout = Math.min(
    holdMs > 0 ? IDLE_TIMEOUT_OF_HELD_S + Math.ceil(holdMs / 1000) : IDLE_TIMEOUT_S,
    LONGEST_IDLE_TIMEOUT_S,
  )
  try {
    for (const listener of listeners) servers.push(bind(main.promise, listener, tls.main, idleTimeout))
    for (const listener of adminListeners)
      servers.push(bind(ofAdmin.promise, listener, tls.admin, idleTimeout))
  } catch (error) {
    for (const server of servers) void server.stop(true)
    throw error
  }
  return {
    bound: listeners.map((listener, i) => ({ listener, port: servers[i]!.port ?? 0 })),
    adminBound: adminListeners.map((listener, i) => ({
      listener,
      port: servers[listeners.length + i]!.port ?? 0,
    })),
    mount(app, admin) {
      main.resolve(app)
      if (admin) ofAdmin.resolve(admin)
    },
    async close(timeoutMs) {
      const { promise: deadline, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, timeoutMs)
      await Promise.race([Promise.all(servers.map(server => server.stop(false))), deadline])
      clearTimeout(timer)
      await Promise.all(servers.map(server => server.stop(true)))
    },
  }
}

function bind(
  app: Promise<RequestHandler>,
  listener: Listener,
  tls: Bun.TLSOptions | undefined,
  idleTimeout: number,
): Bun.Server<undefined> {
  if (listener.protocol === 'https' && !tls)
    throw refused(
      listener,
      'HTTPS needs a certificate and its key',
      'Set listeners.https.ssl.keystore.location.',
    )
  if (listener.port < 0 || listener.port > 65535)
    throw refused(listener, 'a port is a number from 0 to 65535', 'Correct the port in listeners.')
  try {
    return Bun.serve({
      // Without a host Bun takes every interface, by IPv4 alone where the kernel knows no IPv6.
      ...(listener.host !== '' && { hostname: listener.host }),
      port: listener.port,
      ...(listener.protocol === 'https' && tls && { tls }),
      idleTimeout,
      fetch: async (request, { url }) => {
        const asked = addressed(request, url)
        return asked ? (await app).fetch(asked) : failure(400, 'Bad Host')
      },
      maxRequestBodySize: LARGEST_BODY,
      // Never Bun's page for developers, which shows sources.
      development: false,
      // Which would otherwise let two workers share a port, each taking some of the requests.
      reusePort: false,
      error: problem => failure(500, problem.message),
    })
  } catch (error) {
    throw explained(listener, error)
  }
}

function explained(listener: Listener, error: unknown): ConnectException {
  const { port, host } = listener
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return refused(
        listener,
        'Address already in use',
        `Stop what uses port ${port} (ss -ltnp 'sport = :${port}' shows it) or set another address in listeners.`,
        error,
      )
    case 'EADDRNOTAVAIL':
      return refused(
        listener,
        `${host} is neither the name nor the address of an interface of this machine`,
        'Correct the host in listeners; http://:8083 takes every interface.',
        error,
      )
    case 'EACCES':
      return refused(
        listener,
        'Permission denied',
        `Ports below 1024 are for root; set a port above in listeners, such as ${port + 8000}.`,
        error,
      )
    default:
      return refused(listener, (error as Error).message, 'Set another address in listeners.', error)
  }
}

/** Java: RestServer.initializeServer and the cause that its log shows. */
function refused(listener: Listener, why: string, hint: string, cause?: unknown): ConnectException {
  return new ConnectException(`Unable to initialize REST server: failed to bind to ${listener.url}: ${why}`, {
    cause,
    hint,
  })
}
