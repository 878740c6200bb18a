import { describe, expect, test } from 'bun:test'
import { oracleError } from '../../../connectors/jdbc/drivers/oracle-error.ts'
import { concernsTables, mayPass } from '../../../connectors/jdbc/sink/failures.ts'

/** As `oracledb` throws it. */
function thrown(number: number, text: string): Error {
  const code = `ORA-${String(number).padStart(5, '0')}`
  const help = `\nHelp: https://docs.oracle.com/error-help/db/ora-${code.slice(4)}/`
  return Object.assign(new Error(`${code}: ${text}${help}`), { errorNum: number, code, offset: 7 })
}

function lost(number: number): Error {
  const { message } = thrown(number, 'end-of-file on communication channel')
  const text = `NJS-500: connection to Oracle Database was closed or broken\n${message}`
  return Object.assign(new Error(text), { errorNum: number, code: 'NJS-500' })
}

describe('what the database refuses', () => {
  test.each([
    [1, '23505', false, false],
    [1400, '23502', false, false],
    [2291, '23503', false, true],
    [1438, '22003', false, false],
    [12899, '22001', false, false],
    [1722, '22P02', false, false],
    [1461, '22001', false, false],
    [1465, '22P02', false, false],
    [1830, '22007', false, false],
    [1839, '22007', false, false],
    [1850, '22007', false, false],
    [1851, '22007', false, false],
    [1852, '22007', false, false],
    [22835, '22001', false, false],
    [942, '42S02', false, true],
    [904, '42S22', false, true],
    [1017, 'HY000', false, true],
    [60, '40001', true, true],
    [54, '55P03', true, true],
    [1555, 'HY000', true, true],
    [1653, 'HY000', true, true],
    [1033, '08006', true, true],
    [1089, '08006', true, true],
    [12514, '08006', true, true],
    [12541, '08006', true, true],
    [12170, '08006', true, true],
    [12154, 'HY000', false, true],
  ])('ORA-%i', (number, state, transient, again) => {
    const error = oracleError(thrown(number, 'so it is'), 'Oracle refused')
    const code = `ORA-${String(number).padStart(5, '0')}`
    expect(error.message).toBe(`Oracle refused: ${code}: so it is [SQLSTATE ${state}, error ${number}]`)
    expect(error).toMatchObject({ state, code: String(number), transient })
    // Of values none is tried again; a row that another one refers to may come yet, and a table be made.
    expect(mayPass(error)).toBe(again)
  })

  test('a table that is gone, or has other columns, is looked at again; a value has nothing to do with it', () => {
    expect(concernsTables(oracleError(thrown(942, 'x'), 'Oracle refused'))).toBe(true)
    expect(concernsTables(oracleError(thrown(904, 'x'), 'Oracle refused'))).toBe(true)
    expect(concernsTables(oracleError(thrown(1, 'x'), 'Oracle refused'))).toBe(false)
  })

  test.each([3113, 3114, 3135, 28, 1012])('ORA-%i ends the session', number => {
    const error = oracleError(lost(number), 'The connection to Oracle is lost')
    expect(error).toMatchObject({ state: '08006', code: String(number), transient: true })
    expect(error.message).toBe(
      `The connection to Oracle is lost: ORA-${String(number).padStart(5, '0')}: end-of-file on communication channel [SQLSTATE 08006, error ${number}]`,
    )
  })
})

describe('the way to it', () => {
  const own = (code: string, text: string) => Object.assign(new Error(`${code}: ${text}`), { code })

  test.each([
    [
      'NJS-503',
      'connection to host h port 1 could not be established. (CONNECTION_ID=ab==)\nconnect ECONNREFUSED h:1',
      true,
    ],
    ['NJS-510', 'connection to host h port 1 timed out.', true],
    ['NJS-518', 'Service "x" is not registered', true],
    ['NJS-530', 'The host addresses are incorrect', true],
    ['NJS-506', 'TLS handshake failure.\nself signed certificate in certificate chain', false],
    ['NJS-506', 'TLS handshake failure.\nsocket disconnected', true],
    ['NJS-516', 'no configuration directory set', false],
    ['NJS-520', 'File tnsnames.ora not found in /x', false],
    ['NJS-533', 'Advanced Networking Option service negotiation failed.', false],
    ['NJS-138', 'connections to this database server version are not supported', false],
  ])('%s: %s', (code, text, transient) => {
    const error = oracleError(own(code, text), 'Cannot connect to Oracle at h:1/x as user u')
    expect(error).toMatchObject({ code, transient })
    expect(error.hint).toBeString()
    expect(error.message).not.toMatch(/CONNECTION_ID|\n/)
  })

  test('a listener says with a number why it refuses', () => {
    const error = oracleError(
      own(
        'NJS-511',
        'connection to listener at host h port 1 was refused. (CONNECTION_ID=x)\nCause: ORA-12516',
      ),
      'Cannot connect to Oracle',
    )
    expect(error).toMatchObject({ code: '12516', state: '08006', transient: true })
  })
})

test('passwords are in no text, and in no cause', () => {
  const raw = new Error('error in connection string: u/hunter2@h')
  const error = oracleError(raw, 'Cannot connect to Oracle', ['hunter2'])
  expect(error.message).toBe('Cannot connect to Oracle: error in connection string: u/****@h')
  expect(error.cause).toBeUndefined()
})
