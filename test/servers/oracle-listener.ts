/**
 * Oracle's protocol from the server's side, as far as Oracle's own client needs it for a login, statements and rows:
 * there is no database to be had. What it answers is written down by whoever tests.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { type OracleAnswer, type OracleCall, ServedSession } from './oracle-served-session.ts'

export type { OracleAnswer, OracleCall }

export class OracleListener {
  readonly calls: OracleCall[] = []
  /** What was written into large objects, by their locators in hex. */
  readonly lobs = new Map<string, Buffer>()
  /** commit, rollback, logoff, fetch 100, marker … in their order. */
  readonly heard: string[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  /** `tls`: with a certificate. */
  constructor(
    private readonly answer: (call: OracleCall) => OracleAnswer,
    tls?: TlsOptions,
  ) {
    const serve = (socket: Socket) => {
      this.#sockets.add(socket)
      // Whoever breaks off does so to be looked at.
      socket.on('error', () => {})
      socket.on('close', () => this.#sockets.delete(socket))
      const session = new ServedSession(socket, this, this.answer)
      socket.on('data', bytes => session.take(Buffer.from(bytes)))
    }
    this.#server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve)
    // Whoever does not trust it does not come to speak.
    this.#server.on('tlsClientError', () => {})
  }

  async start(): Promise<number> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve))
    return (this.#server.address() as { port: number }).port
  }

  get sessions(): number {
    return this.#sockets.size
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }
}
