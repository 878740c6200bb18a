import { createServer, type Server, type Socket } from 'node:net'
import { WireReader, WireWriter } from '../../../src/kafka/wire/fields.ts'

/** What a broker says to one request; null = it drops the connection, 'silence' = it never answers. */
export type Reply = ((writer: WireWriter, brokers: readonly ScriptedBroker[]) => void) | null | 'silence'

const VERSIONS: Readonly<Record<number, number>> = { 2: 5, 3: 7, 10: 2, 18: 0, 19: 4, 22: 1, 32: 3 }
const API_VERSIONS = 18

/** Listens and answers each kind of request by its script, the last line of which is said again and again. */
export class ScriptedBroker {
  readonly asked: number[] = []
  /** That clients have opened so far. */
  connections = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(
    readonly nodeId: number,
    readonly script: Record<number, Reply[]>,
    readonly cluster: ScriptedBroker[],
  ) {
    this.#server = createServer(socket => this.#serve(socket))
  }

  /** `script` is by the number of the request. */
  static async start(
    nodeId: number,
    script: Record<number, Reply[]>,
    cluster: ScriptedBroker[],
  ): Promise<ScriptedBroker> {
    const broker = new ScriptedBroker(nodeId, script, cluster)
    const { promise, resolve } = Promise.withResolvers<void>()
    broker.#server.listen(0, '127.0.0.1', () => resolve())
    await promise
    cluster.push(broker)
    return broker
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  stop(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #serve(socket: Socket): void {
    this.connections++
    this.#sockets.add(socket)
    let received = Buffer.alloc(0)
    socket.on('error', () => {})
    socket.on('data', bytes => {
      received = Buffer.concat([received, bytes as Buffer])
      while (received.length >= 4 && received.length >= 4 + received.readInt32BE()) {
        const end = 4 + received.readInt32BE()
        this.#answer(socket, received.subarray(4, end))
        received = received.subarray(end)
      }
    })
  }

  #answer(socket: Socket, request: Buffer): void {
    const reader = new WireReader(request)
    const [key, version, correlation] = [reader.int16(), reader.int16(), reader.int32()]
    if (key !== API_VERSIONS) this.asked.push(key)
    const replies = this.script[key] ?? []
    const reply = replies.length > 1 ? replies.shift() : replies[0]
    if (reply === 'silence') return
    if (reply === null) {
      socket.destroy()
      return
    }
    if (version !== VERSIONS[key]) throw new Error(`request ${key} came in version ${version}`)
    const writer = new WireWriter().int32(0).int32(correlation)
    if (reply) reply(writer, this.cluster)
    else if (key === API_VERSIONS) apiVersions(writer)
    else throw new Error(`nobody expected request ${key}`)
    const bytes = writer.bytes()
    bytes.writeInt32BE(bytes.length - 4)
    socket.write(bytes)
  }
}

function apiVersions(writer: WireWriter): void {
  writer.int16(0).array(Object.entries(VERSIONS), ([key, version]) => {
    writer.int16(Number(key)).int16(version).int16(version)
  })
}

/** Metadata of all brokers and of one topic `t` with one partition, if it has a leader or an error. */
export function cluster({ controller = 1, leader = 1, error = 0 }: Record<string, number> = {}): Reply {
  return (writer, brokers) => {
    writer
      .int32(0)
      .array(brokers, ({ nodeId, port }) =>
        writer.int32(nodeId).string('127.0.0.1').int32(port).nullableString(null),
      )
      .nullableString('a-cluster')
      .int32(controller)
      .array([leader], node => {
        writer.int16(error).string('t').int8(0)
        writer.array(error === 0 ? [0] : [], partition => {
          writer.int16(0).int32(partition).int32(node).int32(7)
          for (let replicas = 0; replicas < 3; replicas++) writer.array([node], id => writer.int32(id))
        })
      })
  }
}

export function created(error: number, text: string | null = null): Reply {
  return writer =>
    void writer.int32(0).array(['t'], name => writer.string(name).int16(error).nullableString(text))
}

export function ends(error: number, offset: number): Reply {
  return writer =>
    void writer.int32(0).array(['t'], name =>
      writer.string(name).array([0], partition => {
        writer.int32(partition).int16(error).int64(-1).int64(offset).int32(7)
      }),
    )
}

/** Broker `nodeId` is the coordinator, unless there is an error. */
export function coordinator(nodeId: number, error = 0): Reply {
  return (writer, brokers) => {
    const port = brokers.find(broker => broker.nodeId === nodeId)?.port ?? -1
    writer.int32(0).int16(error).nullableString(null)
    if (error === 0) writer.int32(nodeId).string('127.0.0.1').int32(port)
    else writer.int32(-1).string('').int32(-1)
  }
}

export function producerId(error = 0): Reply {
  return writer => void writer.int32(0).int16(error).int64(4000).int16(7)
}
