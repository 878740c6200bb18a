/** The table of the JDBC cases and what its rows are told by, in the database and in records of Avro. */

export const columns = [
  'id',
  'customer',
  'kind',
  'amount',
  'rate',
  'paid',
  'name',
  'note',
  'placed',
  'digest',
] as const

/** Statements that make the table and fill it: ten columns of ten types, one of them null now and then. */
export function orders(table: string, rows: number): string {
  return `CREATE TABLE ${table} (
    id bigint PRIMARY KEY, customer integer NOT NULL, kind smallint NOT NULL, amount numeric(12,2) NOT NULL,
    rate double precision NOT NULL, paid boolean NOT NULL, name varchar(40) NOT NULL, note text,
    placed timestamp(3) NOT NULL, digest bytea NOT NULL);
  INSERT INTO ${table} SELECT i, i * 7919 % 1000003, i % 5 - 2, (i * 37 % 1000000)::numeric / 100,
    (i % 1000) + 0.25, i % 3 = 0, 'customer ' || to_hex(i * 7919 % 1000003) || ' of order',
    CASE WHEN i % 10 > 0 THEN 'please leave it at the door of number ' || i % 200 END,
    timestamp '2024-01-01' + i * interval '1001 milliseconds', decode(md5(i::text), 'hex')
  FROM generate_series(1, ${rows}::bigint) AS i;
  ANALYZE ${table}`
}

/** Gives `rows` and `checksum`: the sum of what 32 bits of each row's MD5 are. */
export function checksumQuery(table: string): string {
  return `SELECT count(*)::int AS rows, sum(('x' || left(md5(concat_ws('|', id, customer, kind,
      (amount * 100)::bigint, rate, paid, name, coalesce(note, '-'),
      (extract(epoch FROM placed) * 1000)::bigint, encode(digest, 'hex'))), 8))::bit(32)::bigint)::text AS checksum
    FROM ${table}`
}

/** What the database's checksum has of a row, of the bytes that an AvroConverter makes of it. */
export function rowChecksum(bytes: Buffer): number {
  const row = rowText(bytes)
  const hash = new Bun.CryptoHasher('md5').update(row).digest()
  return hash.readUInt32BE(0)
}

/** By Avro's specification alone, not by the product's reader. */
function rowText(bytes: Buffer): string {
  // Magic byte and schema id.
  let at = 5
  const long = (): number => {
    let value = 0
    let unit = 1
    for (;;) {
      const byte = bytes[at++]!
      value += (byte & 0x7f) * unit
      if (byte < 0x80) break
      unit *= 128
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
  const take = (): Buffer => {
    const length = long()
    at += length
    return bytes.subarray(at - length, at)
  }
  const id = long()
  const customer = long()
  const kind = long()
  const unscaled = take()
  const amount = unscaled.readIntBE(0, unscaled.length)
  const rate = bytes.readDoubleLE(at)
  at += 8
  const paid = bytes[at++] === 1 ? 't' : 'f'
  const name = take().toString()
  const note = long() === 0 ? '-' : take().toString()
  const placed = long()
  const digest = take().toString('hex')
  if (at !== bytes.length) throw new Error(`${bytes.length - at} bytes follow on order ${id}`)
  return [id, customer, kind, amount, rate, paid, name, note, placed, digest].join('|')
}
