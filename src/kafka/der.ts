/** As much of ASN.1's encoding as key stores need: definite and indefinite lengths, integers, object ids. */
export interface Der {
  tag: number
  isConstructed: boolean
  content: Uint8Array
  /** With tag and length. */
  whole: Uint8Array
}

/** Throws RangeError for bytes that are no such encoding. */
export function readDer(bytes: Uint8Array): Der {
  return element(bytes, 0).node
}

export function children(node: Der): Der[] {
  const found: Der[] = []
  for (let at = 0; at < node.content.length; ) {
    const { node: child, end } = element(node.content, at)
    found.push(child)
    at = end
  }
  return found
}

export function integerOf(node: Der): number {
  return node.content.reduce((value, byte) => value * 256 + byte, 0)
}

export function oidOf(node: Der): string {
  const parts: number[] = []
  let value = 0
  for (const byte of node.content) {
    value = value * 128 + (byte & 0x7f)
    if (byte & 0x80) continue
    parts.push(value)
    value = 0
  }
  const first = parts[0] ?? 0
  const root = Math.min(Math.floor(first / 40), 2)
  return [root, first - root * 40, ...parts.slice(1)].join('.')
}

function element(bytes: Uint8Array, start: number): { node: Der; end: number } {
  const tag = bytes[start]
  const first = bytes[start + 1]
  if (tag === undefined || first === undefined) throw new RangeError('ASN.1 ends too early')
  const isConstructed = (tag & 0x20) !== 0
  if (first === 0x80) return indefinite(bytes, start, tag, isConstructed)
  let from = start + 2
  let length = first
  if (first > 0x80) {
    const count = first & 0x7f
    if (count > 4) throw new RangeError('ASN.1 length is too large')
    length = 0
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[from + i] ?? 0)
    from += count
  }
  const end = from + length
  if (end > bytes.length) throw new RangeError('ASN.1 ends too early')
  return {
    node: { tag, isConstructed, content: bytes.subarray(from, end), whole: bytes.subarray(start, end) },
    end,
  }
}

function indefinite(
  bytes: Uint8Array,
  start: number,
  tag: number,
  isConstructed: boolean,
): { node: Der; end: number } {
  let at = start + 2
  while (!(bytes[at] === 0 && bytes[at + 1] === 0)) at = element(bytes, at).end
  return {
    node: {
      tag,
      isConstructed,
      content: bytes.subarray(start + 2, at),
      whole: bytes.subarray(start, at + 2),
    },
    end: at + 2,
  }
}
