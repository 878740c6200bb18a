import type { Socket } from 'node:net'
import { OracleLogin } from './oracle-login.ts'
import {
  append,
  bindType,
  described,
  ended,
  freedLobs,
  type OracleColumn,
  PROTOCOL,
  parameters,
  protocol,
  rowsOf,
} from './oracle-messages.ts'
import { OracleReader, OracleWriter } from './oracle-wire.ts'

const PASSWORD = 'tiger'
/** Packets of the net layer. */
const CONNECT = 1
const ACCEPT = 2
const DATA = 6
const MARKER = 12
/** Of a marker. */
const BREAK = 1
const RESET = 2
/** Kinds of messages within. */
const DATA_TYPES = 2
const CALL = 3
const PIGGYBACK = 17
/** Calls. */
const EXECUTE = 94
const REEXECUTE = 4
const FETCH = 5
const COMMIT = 14
const ROLLBACK = 15
const LOGOFF = 9
const LOB = 96
const LOGIN = 118
const LOGIN_KEY = 115

const NO_MORE_ROWS = 1403
/** Of a large object: its bytes say which one it is. */
const LOCATOR_BYTES = 40
const LOB_CREATE = 0x110
const LOB_WRITE = 0x40
const LOB_CHUNK = 0x4000

/** With values as the database's bytes. */
export interface OracleCall {
  readonly sql: string
  /** Types of the parameters, by their numbers. */
  readonly types: readonly number[]
  readonly rows: readonly (readonly (Buffer | null)[])[]
  readonly commits: boolean
}

export type OracleAnswer =
  | { readonly changed: number }
  | {
      readonly columns: readonly OracleColumn[]
      readonly rows: readonly (readonly (Buffer | string | null)[])[]
    }
  | { readonly error: number; readonly message: string }
  /** Until it is broken off; deaf: not even then. */
  | 'waiting'
  | 'deaf'
  | 'end'

/** What is written down of all sessions. */
export interface Heard {
  readonly calls: OracleCall[]
  readonly lobs: Map<string, Buffer>
  readonly heard: string[]
}

interface OpenCursor {
  readonly sql: string
  readonly types: readonly number[]
  readonly columns: readonly OracleColumn[]
  readonly rows: (readonly (Buffer | string | null)[])[]
}

/** One client's connection to the listener. */
export class ServedSession {
  #bytes = Buffer.alloc(0)
  /** After the handshake packets have lengths of four bytes. */
  #accepted = false
  #login = new OracleLogin(PASSWORD)
  readonly #cursors = new Map<number, OpenCursor>()
  #lastCursor = 0
  #isBreakable = false
  #lastLob = 0

  constructor(
    private readonly socket: Socket,
    private readonly listener: Heard,
    private readonly answer: (call: OracleCall) => OracleAnswer,
  ) {}

  take(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes])
    while (this.#bytes.length >= 8) {
      const size = this.#accepted ? this.#bytes.readUInt32BE(0) : this.#bytes.readUInt16BE(0)
      if (this.#bytes.length < size) return
      const packet = this.#bytes.subarray(0, size)
      this.#bytes = this.#bytes.subarray(size)
      this.#packet(packet[4]!, packet)
    }
  }

  #packet(type: number, packet: Buffer): void {
    if (!this.#accepted) {
      // What the client wants to connect to may follow in a packet of its own.
      const isWhole = type !== CONNECT || packet.length >= packet.readUInt16BE(26) + packet.readUInt16BE(24)
      if (isWhole) this.#accept()
    } else if (type === MARKER) this.#marker(packet[10]!)
    else if (type === DATA && packet.length > 10) this.#send(this.#message(packet.subarray(10)))
  }

  #accept(): void {
    const body = Buffer.alloc(37)
    body.writeUInt16BE(316, 0)
    // No further services: neither encryption of its own nor Kerberos.
    body[14] = 4
    body[15] = 4
    body.writeUInt32BE(8192, 24)
    body.writeUInt32BE(32767, 28)
    const head = Buffer.alloc(8)
    head.writeUInt16BE(8 + body.length)
    head[4] = ACCEPT
    this.socket.write(Buffer.concat([head, body]))
    this.#accepted = true
  }

  /** Whoever breaks a call off is answered so, resets the way, and is told how the call has ended. */
  #marker(data: number): void {
    this.listener.heard.push('marker')
    if (!this.#isBreakable) return
    const isReset = data === RESET
    this.socket.write(Buffer.from([0, 0, 0, 11, MARKER, 0, 0, 0, 1, 0, isReset ? RESET : BREAK]))
    if (isReset) this.#send(ended({ error: 1013, message: 'user requested cancel of current operation' }))
  }

  #send(message: OracleWriter | null): void {
    if (message === null) return
    const bytes = message.bytes()
    const head = Buffer.alloc(10)
    head.writeUInt32BE(10 + bytes.length)
    head[4] = DATA
    this.socket.write(Buffer.concat([head, bytes]))
  }

  #message(bytes: Buffer): OracleWriter | null {
    const reader = new OracleReader(bytes)
    for (;;) {
      const kind = reader.byte()
      if (kind === PROTOCOL) return protocol()
      // The database's own zone is two hours east.
      if (kind === DATA_TYPES)
        return new OracleWriter().raw(DATA_TYPES, 0x80, 0, 0, 0, 62, 60, 60, 0x80, 0, 0, 0, 0, 0)
      const call = reader.byte()
      reader.byte()
      if (kind === CALL) return this.#call(call, reader, bytes)
      if (kind !== PIGGYBACK) throw new Error(`A message of kind ${kind}, which is not known here`)
      if (call === LOB) {
        freedLobs(reader)
        continue
      }
      // Cursors to close.
      reader.byte()
      for (let count = reader.number(); count > 0; count--) this.#cursors.delete(reader.number())
    }
  }

  #call(call: number, reader: OracleReader, bytes: Buffer): OracleWriter | null {
    switch (call) {
      case LOGIN:
        return parameters(this.#login.challenge()).raw(9).numbers(0, 0)
      case LOGIN_KEY: {
        const response = this.#login.response(bytes.toString('latin1'))
        if (response === null)
          return ended({ error: 1017, message: 'invalid username/password; logon denied' })
        const told: [string, string, number][] = [
          ['AUTH_SVR_RESPONSE', response, 0],
          ['AUTH_VERSION_NO', '318767104', 0],
          ['AUTH_SC_SERVICE_NAME', 'shop', 0],
        ]
        return parameters(told).raw(9).numbers(0, 0)
      }
      case COMMIT:
      case ROLLBACK:
      case LOGOFF:
        this.listener.heard.push({ [COMMIT]: 'commit', [ROLLBACK]: 'rollback', [LOGOFF]: 'logoff' }[call]!)
        return new OracleWriter().raw(9).numbers(0, 0)
      case FETCH: {
        const cursor = reader.number()
        const count = reader.number()
        this.listener.heard.push(`fetch ${count}`)
        return this.#rows(new OracleWriter(), cursor, count)
      }
      case EXECUTE:
        return this.#execute(reader)
      case LOB:
        return this.#lob(reader)
      case REEXECUTE:
        return this.#again(reader)
      default:
        throw new Error(`The call ${call} is not known here`)
    }
  }

  /** Makes a large object for a parameter, or takes what is written into it. */
  #lob(reader: OracleReader): OracleWriter {
    reader.skip(1)
    reader.number()
    reader.skip(1)
    reader.skipNumbers(3)
    reader.skip(3)
    const operation = reader.number()
    reader.skip(2)
    reader.skipNumbers(2)
    reader.skip(1 + 6)
    const locator = Buffer.from(reader.take(LOCATOR_BYTES))
    const writer = new OracleWriter().raw(8)
    if (operation === LOB_CREATE) {
      locator.writeUInt32BE(++this.#lastLob)
      writer
        .raw(...locator)
        .number(873)
        .raw(0)
    } else if (operation === LOB_WRITE) {
      reader.skip(1)
      const name = locator.toString('hex')
      this.listener.lobs.set(name, reader.value()!)
      writer.raw(...locator)
    } else if (operation === LOB_CHUNK) writer.raw(...locator).number(8060)
    else throw new Error(`The operation ${operation} on a large object is not known here`)
    return append(writer, ended({ changed: 0 }))
  }

  /** A statement once more, by its cursor. */
  #again(reader: OracleReader): OracleWriter | null {
    const id = reader.number()
    const { sql, types } = this.#cursors.get(id)!
    reader.skipNumbers(2)
    const commits = (reader.number() & 1) !== 0
    return this.#run({ sql, types, rows: rowsOf(reader, types), commits }, id, 0)
  }

  #execute(reader: OracleReader): OracleWriter | null {
    const options = reader.number()
    const old = reader.number()
    reader.skip(1)
    reader.number()
    reader.skip(1)
    reader.number()
    reader.skip(3)
    const count = reader.number()
    reader.number()
    reader.skip(1)
    const binds = reader.number()
    reader.skip(5 + 1)
    const defines = reader.number()
    reader.number()
    reader.skip(3)
    reader.number()
    reader.skip(1)
    reader.skipNumbers(2)
    reader.skip(1)
    reader.number()
    reader.skip(2)
    reader.number()
    reader.skip(1)
    reader.number()
    reader.skip(1)
    const sql = old === 0 ? String(reader.value()) : this.#cursors.get(old)!.sql
    reader.number()
    reader.skipNumbers(12)
    if (defines > 0) {
      // Only how the columns are to come.
      this.listener.heard.push(`define ${defines}`)
      return ended({ changed: 0 }, old)
    }
    const types = Array.from({ length: binds }, () => bindType(reader))
    const id = old === 0 ? ++this.#lastCursor : old
    return this.#run(
      { sql, types, rows: rowsOf(reader, types), commits: (options & 0x100) !== 0 },
      id,
      (options & 0x40) === 0 ? 0 : count,
    )
  }

  #run(call: OracleCall, id: number, prefetch: number): OracleWriter | null {
    this.listener.calls.push(call)
    const answer = this.answer(call)
    if (answer === 'deaf' || answer === 'waiting') {
      this.#isBreakable = answer === 'waiting'
      return null
    }
    if (answer === 'end') {
      this.socket.destroy()
      return null
    }
    const { sql, types } = call
    if (!('columns' in answer)) {
      this.#cursors.set(id, { sql, types, columns: [], rows: [] })
      return ended(answer, 'error' in answer ? 0 : id)
    }
    this.#cursors.set(id, { sql, types, columns: answer.columns, rows: [...answer.rows] })
    const isPlain = answer.columns.every(({ type }) => type !== 112 && type !== 113)
    return this.#rows(described(answer.columns), id, isPlain ? prefetch : 0)
  }

  #rows(writer: OracleWriter, id: number, count: number): OracleWriter {
    const cursor = this.#cursors.get(id)!
    const rows = cursor.rows.splice(0, count)
    if (rows.length > 0) writer.raw(6, 0).numbers(0, 0, 0, 0, 0, 0)
    for (const row of rows) {
      writer.raw(7)
      row.forEach((value, i) => {
        writer.value(value)
        // A large object comes as a LONG, with an indicator and a code.
        if ([8, 24, 112, 113].includes(cursor.columns[i]!.type)) writer.numbers(0, 0)
      })
    }
    const isOver = count > 0 && cursor.rows.length === 0
    return append(
      writer,
      ended(isOver ? { error: NO_MORE_ROWS, message: 'no data found' } : { changed: rows.length }, id),
    )
  }
}
