import { crc32, deflateRawSync } from 'node:zlib'

/** A Java archive with these files, as `jar` makes it: deflated, each with its length behind its data. */
export function jar(files: Record<string, string>): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const [name, text] of Object.entries(files)) {
    const path = Buffer.from(name)
    const content = Buffer.from(text)
    const data = deflateRawSync(content)
    const sizes = [crc32(content), data.length, content.length]
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(20, 4)
    local.writeUInt16LE(8, 8)
    for (const [i, size] of sizes.entries()) local.writeUInt32LE(size, 14 + 4 * i)
    local.writeUInt16LE(path.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(20, 4)
    entry.writeUInt16LE(20, 6)
    entry.writeUInt16LE(8, 10)
    for (const [i, size] of sizes.entries()) entry.writeUInt32LE(size, 16 + 4 * i)
    entry.writeUInt16LE(path.length, 28)
    entry.writeUInt32LE(at, 42)
    parts.push(local, path, data)
    directory.push(entry, path)
    at += local.length + path.length + data.length
  }
  const entries = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(directory.length / 2, 8)
  end.writeUInt16LE(directory.length / 2, 10)
  end.writeUInt32LE(entries.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, entries, end])
}
