/** Sessions of MySQL whose server does not answer. */
import { expect, test } from 'bun:test'
import { EventEmitter } from 'node:events'
import { MysqlConnection } from '../../../connectors/jdbc/drivers/mysql.ts'
import { mysqlSettings } from '../../../connectors/jdbc/drivers/mysql-settings.ts'

test('one that is given up while it is set up asks for no other, which would not be answered either', async () => {
  const settings = mysqlSettings({
    url: 'jdbc:mysql://h/d?socketTimeout=1',
    user: 'u',
    password: null,
    properties: {},
  })
  let destroyed = 0
  const client = Object.assign(new EventEmitter(), {
    query: () => new EventEmitter(),
    pause() {},
    resume() {},
    end() {},
    destroy: () => destroyed++,
  })
  let others = 0
  const connection = new MysqlConnection(client as never, settings, () => {
    others++
    return Promise.reject(new Error('refused'))
  })
  await expect(connection.prepare()).rejects.toThrow('No answer within 1 ms (socketTimeout)')
  await connection.close()
  expect({ destroyed, others }).toEqual({ destroyed: 1, others: 0 })
})
