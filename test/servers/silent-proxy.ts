import type { Socket } from 'bun'

interface Connection {
  upstream: Socket | null
  /** Not yet passed on. */
  held: Buffer[]
}

/** A listener before an HTTP server: it takes what comes, and keeps the requests silent that it is told to hold. */
export class SilentProxy {
  readonly url: string
  readonly #upstream: number
  readonly #listener
  readonly #holding = new Set<Socket<Connection>>()
  #holds: (request: string) => boolean = () => false

  constructor(upstream: number, port = 0) {
    this.#upstream = upstream
    this.#listener = Bun.listen<Connection>({
      hostname: '127.0.0.1',
      port,
      socket: {
        open: socket => {
          socket.data = { upstream: null, held: [] }
        },
        data: (socket, bytes) => this.#take(socket, Buffer.from(bytes)),
        close: socket => {
          this.#holding.delete(socket)
          socket.data.upstream?.end()
        },
      },
    })
    this.url = `http://127.0.0.1:${this.#listener.port}`
  }

  /** Connections whose requests are not answered. */
  get holding(): number {
    return this.#holding.size
  }

  /** From now on requests that this is true for get no answer. */
  hold(holds: (request: string) => boolean): void {
    this.#holds = holds
  }

  /** Everything gets its answer, what has waited for it first. */
  async answer(): Promise<void> {
    this.#holds = () => false
    const held = [...this.#holding]
    this.#holding.clear()
    for (const socket of held) await this.#pass(socket)
  }

  stop(): void {
    this.#listener.stop(true)
  }

  #take(socket: Socket<Connection>, bytes: Buffer): void {
    socket.data.held.push(bytes)
    if (this.#holding.has(socket)) return
    if (this.#holds(bytes.toString('latin1'))) this.#holding.add(socket)
    else void this.#pass(socket)
  }

  async #pass(socket: Socket<Connection>): Promise<void> {
    const { data } = socket
    data.upstream ??= await Bun.connect({
      hostname: '127.0.0.1',
      port: this.#upstream,
      socket: {
        data: (_upstream, bytes) => void socket.write(bytes),
        close: () => void socket.end(),
      },
    })
    for (const bytes of data.held.splice(0)) data.upstream.write(bytes)
  }
}
