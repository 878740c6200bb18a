/** What a client asks of SQL Server. Spec: MS-TDS 2.2.6.6 RPC Request, 2.2.6.7 SQLBatch */

const BATCH = 0x01

export interface TdsRequest {
  /** Of a batch, or the statement that sp_executesql is called with. */
  readonly sql: string
  /** `@p1 nvarchar(4000)`, empty without any. */
  readonly declared: string
  readonly values: unknown[]
}

export function readRequest(kind: number, message: Buffer): TdsRequest {
  const body = message.subarray(message.readUInt32LE(0))
  if (kind === BATCH) return { sql: body.toString('utf16le'), declared: '', values: [] }
  // The number of the procedure, which is that of sp_executesql, and its options.
  if (body.readUInt16LE(0) !== 0xffff || body.readUInt16LE(2) !== 10) throw new Error('Not sp_executesql')
  const values: unknown[] = []
  for (let at = 6; at < body.length; ) {
    at += 1 + 2 * body[at]! + 1
    const { value, end } = valueAt(body, at)
    values.push(value)
    at = end
  }
  const [sql, declared = '', ...rest] = values
  return { sql: String(sql), declared: String(declared), values: rest }
}

/** Of the types that parameters have. */
function valueAt(body: Buffer, at: number): { value: unknown; end: number } {
  const type = body[at]!
  switch (type) {
    case 0xe7:
    case 0xa5: {
      const isText = type === 0xe7
      const most = body.readUInt16LE(at + 1)
      const start = at + 3 + (isText ? 5 : 0)
      const { bytes, end } = most === 0xffff ? pieces(body, start) : counted(body, start)
      return { value: bytes !== null && isText ? bytes.toString('utf16le') : bytes, end }
    }
    case 0x68:
      return { value: body[at + 2] === 0 ? null : body[at + 3] === 1, end: at + 3 + body[at + 2]! }
    case 0x26:
      return { value: body.readBigInt64LE(at + 3), end: at + 11 }
    case 0x6d:
      return { value: body.readDoubleLE(at + 3), end: at + 11 }
    default:
      throw new Error(`A parameter of type 0x${type.toString(16)}`)
  }
}

function counted(body: Buffer, at: number): { bytes: Buffer | null; end: number } {
  const length = body.readUInt16LE(at)
  if (length === 0xffff) return { bytes: null, end: at + 2 }
  return { bytes: body.subarray(at + 2, at + 2 + length), end: at + 2 + length }
}

function pieces(body: Buffer, start: number): { bytes: Buffer; end: number } {
  const parts: Buffer[] = []
  let at = start + 8
  for (;;) {
    const length = body.readUInt32LE(at)
    at += 4
    if (length === 0) return { bytes: Buffer.concat(parts), end: at }
    parts.push(body.subarray(at, at + length))
    at += length
  }
}
