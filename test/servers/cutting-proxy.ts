import type { Socket, TCPSocketListener } from 'bun'

interface Link {
  other: Socket<Link> | null
  waiting: Buffer[]
}

/**
 * A TCP proxy before a broker, which must advertise the proxy's address: cuts connections when it is told to, or takes
 * them and says nothing.
 */
export class CuttingProxy {
  readonly #links = new Set<Socket<Link>>()
  readonly #listener: TCPSocketListener<Link>
  /** connections that clients have opened so far */
  opened = 0
  #mute = false
  #cutAfter = Number.POSITIVE_INFINITY
  #carried = 0

  constructor(
    readonly port: number,
    readonly target: number,
  ) {
    this.#listener = Bun.listen<Link>({
      hostname: '127.0.0.1',
      port,
      socket: {
        open: client => void this.#open(client),
        data: (client, bytes) => this.#carry(client, bytes),
        drain: client => drain(client),
        close: client => this.#close(client),
        error: client => this.#close(client),
      },
    })
  }

  /** Ends every connection there is; new ones are taken. */
  cut(): void {
    for (const link of [...this.#links]) link.terminate()
  }

  /** From now on a connection ends in the middle of things whenever so many bytes have been carried, by all of them. */
  cutEvery(bytes: number): void {
    this.#cutAfter = bytes
    this.#carried = 0
  }

  /** Whether what arrives is swallowed, both ways, while connections stay open. */
  mute(on: boolean): void {
    this.#mute = on
  }

  close(): void {
    this.#listener.stop(true)
    this.cut()
  }

  async #open(client: Socket<Link>): Promise<void> {
    this.opened++
    client.data = { other: null, waiting: [] }
    this.#links.add(client)
    try {
      const broker = await Bun.connect<Link>({
        hostname: '127.0.0.1',
        port: this.target,
        data: { other: client, waiting: [] },
        socket: {
          data: (socket, bytes) => this.#carry(socket, bytes),
          drain: socket => drain(socket),
          close: socket => this.#close(socket),
          error: socket => this.#close(socket),
        },
      })
      this.#links.add(broker)
      if (!this.#links.has(client)) return this.#close(broker)
      const early = client.data.waiting
      client.data = { other: broker, waiting: [] }
      for (const bytes of early) send(broker, bytes)
    } catch {
      client.terminate() // As if the broker itself had refused.
    }
  }

  #carry(from: Socket<Link>, bytes: Buffer): void {
    if (this.#mute) return
    this.#carried += bytes.length
    if (this.#carried >= this.#cutAfter) {
      this.#carried = 0
      send(from.data.other, Buffer.from(bytes.subarray(0, bytes.length / 2)))
      from.terminate()
      return
    }
    const copy = Buffer.from(bytes)
    if (from.data.other === null) from.data.waiting.push(copy)
    else send(from.data.other, copy)
  }

  #close(link: Socket<Link>): void {
    this.#links.delete(link)
    link.data?.other?.terminate()
    link.terminate()
  }
}

/** What the socket does not take at once waits in its own link. */
function send(to: Socket<Link> | null, bytes: Buffer): void {
  if (to === null) return
  if (to.data.waiting.length > 0 && to.data.other !== null) {
    to.data.waiting.push(bytes)
    return
  }
  const sent = to.write(bytes)
  if (sent < bytes.length) to.data.waiting.push(bytes.subarray(Math.max(0, sent)))
}

function drain(socket: Socket<Link>): void {
  if (socket.data.other === null) return
  const waiting = socket.data.waiting.splice(0)
  for (const bytes of waiting) send(socket, bytes)
}
