import type { Socket, TCPSocketListener } from 'bun'

type Answers = (request: string, socket: Socket<{ seen: string }>) => void

/** What stands where a worker is expected, by its bytes: keeps what it is sent and answers what the test says. */
export class RawPeer {
  readonly requests: string[] = []
  readonly #listener: TCPSocketListener<{ seen: string }>

  /** `answer` is called with each request when its head and as much of a body as it announces are there. */
  constructor(answer: Answers) {
    this.#listener = Bun.listen<{ seen: string }>({
      hostname: '127.0.0.1',
      port: 0,
      socket: {
        open: socket => {
          socket.data = { seen: '' }
        },
        data: (socket, bytes) => {
          socket.data.seen += bytes.toString('latin1')
          const request = whole(socket.data.seen)
          if (request === null) return
          socket.data.seen = ''
          this.requests.push(request)
          answer(request, socket)
        },
      },
    })
  }

  /** As a worker advertises it. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/`
  }

  get port(): number {
    return this.#listener.port
  }

  close(): void {
    this.#listener.stop(true)
  }
}

/** The bytes of an answer with a body. */
export function answered(status: string, body = '', headers = 'Content-Type: application/json'): string {
  const length = status.startsWith('204') ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`
  return `HTTP/1.1 ${status}\r\n${headers}\r\n${length}\r\n${body}`
}

function whole(seen: string): string | null {
  const head = seen.indexOf('\r\n\r\n')
  if (head < 0) return null
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(seen.slice(0, head))?.[1] ?? 0)
  return seen.length >= head + 4 + length ? Buffer.from(seen, 'latin1').toString('utf8') : null
}
