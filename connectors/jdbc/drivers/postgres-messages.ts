/** What `pg` has no words for. */

/** Bind of the unnamed statement, with a format for each column of the result: 0 text, 1 binary. */
export function bindMessage(
  portal: string,
  values: readonly (string | Buffer | null)[],
  formats: readonly number[],
): Buffer {
  const parts: Uint8Array[] = [Buffer.from(`${portal}\0\0`)]
  parts.push(int16(values.length), ...values.map(value => int16(value instanceof Buffer ? 1 : 0)))
  parts.push(int16(values.length))
  for (const value of values) {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value
    parts.push(int32(bytes === null ? -1 : bytes.length))
    if (bytes !== null) parts.push(bytes)
  }
  parts.push(int16(formats.length), ...formats.map(int16))
  return message('B', parts)
}

/** Execute and Flush: at once, for each piece that is sent may wake the server. */
export function executeMessage(portal: string, rows: number): Buffer {
  return Buffer.concat([message('E', [Buffer.from(`${portal}\0`), int32(rows)]), message('H', [])])
}

function message(code: string, parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 4)
  return Buffer.concat([Buffer.from(code), int32(length), ...parts])
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
