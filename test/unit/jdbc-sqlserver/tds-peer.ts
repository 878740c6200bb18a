/** Speaks the server's side of TDS 7.4 over plain TCP, with what a test has it say. Spec: MS-TDS 2.2.3, 2.2.6 */
import { createServer, type Socket } from 'node:net'
import { readRequest, type TdsRequest } from './tds-requests.ts'
import { attentionHeard, ended, loggedIn, preLogin } from './tds-tokens.ts'

export const NO_TLS = 2

const PRELOGIN = 0x12
const LOGIN = 0x10
const ATTENTION = 0x06
const MOST = 4088

export interface Reply {
  /** Says something; the promise is settled when the client's side has room for more. */
  say(tokens: Buffer): Promise<void>
  /** Says the last of it. */
  end(tokens: Buffer): void
  /** Without a word. */
  hangUp(): void
  /** The client has asked to be spared the rest. */
  readonly interrupted: boolean
}

export interface TdsPeer {
  readonly port: number
  /** What was asked after the login and the client's own settings, in order. */
  readonly requests: TdsRequest[]
  /** How sessions were set up. */
  readonly settings: string[]
  /** How often it was asked to be silent. */
  readonly attentions: number
  close(): Promise<void>
}

export interface PeerOptions {
  /** Any that is free by default. */
  readonly port?: number
  /** The client says nothing of its session before it asks. */
  readonly asksAtOnce?: boolean
  /** Lets in, and is silent from then on. */
  readonly isDeaf?: boolean
  /** Instead of letting everybody in. */
  readonly login?: () => Buffer
  readonly answer?: (request: TdsRequest, reply: Reply) => void | Promise<void>
}

export async function startTdsPeer(options: PeerOptions = {}): Promise<TdsPeer> {
  const heard: Heard = { requests: [], settings: [], attentions: 0 }
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // A client that breaks off is what some tests are about.
    socket.on('error', () => {})
    serve(socket, heard, options)
  })
  await new Promise<void>(resolve => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The peer has no port')
  return {
    port: address.port,
    requests: heard.requests,
    settings: heard.settings,
    get attentions() {
      return heard.attentions
    },
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

interface Heard {
  readonly requests: TdsRequest[]
  readonly settings: string[]
  attentions: number
}

function serve(socket: Socket, heard: Heard, { login, answer, asksAtOnce, isDeaf }: PeerOptions): void {
  let held = Buffer.alloc(0)
  let parts: Buffer[] = []
  let isSetUp = asksAtOnce === true
  let current: ReturnType<typeof replyTo> | null = null
  socket.on('data', chunk => {
    held = Buffer.concat([held, chunk as Buffer])
    while (held.length >= 8 && held.length >= held.readUInt16BE(2)) {
      const length = held.readUInt16BE(2)
      const kind = held[0]!
      const isLast = (held[1]! & 1) === 1
      const isVoid = (held[1]! & 2) === 2
      parts.push(held.subarray(8, length))
      held = held.subarray(length)
      if (!isLast) continue
      const message = Buffer.concat(parts)
      parts = []
      // What the client has thought better of is answered, but not done.
      if (isVoid) send(socket, ended(), true)
      else take(kind, message)
    }
  })

  function take(kind: number, message: Buffer): void {
    if (kind === PRELOGIN) send(socket, preLogin(NO_TLS), true)
    else if (kind === LOGIN) send(socket, login?.() ?? Buffer.concat([loggedIn(), ended()]), true)
    else if (kind !== ATTENTION) request(kind, message)
    else {
      heard.attentions++
      current?.interrupt()
    }
  }

  function request(kind: number, message: Buffer): void {
    // The client's own settings of a session come first.
    if (!isSetUp) {
      isSetUp = true
      send(socket, ended(), true)
      return
    }
    const asked = readRequest(kind, message)
    if (asked.sql.startsWith('SET NOCOUNT')) {
      heard.settings.push(asked.sql)
      if (isDeaf !== true) send(socket, ended(), true)
      return
    }
    heard.requests.push(asked)
    const reply = replyTo(socket)
    current = reply
    if (answer === undefined) reply.end(ended())
    else void answer(asked, reply)
  }
}

function replyTo(socket: Socket): Reply & { interrupt(): void } {
  let isOver = false
  let isInterrupted = false
  return {
    get interrupted() {
      return isInterrupted
    },
    interrupt: () => {
      isInterrupted = true
      // Each message has an answer of its own, one that came too late as well.
      if (isOver) send(socket, attentionHeard(), true)
    },
    say: tokens => {
      send(socket, tokens, false)
      if (!socket.writableNeedDrain) return Promise.resolve()
      return new Promise<void>(resolve => {
        socket.once('drain', resolve)
        socket.once('close', resolve)
      })
    },
    end: tokens => {
      isOver = true
      send(socket, tokens, true)
      if (isInterrupted) send(socket, attentionHeard(), true)
    },
    hangUp: () => void socket.destroy(),
  }
}

function send(socket: Socket, data: Buffer, isLast: boolean): void {
  for (let at = 0; at === 0 || at < data.length; at += MOST) {
    const part = data.subarray(at, at + MOST)
    const header = Buffer.from([4, isLast && at + MOST >= data.length ? 1 : 0, 0, 0, 0, 0, 1, 0])
    header.writeUInt16BE(part.length + 8, 2)
    socket.write(Buffer.concat([header, part]))
  }
}
