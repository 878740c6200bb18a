import { describe, expect, test } from 'bun:test'
import { mysqlWriting } from '../../../connectors/jdbc/dialects/mysql/writing.ts'
import { oracleWriting } from '../../../connectors/jdbc/dialects/oracle/writing.ts'
import { postgresWriting } from '../../../connectors/jdbc/dialects/postgres/writing.ts'
import { sqliteWriting } from '../../../connectors/jdbc/dialects/sqlite/writing.ts'
import { sqlServerWriting } from '../../../connectors/jdbc/dialects/sqlserver/writing.ts'
import type { WritingDialect } from '../../../connectors/jdbc/dialects/writing.ts'
import { OPTIONS, target } from './fields.ts'

const double = (name: string) => `"${name}"`
const backtick = (name: string) => `\`${name}\``
const bracket = (name: string) => `[${name}]`

interface Case {
  dialect: WritingDialect
  quote: (name: string) => string
  insert: string
  upsert: string
  upsertOfKeys: string
  update: string
  delete: string
  deleteBoth: string
}

/** Two rows of `id` and `name`, but for updates; deletes of two rows with one key and of two. */
const cases: Record<string, Case> = {
  postgres: {
    dialect: postgresWriting,
    quote: double,
    insert: 'INSERT INTO "t" ("id","name") VALUES (?,?),(?,?)',
    upsert:
      'INSERT INTO "t" ("id","name") VALUES (?,?),(?,?) ON CONFLICT ("id") DO UPDATE SET "name"=EXCLUDED."name"',
    upsertOfKeys: 'INSERT INTO "t" ("id") VALUES (?),(?) ON CONFLICT ("id") DO NOTHING',
    update: 'UPDATE "t" SET "name" = ? WHERE "id" = ?',
    delete: 'DELETE FROM "t" WHERE "id" IN (?,?)',
    deleteBoth: 'DELETE FROM "t" WHERE ("id","part") IN ((?,?),(?,?))',
  },
  mysql: {
    dialect: mysqlWriting,
    quote: backtick,
    insert: 'INSERT INTO `t` (`id`,`name`) VALUES (?,?),(?,?)',
    upsert: 'insert into `t` (`id`,`name`) VALUES (?,?),(?,?) on duplicate key update `name`=values(`name`)',
    upsertOfKeys: 'insert into `t` (`id`) VALUES (?),(?) on duplicate key update `id`=values(`id`)',
    update: 'UPDATE `t` SET `name` = ? WHERE `id` = ?',
    delete: 'DELETE FROM `t` WHERE `id` IN (?,?)',
    deleteBoth: 'DELETE FROM `t` WHERE (`id`,`part`) IN ((?,?),(?,?))',
  },
  sqlite: {
    dialect: sqliteWriting,
    quote: double,
    insert: 'INSERT INTO "t" ("id","name") VALUES (?,?),(?,?)',
    upsert: 'INSERT OR REPLACE INTO "t" ("id","name") VALUES (?,?),(?,?)',
    upsertOfKeys: 'INSERT OR REPLACE INTO "t" ("id") VALUES (?),(?)',
    update: 'UPDATE "t" SET "name" = ? WHERE "id" = ?',
    delete: 'DELETE FROM "t" WHERE "id" IN (?,?)',
    deleteBoth: 'DELETE FROM "t" WHERE ("id","part") IN (VALUES (?,?),(?,?))',
  },
  sqlserver: {
    dialect: sqlServerWriting,
    quote: bracket,
    insert: 'INSERT INTO [t] ([id],[name]) VALUES (?,?),(?,?)',
    upsert:
      'merge into [t] with (HOLDLOCK) AS target using (values (?,?),(?,?)) AS incoming([id],[name]) on (target.[id]=incoming.[id]) when matched then update set [name]=incoming.[name] when not matched then insert ([name], [id]) values (incoming.[name],incoming.[id]);',
    upsertOfKeys:
      'merge into [t] with (HOLDLOCK) AS target using (values (?),(?)) AS incoming([id]) on (target.[id]=incoming.[id]) when not matched then insert ([id]) values (incoming.[id]);',
    update: 'UPDATE [t] SET [name] = ? WHERE [id] = ?',
    delete: 'DELETE FROM [t] WHERE [id] IN (?,?)',
    deleteBoth: 'DELETE FROM [t] WHERE ([id] = ? AND [part] = ?) OR ([id] = ? AND [part] = ?)',
  },
  oracle: {
    dialect: oracleWriting,
    quote: double,
    // One row: the connection runs it for each.
    insert: 'INSERT INTO "t" ("id","name") VALUES (?,?)',
    upsert:
      'merge into "t" using (select ? "id", ? "name" FROM dual) incoming on("t"."id"=incoming."id") when matched then update set "t"."name"=incoming."name" when not matched then insert("t"."name","t"."id") values(incoming."name",incoming."id")',
    upsertOfKeys:
      'merge into "t" using (select ? "id" FROM dual) incoming on("t"."id"=incoming."id") when not matched then insert("t"."id") values(incoming."id")',
    update: 'UPDATE "t" SET "name" = ? WHERE "id" = ?',
    delete: 'DELETE FROM "t" WHERE "id" = ?',
    deleteBoth: 'DELETE FROM "t" WHERE "id" = ? AND "part" = ?',
  },
}

describe.each(Object.entries(cases))('statements of %s', (_name, { dialect, quote, ...expected }) => {
  const one = target(quote, ['id'], ['name'])

  test('rows go in with one statement', () => {
    expect(dialect.insert(one, 2)).toBe(expected.insert)
    expect(dialect.upsert(one, 2, OPTIONS)).toBe(expected.upsert)
    expect(dialect.upsert(target(quote, ['id'], []), 2, OPTIONS)).toBe(expected.upsertOfKeys)
  })

  test('an update names columns, then keys', () => {
    expect(dialect.update(one)).toBe(expected.update)
    const two = dialect.update(target(quote, ['id', 'part'], ['name', 'age']))
    expect(two).toBe(
      `UPDATE ${quote('t')} SET ${quote('name')} = ?, ${quote('age')} = ? WHERE ${quote('id')} = ? AND ${quote('part')} = ?`,
    )
  })

  test('rows go out by their keys', () => {
    expect(dialect.delete(one, 2)).toBe(expected.delete)
    expect(dialect.delete(target(quote, ['id', 'part'], []), 2)).toBe(expected.deleteBoth)
    expect(dialect.delete(one, 1)).toBe(`DELETE FROM ${quote('t')} WHERE ${quote('id')} = ?`)
  })

  test('a table has its columns and its key', () => {
    expect(dialect.createTable(quote('t'), ['a INT NOT NULL', 'b INT NULL'], [])).toBe(
      `CREATE TABLE ${quote('t')} (\na INT NOT NULL,\nb INT NULL)`,
    )
    expect(dialect.createTable(quote('t'), ['a INT NOT NULL'], [quote('a'), quote('b')])).toBe(
      `CREATE TABLE ${quote('t')} (\na INT NOT NULL,\nPRIMARY KEY(${quote('a')},${quote('b')}))`,
    )
  })
})

test('columns are added with one statement, in SQLite with one each', () => {
  const columns = ['a INT NULL', 'b INT NULL']
  const each: [WritingDialect, string[]][] = [
    [postgresWriting, ['ALTER TABLE t \nADD a INT NULL,\nADD b INT NULL']],
    [mysqlWriting, ['ALTER TABLE t \nADD a INT NULL,\nADD b INT NULL']],
    [sqliteWriting, ['ALTER TABLE t ADD a INT NULL', 'ALTER TABLE t ADD b INT NULL']],
    [sqlServerWriting, ['ALTER TABLE t ADD\na INT NULL,\nb INT NULL']],
    [oracleWriting, ['ALTER TABLE t ADD(\na INT NULL,\nb INT NULL)']],
  ]
  for (const [dialect, statements] of each) expect(dialect.addColumns('t', columns)).toEqual(statements)
})

test('SQL Server holds no lock where it is told not to', () => {
  const text = sqlServerWriting.upsert(target(bracket, ['id'], []), 1, { ...OPTIONS, holdLock: false })
  expect(text).toStartWith('merge into [t] AS target using')
})

test('MySQL compares decimals as decimals, of the scale of their column', () => {
  const { keys, ...rest } = target(backtick, ['id', 'price'], ['name'])
  const decimal = { ...rest, keys, types: ['BIGINT', 'DECIMAL', 'TEXT'], scales: [0, 4, null] }
  const cast = 'CAST(? AS DECIMAL(65,4))'
  expect(mysqlWriting.delete(decimal, 1)).toBe(`DELETE FROM \`t\` WHERE \`id\` = ? AND \`price\` = ${cast}`)
  expect(mysqlWriting.delete(decimal, 2)).toBe(
    `DELETE FROM \`t\` WHERE (\`id\`,\`price\`) IN ((?,${cast}),(?,${cast}))`,
  )
  expect(mysqlWriting.update(decimal)).toBe(
    `UPDATE \`t\` SET \`name\` = ? WHERE \`id\` = ? AND \`price\` = ${cast}`,
  )
})

describe('one parameter a column in Postgres', () => {
  const arrays = postgresWriting.arrays!
  const both = target(double, ['id', 'part'], ['name', 'tags'])

  test('every statement', () => {
    const from = 'FROM unnest(?::int8[],?::varchar[],?::text[],?::text[]) AS u(c1,c2,c3,c4)'
    expect(arrays.insert(both)).toBe(
      `INSERT INTO "t" ("id","part","name","tags") SELECT u.c1,u.c2,u.c3,u.c4::int4[] ${from}`,
    )
    expect(arrays.upsert(both)).toBe(
      `INSERT INTO "t" ("id","part","name","tags") SELECT u.c1,u.c2,u.c3,u.c4::int4[] ${from} ON CONFLICT ("id","part") DO UPDATE SET "name"=EXCLUDED."name","tags"=EXCLUDED."tags"`,
    )
    expect(arrays.update(both)).toBe(
      `UPDATE "t" AS t SET "name" = u.c3, "tags" = u.c4::int4[] ${from} WHERE t."id" = u.c1 AND t."part" = u.c2`,
    )
    expect(arrays.delete(both)).toBe(
      'DELETE FROM "t" AS t USING unnest(?::int8[],?::varchar[]) AS u(c1,c2) WHERE t."id" = u.c1 AND t."part" = u.c2',
    )
  })

  test('none where a type is not among those that travel so', () => {
    expect(arrays.insert(target(double, ['id'], ['mood']))).toBeNull()
    expect(arrays.delete(target(double, ['mood'], ['name']))).toBeNull()
    expect(arrays.delete(target(double, ['id'], ['mood']))).not.toBeNull()
  })

  test('no update by keys that can be equal without being the same text', () => {
    expect(arrays.update(target(double, ['price'], ['name']))).toBeNull()
  })

  test('a column of rows', () => {
    const rows = [1, 'plain', 2n ** 63n - 1n, 'say "no" \\ never', null, null, true, Buffer.from([0, 255])]
    expect(arrays.parameter(rows, 0, 2)).toBe('{1,9223372036854775807,NULL,true}')
    expect(arrays.parameter(rows, 1, 2)).toBe('{"plain","say \\"no\\" \\\\ never",NULL,"\\\\x00ff"}')
  })
})
