import { expect, test } from 'bun:test'
import { databases } from './databases.ts'
import { SourceRun } from './source-run.ts'

const servers = databases()

async function pollsUntilItFails(run: SourceRun): Promise<Error & { hint?: string }> {
  try {
    await run.until('a failure', () => false)
    throw new Error('it did not fail')
  } catch (error) {
    return error as Error
  } finally {
    await run.stop()
  }
}

test('a table that SQL only finds in quotes fails the task, with what to do', async () => {
  await servers.postgres.query('CREATE TABLE "Orders" (id int)')
  const run = await SourceRun.start({
    ...servers.postgres.config,
    mode: 'bulk',
    tables: 'public."Orders"',
    'quote.sql.identifiers': 'never',
  })
  const error = await pollsUntilItFails(run)
  expect(error.message).toContain('Table public.Orders: Postgres refused')
  expect(error.hint).toContain('quote.sql.identifiers=always')
})

test('a bulk query that fails after its first rows is tried no more often than query.retry.attempts', async () => {
  await servers.postgres.query(
    "CREATE FUNCTION fails_at_five(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN IF n = 5 THEN RAISE 'five' USING ERRCODE = '40001'; END IF; RETURN n; END $$",
  )
  const run = await SourceRun.start({
    ...servers.postgres.config,
    mode: 'bulk',
    query: 'SELECT fails_at_five(n) AS n FROM generate_series(1, 5) AS n',
    'batch.max.rows': '2',
    'query.retry.attempts': '2',
  })
  const error = await pollsUntilItFails(run)
  expect(error.message).toContain('Failed to Query table after retries: The query')
  expect(run.values('n')).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4])
})

test('behind a value that no field holds the rest of a result is not read', async () => {
  const { mariadb } = servers
  const run = await SourceRun.start({
    ...mariadb.config,
    mode: 'bulk',
    query: "SELECT CAST('838:59:59' AS TIME) AS t, REPEAT('x', 1000) AS x FROM seq_1_to_300000",
    'batch.max.rows': '10',
  })
  const error = await pollsUntilItFails(run)
  expect(error.message).toContain('Column t (TIME) holds 838:59:59')
  const [status] = await mariadb.query(
    "SELECT VARIABLE_VALUE AS sent FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'BYTES_SENT'",
  )
  // It is 300 MB in all.
  expect(Number(status!['sent'])).toBeLessThan(100_000_000)
}, 120_000)
