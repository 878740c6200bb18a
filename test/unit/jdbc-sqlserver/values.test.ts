/** Values as the bytes of another project have them, test/fixtures/sqlserver. */
import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { ColumnMetadata } from 'tedious/lib/token/colmetadata-token-parser'
import { sqlServerReading } from '../../../connectors/jdbc/dialects/sqlserver/reading.ts'
import type { Cell, ResultColumn } from '../../../connectors/jdbc/drivers/connection.ts'
import { SqlServerClient } from '../../../connectors/jdbc/drivers/sqlserver-client.ts'
import { columnOf } from '../../../connectors/jdbc/drivers/sqlserver-columns.ts'
import { columns, ended, row, rowWithoutNulls } from './tds-tokens.ts'

interface Case {
  readonly name: string
  readonly type: string
  readonly value: string
  readonly text: string | null
}

/** What the JVM's driver says of the same bytes. */
interface DriverColumn {
  readonly type: string
  /** java.sql.Types, and the driver's own. */
  readonly jdbc: number
  readonly precision: number
  readonly scale: number
  readonly text: string | null
}

const fixture = async (name: string): Promise<unknown> =>
  Bun.file(join(import.meta.dir, '../../fixtures/sqlserver', name)).json()
const driver = (await fixture('driver.json')) as DriverColumn[]
const cases = (await fixture('vectors.json')) as Case[]
const bytesOf = (hex: string) => Buffer.from(hex, 'hex')
const described = columns(cases.map(({ type }, i) => ({ name: `c${i}`, type: bytesOf(type) })))
const client = new SqlServerClient({ server: 'nowhere', options: { encrypt: true } })

/** What the client makes of tokens that come in such chunks. */
async function read(
  tokens: Buffer,
  chunk = tokens.length,
): Promise<{ columns: ResultColumn[]; rows: Cell[][] }> {
  const chunks: Buffer[] = []
  for (let at = 0; at < tokens.length; at += chunk) chunks.push(tokens.subarray(at, at + chunk))
  let found: ResultColumn[] = []
  const rows: Cell[][] = []
  const handler = {
    onColMetadata: ({ columns: list }: { columns: ColumnMetadata[] }) => {
      found = list.map(columnOf)
    },
    onRow: (token: { columns: Cell[] }) => rows.push(token.columns),
    onDone: () => {},
  }
  const parser = client.createTokenStreamParser(chunks as never, handler as never)
  await new Promise<void>((resolve, reject) => {
    parser.on('end', resolve)
    parser.on('error', reject)
  })
  return { columns: found, rows }
}

const textOf = (cell: Cell) =>
  cell instanceof Uint8Array ? Buffer.from(cell).toString('hex').toUpperCase() : cell

const whole = Buffer.concat([described, row(cases.map(({ value }) => bytesOf(value))), ended(1)])
const mapped = Buffer.concat([
  described,
  rowWithoutNulls(cases.map(({ value, text }) => (text === null ? null : bytesOf(value)))),
  ended(1),
])

describe('each value is what it was made of', async () => {
  const { columns: found, rows } = await read(whole)
  test.each(cases.map((each, i) => [each.name, each.text, i] as const))('%s %s', (name, text, i) => {
    const cell = textOf(rows[0]![i]!)
    const type = found[i]!.type
    expect(type).toBe(name.replace(/\(.*/, ''))
    if (type === 'float' || type === 'real') expect(cell).toBe(Number(text))
    else if (/^(?:bit|tinyint|smallint|int)$/.test(type)) expect(cell).toBe(Number(text))
    else expect(cell).toBe(text)
  })
})

test.each([1, 3, 7, 64])('in chunks of %i bytes they are the same', async size => {
  const { rows } = await read(whole, size)
  expect(rows).toEqual((await read(whole)).rows)
  expect((await read(mapped, size)).rows).toEqual(rows)
})

test('records hold every digit', async () => {
  const { columns: found, rows } = await read(whole)
  const options = {
    numericMapping: 'none',
    timestampGranularity: 'nanos_string',
    timeZone: 'UTC',
    calendar: 'PROLEPTIC_GREGORIAN',
  } as const
  const of = (name: string, text: string) => {
    const i = cases.findIndex(each => each.name === name && each.text === text)
    return sqlServerReading.column(found[i]!, options)!.read(rows[0]![i]!)
  }
  expect(String(of('decimal(38,38)', '-0.99999999999999999999999999999999999999'))).toBe(
    '-0.99999999999999999999999999999999999999',
  )
  expect(String(of('money', '-922337203685477.5808'))).toBe('-922337203685477.5808')
  expect(of('bigint', '9223372036854775807')).toBe(9223372036854775807n)
  expect(of('datetime2(7)', '2024-02-29 23:59:59.1234567')).toBe('1709251199123456700')
  expect(of('datetimeoffset(7)', '2024-02-28 23:59:59.1234567 +05:30')).toBe('1709144999123456700')
  expect(of('datetime', '2024-02-29 00:00:00.007')).toBe('1709164800007000000')
})

/** By GenericDatabaseDialect.addFieldToSchema and what SqlServerDatabaseDialect has of its own; null is left out. */
const FIELDS: Readonly<Record<number, string | null>> = {
  [-7]: 'INT8',
  [-6]: 'INT16',
  5: 'INT16',
  4: 'INT32',
  [-5]: 'INT64',
  7: 'FLOAT32',
  8: 'FLOAT64',
  2: 'Decimal',
  3: 'Decimal',
  1: 'STRING',
  12: 'STRING',
  [-1]: 'STRING',
  [-9]: 'STRING',
  [-15]: 'STRING',
  [-16]: 'STRING',
  [-2]: 'BYTES',
  [-3]: 'BYTES',
  [-4]: 'BYTES',
  91: 'Date',
  92: 'Time',
  93: 'Timestamp',
  [-155]: 'Timestamp',
  [-156]: null,
}

describe("the JVM's driver says the same of the same bytes", async () => {
  const { columns: found, rows } = await read(whole)
  // Java writes whole seconds with one zero, and small decimals with an exponent.
  const plain = (text: string | null) =>
    text === '1E-38' ? `0.${'0'.repeat(37)}1` : (text?.replace(/\.0+$/, '') ?? null)
  const options = {
    numericMapping: 'none',
    timestampGranularity: 'connect_logical',
    timeZone: 'UTC',
    calendar: 'LEGACY',
  } as const
  test.each(driver.map((each, i) => [each.type, each.text, i] as const))('%s %s', (type, text, i) => {
    const column = found[i]!
    const said = driver[i]!
    expect(column.type).toBe(type)
    const field = sqlServerReading.column(column, options)
    const schema = field?.schema ?? null
    expect(schema && (schema.name?.split('.').at(-1) ?? schema.type)).toBe(FIELDS[said.jdbc]!)
    if (schema?.name?.endsWith('Decimal')) {
      expect(column).toMatchObject({ precision: said.precision, scale: said.scale })
    }
    const cell = textOf(rows[0]![i]!)
    if (type === 'float' || type === 'real') expect(cell).toBe(Number(text))
    else if (field !== null) expect(plain(cell === null ? null : String(cell))).toBe(plain(text))
  })
})
