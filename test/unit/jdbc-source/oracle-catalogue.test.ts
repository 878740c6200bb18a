import { expect, test } from 'bun:test'
import { oracle } from '../../../connectors/jdbc/dialects/oracle/index.ts'
import { oracleWriting } from '../../../connectors/jdbc/dialects/oracle/writing.ts'
import type { Cell, Connection, SqlValue } from '../../../connectors/jdbc/drivers/connection.ts'
import { SchemaBuilder, TIMESTAMP_SCHEMA } from '../../../src/sdk/index.ts'
import { field, OPTIONS } from '../jdbc-sink/fields.ts'

/** Writes down what is asked, and answers one after the other: there is no server to be had. */
function answering(...answers: Cell[][][]) {
  const asked: [sql: string, values: readonly SqlValue[]][] = []
  const connection = {
    query: async (sql: string, values: readonly SqlValue[] = []) => {
      asked.push([sql.replace(/\s+/g, ' '), values])
      let rows = answers.shift() ?? []
      return {
        columns: [],
        isOver: false,
        next: async () => {
          const all = rows
          rows = []
          return all
        },
        close: async () => {},
      }
    },
  } as unknown as Connection
  return { connection, asked }
}

const any = { catalogPattern: null, schemaPattern: null, types: ['TABLE'] }

test('tables of all schemas, of those like a pattern, of other kinds', async () => {
  const { connection, asked } = answering([['SHOP', 'ORDERS']], [])
  expect(await oracle.tables(connection, any)).toEqual([{ catalog: null, schema: 'SHOP', name: 'ORDERS' }])
  await oracle.tables(connection, {
    catalogPattern: 'x',
    schemaPattern: 'SH/_%',
    types: ['table', 'view', 'GLOBAL'],
  })
  expect(asked).toEqual([
    ['SELECT OWNER, OBJECT_NAME FROM ALL_OBJECTS WHERE OBJECT_TYPE IN (?) ORDER BY 1, 2', ['TABLE']],
    [
      "SELECT OWNER, OBJECT_NAME FROM ALL_OBJECTS WHERE OBJECT_TYPE IN (?,?) AND OWNER LIKE ? ESCAPE '/' ORDER BY 1, 2",
      ['TABLE', 'VIEW', 'SH/_%'],
    ],
  ])
  // As the sink asks of which kind its table is.
  await oracle.tables(connection, { ...any, schemaPattern: 'MY\\_SHOP' })
  expect(asked.pop()![1]).toEqual(['TABLE', 'MY/_SHOP'])
  expect(await oracle.tables(connection, { ...any, schemaPattern: '' })).toEqual([])
  expect(await oracle.tables(connection, { ...any, types: ['PARTITIONED TABLE'] })).toEqual([])
  expect(asked).toHaveLength(2)
})

test('columns of a table, with its key', async () => {
  const { connection, asked } = answering(
    [
      ['ID', 'NUMBER', 'N', '19', '0', '0', null, 'YES'],
      ['NAME', 'VARCHAR2', 'Y', null, null, '40', '3', 'NO'],
      ['AT', 'TIMESTAMP(6) WITH LOCAL TIME ZONE', 'Y', null, '6', '0', null, 'NO'],
    ],
    [['ID']],
  )
  const columns = await oracle.columns(connection, { catalog: null, schema: 'SHOP', name: 'ORDERS' })
  expect(columns).toEqual([
    {
      name: 'ID',
      type: 'NUMBER',
      nullable: false,
      precision: 19,
      scale: 0,
      unsigned: false,
      autoIncrement: true,
      primaryKey: true,
      hasDefault: true,
    },
    {
      name: 'NAME',
      type: 'VARCHAR2',
      nullable: true,
      precision: 40,
      scale: null,
      unsigned: false,
      autoIncrement: false,
      primaryKey: false,
      hasDefault: true,
    },
    {
      name: 'AT',
      type: 'TIMESTAMP WITH LOCAL TIME ZONE',
      nullable: true,
      precision: null,
      scale: 6,
      unsigned: false,
      autoIncrement: false,
      primaryKey: false,
      hasDefault: false,
    },
  ])
  expect(asked.map(([, values]) => values)).toEqual([
    ['SHOP', 'ORDERS'],
    ['SHOP', 'ORDERS'],
  ])
})

test('a name without a schema is of the session, or a synonym', async () => {
  const { connection, asked } = answering(
    [['ME']],
    [],
    [['SHOP', 'ORDERS']],
    [['ID', 'NUMBER', 'N', null, null, '0', null, 'NO']],
    [],
  )
  expect(await oracle.columns(connection, { catalog: null, schema: null, name: 'O' })).toHaveLength(1)
  expect(asked.map(([, values]) => values)).toEqual([
    [],
    ['ME', 'O'],
    ['O', 'ME'],
    ['SHOP', 'ORDERS'],
    ['SHOP', 'ORDERS'],
  ])
  expect(asked[2]![0]).toContain("FROM ALL_SYNONYMS WHERE SYNONYM_NAME = ? AND OWNER IN (?, 'PUBLIC')")
})

test('names in quotes keep their case, and their parts', () => {
  expect(oracle.tableId('"Shop"."Orders"')).toEqual({ catalog: null, schema: 'Shop', name: 'Orders' })
  expect(oracle.tableId('ORDERS')).toEqual({ catalog: null, schema: null, name: 'ORDERS' })
  expect(oracle.nameParts({ catalog: null, schema: 'SHOP', name: 'O' }).map(oracle.quoted).join('.')).toBe(
    '"SHOP"."O"',
  )
})

test('two levels of isolation are there', () => {
  expect(oracle.isolationStatement('SERIALIZABLE')).toBe('ALTER SESSION SET ISOLATION_LEVEL = SERIALIZABLE')
  expect(oracle.isolationStatement('READ_COMMITED')).toBe(
    'ALTER SESSION SET ISOLATION_LEVEL = READ COMMITTED',
  )
  expect(oracle.isolationStatement('REPEATABLE_READ')).toBeNull()
})

test('times go into their columns in full', () => {
  const target = {
    table: '"T"',
    keys: ['"K"'],
    columns: ['"D"', '"S"', '"N"'],
    types: ['TIMESTAMP', 'DATE', 'TIMESTAMP WITH TIME ZONE', 'NUMBER'],
    scales: [null, null, null, null],
  }
  const time = "TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS.FF')"
  expect(oracleWriting.insert(target, 5)).toBe(
    `INSERT INTO "T" ("K","D","S","N") VALUES (${time},CAST(${time} AS DATE),${time},?)`,
  )
  expect(oracleWriting.update(target)).toBe(
    `UPDATE "T" SET "D" = CAST(${time} AS DATE), "S" = ${time}, "N" = ? WHERE "K" = ${time}`,
  )
  expect(oracleWriting.delete(target, 5)).toBe(`DELETE FROM "T" WHERE "K" = ${time}`)
  expect(oracleWriting.upsert(target, 5, OPTIONS)).toStartWith(
    `merge into "T" using (select ${time} "K", CAST(${time} AS DATE) "D", ${time} "S", ? "N" FROM dual) incoming on("T"."K"=incoming."K")`,
  )
})

test('a column with a zone takes times of UTC alone', () => {
  const fits = (type: string, timeZone: string, of = field(TIMESTAMP_SCHEMA)) =>
    oracleWriting.fits!(of, type, { ...OPTIONS, timeZone })
  expect(fits('TIMESTAMP WITH TIME ZONE', 'UTC')).toBe(true)
  expect(fits('TIMESTAMP', 'Europe/Berlin')).toBe(true)
  expect(fits('TIMESTAMP WITH LOCAL TIME ZONE', 'Europe/Berlin')).toContain('set db.timezone=UTC')
  expect(fits('TIMESTAMP WITH TIME ZONE', 'Europe/Berlin', field(SchemaBuilder.string().build()))).toBe(true)
})
