/** A session that ends between two batches does not end its table. */
import { expect, test } from 'bun:test'
import { EventEmitter } from 'node:events'
import { MysqlRows } from '../../../connectors/jdbc/drivers/mysql-rows.ts'
import { Portal, type Wire } from '../../../connectors/jdbc/drivers/postgres-portal.ts'
import { RowTap } from '../../../connectors/jdbc/drivers/postgres-row-tap.ts'
import { SqlServerRows } from '../../../connectors/jdbc/drivers/sqlserver-rows.ts'

const GONE = new Error('terminating connection due to administrator command')

function portal(): { result: Portal; wire: Wire } {
  const stream = { writable: true, write() {}, pause() {}, resume() {} }
  const wire: Wire = { parse() {}, describe() {}, close() {}, sync() {}, stream }
  const field = { name: 'id', tableID: 0, columnID: 0, dataTypeID: 23, dataTypeModifier: -1 }
  const tap = new RowTap({ connection: { attachListeners() {} } } as never)
  const result = new Portal('SELECT id FROM t', [], [field], tap, () => {})
  result.submit(wire)
  return { result, wire }
}

const ROW = Buffer.from([0, 1, 0, 0, 0, 4, 0, 0, 0, 7])

test('of Postgres, after the rows that were asked for', async () => {
  const { result, wire } = portal()
  const rows = result.next(1)
  result.row(ROW, 0, ROW.length)
  result.handlePortalSuspended()
  result.handleError(GONE, wire)
  expect(await rows).toEqual([[7]])
  expect(result.isOver).toBe(false)
  await expect(result.next(1)).rejects.toBe(GONE)
})

/** As a server sends them: each Execute is answered with that many rows at once, where the socket is read. */
test('of Postgres, rows so large that each pauses the socket, more than are asked for at once', async () => {
  const { result, wire } = portal()
  const { stream } = wire
  let isPaused = false
  let answers = 0
  const answer = () => {
    if (isPaused || answers === 0) return
    answers--
    result.row(ROW, 0, 5 << 20)
    result.handlePortalSuspended()
  }
  stream.pause = () => {
    isPaused = true
  }
  stream.resume = () => {
    isPaused = false
  }
  stream.write = () => {
    answers++
    queueMicrotask(answer)
  }
  for (let i = 0; i < 3; i++) expect(await result.next(1)).toEqual([[7]])
})

test('of Postgres, which has given all rows', async () => {
  const { result } = portal()
  const rows = result.next(2)
  result.row(ROW, 0, ROW.length)
  result.handleCommandComplete()
  result.handleReadyForQuery()
  expect(await rows).toEqual([[7]])
  expect(result.isOver).toBe(true)
})

function mysqlRows(): { result: MysqlRows; query: EventEmitter } {
  const query = new EventEmitter()
  const client = { query: () => query, pause() {}, resume() {} }
  const result = new MysqlRows('SELECT id FROM t', client as never, 'EXCEPTION', () => {})
  query.emit('fields', [{ columnType: 3, characterSet: 63 }])
  return { result, query }
}

test.each([true, false])('of MySQL, cut off: %p', async isCutOff => {
  const { result, query } = mysqlRows()
  const rows = result.next(1)
  query.emit('result', ['7'])
  if (isCutOff) result.fail(GONE)
  else query.emit('end')
  const read = await rows.catch(error => error)
  if (isCutOff) expect(read).toBe(GONE)
  else expect(read).toEqual([['7']])
  expect(result.isOver).toBe(!isCutOff)
})

test('of MySQL, after the rows that were asked for', async () => {
  const { result, query } = mysqlRows()
  const rows = result.next(1)
  query.emit('result', ['7'])
  expect(await rows).toEqual([['7']])
  result.fail(GONE)
  expect(result.isOver).toBe(false)
  await expect(result.next(1)).rejects.toBe(GONE)
})

test('of SQL Server, after the rows that were asked for', async () => {
  const result = new SqlServerRows('SELECT id FROM t', [], () => {})
  result.request.emit('columnMetadata', [])
  const rows = result.next(1)
  result.request.emit('row', [7])
  expect(await rows).toEqual([[7]])
  result.fail(GONE)
  expect(result.isOver).toBe(false)
  await expect(result.next(1)).rejects.toBe(GONE)
})
