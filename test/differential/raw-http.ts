import { connect } from 'node:net'

export interface RawAnswer {
  status: number
  /** lower-case names; values of repeated headers are joined by commas */
  headers: Record<string, string>
  body: string
}

/**
 * One HTTP/1.1 request exactly as given: no header is added but Host, Connection and Content-Length, and the path is
 * not normalised. fetch would add an Accept header, drop bodies of GET and resolve `..`.
 */
export async function rawRequest(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<RawAnswer> {
  const bytes = body === undefined ? undefined : Buffer.from(body)
  const lines = [`${method} ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, 'Connection: close']
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`)
  if (bytes !== undefined) lines.push(`Content-Length: ${bytes.length}`)
  const text = await exchange(
    port,
    Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), bytes ?? Buffer.alloc(0)]),
  )
  return parseAnswer(text)
}

function exchange(port: number, request: Buffer): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const chunks: Uint8Array[] = []
  const socket = connect(port, '127.0.0.1', () => socket.write(request))
  socket.setTimeout(100_000, () => socket.destroy(new Error('no answer within 100 s')))
  socket.on('data', chunk => chunks.push(Buffer.from(chunk)))
  socket.on('error', reject)
  socket.on('close', () => resolve(Buffer.concat(chunks)))
  return promise
}

function parseAnswer(answer: Buffer): RawAnswer {
  const split = answer.indexOf('\r\n\r\n')
  if (split < 0) throw new Error(`not an HTTP answer: ${JSON.stringify(answer.toString('latin1'))}`)
  const [statusLine, ...headerLines] = answer.subarray(0, split).toString('latin1').split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of headerLines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value
  }
  const rest = answer.subarray(split + 4)
  const body = headers['transfer-encoding'] === 'chunked' ? unchunk(rest) : rest
  return { status: Number(statusLine!.split(' ')[1]), headers, body: body.toString('utf8') }
}

function unchunk(bytes: Buffer): Buffer {
  const parts: Buffer[] = []
  let at = 0
  for (;;) {
    const end = bytes.indexOf('\r\n', at)
    if (end < 0) return Buffer.concat(parts)
    const size = Number.parseInt(bytes.subarray(at, end).toString('latin1'), 16)
    if (!(size > 0)) return Buffer.concat(parts)
    parts.push(bytes.subarray(end + 2, end + 2 + size))
    at = end + 2 + size + 2
  }
}
