const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** For each generated line (from 0) its source line (from 1), read from a source map (version 3) of one source. */
export function sourceLines(map: string): number[] {
  if (map === '') return []
  const { mappings } = JSON.parse(map) as { mappings: string }
  const lines: number[] = []
  let line = 0
  for (const group of mappings.split(';')) {
    let first = -1
    for (const segment of group.split(',')) {
      const [, , delta] = numbers(segment)
      if (delta === undefined) continue
      line += delta
      if (first < 0) first = line
    }
    lines.push(first < 0 ? (lines.at(-1) ?? 1) : first + 1)
  }
  return lines
}

/** Base 64 VLQ. */
function numbers(segment: string): number[] {
  const result: number[] = []
  let value = 0
  let shift = 0
  for (const digit of segment) {
    const bits = DIGITS.indexOf(digit)
    value |= (bits & 31) << shift
    shift += 5
    if (bits & 32) continue
    result.push(value & 1 ? -(value >> 1) : value >> 1)
    value = 0
    shift = 0
  }
  return result
}
