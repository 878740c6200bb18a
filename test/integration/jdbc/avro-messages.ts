/**
 * Registers a record of these fields at a schema registry and returns what makes its messages, without any of the
 * product's code; a type with `?` is that of a field that may be null.
 */
export async function avroMessages(
  registry: string,
  subject: string,
  fields: Record<string, 'int' | 'string' | 'float' | 'int?' | 'string?'>,
): Promise<(...values: (number | string | null)[]) => Buffer> {
  const types = Object.entries(fields).map(([name, type]) =>
    type.endsWith('?') ? { name, type: ['null', type.slice(0, -1)], default: null } : { name, type },
  )
  const answer = await fetch(`${registry}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify({ type: 'record', name: 'myrecord', fields: types }) }),
  })
  const { id } = (await answer.json()) as { id: number }
  const zigzag = (value: number) => {
    const bytes: number[] = []
    for (let rest = value >= 0 ? value * 2 : -value * 2 - 1; ; rest = rest >> 7) {
      if (rest < 128) return Buffer.from([...bytes, rest])
      bytes.push((rest & 127) | 128)
    }
  }
  const part = (value: number | string | null, type: string): Buffer => {
    if (type.endsWith('?'))
      return value === null ? zigzag(0) : Buffer.concat([zigzag(1), part(value, type.slice(0, -1))])
    if (typeof value === 'string')
      return Buffer.concat([zigzag(Buffer.byteLength(value)), Buffer.from(value)])
    if (type === 'int') return zigzag(value!)
    const four = Buffer.alloc(4)
    four.writeFloatLE(value!)
    return four
  }
  const head = Buffer.alloc(5)
  head.writeUInt32BE(id, 1)
  const names = Object.values(fields)
  return (...values) => Buffer.concat([head, ...values.map((value, i) => part(value, names[i]!))])
}
