import { expect, test } from 'bun:test'
import { SqlError } from '../../../connectors/jdbc/drivers/sql-error.ts'
import { sqlServerError } from '../../../connectors/jdbc/drivers/sqlserver-error.ts'
import { concernsTables, hintFor, mayPass, repeatsRow } from '../../../connectors/jdbc/sink/failures.ts'

const told = (number: number, message = 'so it says') =>
  sqlServerError(Object.assign(new Error(message), { number, code: 'EREQUEST' }), 'SQL Server refused')

/** Number, SQLSTATE, whether the session or the moment is to blame, whether a sink tries again. */
test.each([
  [1205, '40001', true, true],
  [1222, 'HYT00', true, true],
  [3960, '40001', true, true],
  [40613, '08001', true, true],
  [9002, 'S0001', true, true],
  [18456, '28000', false, true],
  [208, '42S02', false, true],
  [207, '42S22', false, true],
  [2627, '23505', false, false],
  [2601, '23505', false, false],
  [515, '23502', false, false],
  [8152, '22001', false, false],
  [2628, '22001', false, false],
  [8115, '22003', false, false],
  [241, '22007', false, false],
  [245, '22018', false, false],
  [235, '22018', false, false],
  [236, '22003', false, false],
  [244, '22003', false, false],
  [248, '22003', false, false],
  [293, '22018', false, false],
  [294, '22003', false, false],
  [8169, '22018', false, false],
  [8672, '21000', false, false],
  [50000, 'S0001', false, true],
])('%i', (number, state, transient, passes) => {
  const error = told(number)
  expect(error).toMatchObject({ state, code: String(number), transient })
  expect(error.message).toBe(`SQL Server refused: so it says [SQLSTATE ${state}, error ${number}]`)
  expect(mayPass(error)).toBe(passes)
})

test('a row that is referred to may come yet, a check never passes', () => {
  const conflict = (kind: string) =>
    told(547, `The INSERT statement conflicted with the ${kind} constraint "c".`)
  expect(mayPass(conflict('FOREIGN KEY'))).toBe(true)
  expect(mayPass(told(547, 'The DELETE statement conflicted with the REFERENCE constraint "c".'))).toBe(true)
  expect(mayPass(conflict('CHECK'))).toBe(false)
})

test('people are told what to do', () => {
  expect(hintFor(told(2627))).toContain('insert.mode=upsert')
  expect(hintFor(told(2628))).toContain('longer')
  expect(hintFor(told(515))).toContain('default')
  expect(hintFor(told(229))).toContain('connection.user')
})

test('an upsert that meets a key twice is written row by row', () => {
  expect(repeatsRow(told(8672), true)).toBe(true)
  expect(repeatsRow(told(2627), true)).toBe(true)
  expect(repeatsRow(told(2627), false)).toBe(false)
  expect(concernsTables(told(207))).toBe(true)
  expect(concernsTables(told(2627))).toBe(false)
})

test('without a word of the server it is the way there', () => {
  const lost = sqlServerError(Object.assign(new Error('socket hang up'), { code: 'ESOCKET' }), 'x')
  expect(lost).toMatchObject({ state: '08S01', code: 'ESOCKET', transient: true })
  const value = sqlServerError(Object.assign(new Error('no'), { code: 'EPARAM' }), 'x')
  expect(value).toMatchObject({ state: '22018', transient: false })
  const same = new SqlError('x', { state: '', code: '', transient: false })
  expect(sqlServerError(same, 'y')).toBe(same)
})
