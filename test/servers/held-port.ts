import { createServer, connect as open, type Server, type Socket } from 'node:net'

/** A port before a broker that takes connections and carries nothing until it is released. */
export class HeldPort {
  /** Connections that clients have opened so far. */
  opened = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #released = Promise.withResolvers<void>()

  constructor(
    readonly port: number,
    target: number,
  ) {
    this.#server = createServer(client => void this.#carry(client, target))
    this.#server.listen(port, '127.0.0.1')
  }

  release(): void {
    this.#released.resolve()
  }

  close(): void {
    this.release()
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  async #carry(client: Socket, target: number): Promise<void> {
    this.opened++
    this.#track(client)
    await this.#released.promise
    if (client.destroyed) return
    const broker = open({ host: '127.0.0.1', port: target })
    this.#track(broker)
    client.pipe(broker).pipe(client)
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => socket.destroy())
  }
}
