/** What the executable has of the clients whose servers no test has: each is loaded there when it is first needed. */
import { afterAll, beforeAll, test } from 'bun:test'
import { until } from '../../servers/run.ts'
import { type ConnectWorker, startWorker } from '../../servers/worker.ts'

let worker: ConnectWorker
beforeAll(async () => {
  const json = 'org.apache.kafka.connect.json.JsonConverter'
  worker = await startWorker('bunnect', {
    bootstrap: 'embedded',
    worker: { 'key.converter': json, 'value.converter': json, 'bunnect.restart.policy': 'never' },
  })
}, 120_000)
afterAll(async () => {
  await worker?.stop()
}, 120_000)

// Nobody listens on port 1.
test.each([
  ['sqlserver', 'jdbc:sqlserver://127.0.0.1:1;databaseName=shop', 'Failed to connect to 127.0.0.1:1'],
  ['oracle', 'jdbc:oracle:thin:@//127.0.0.1:1/shop', 'NJS-503'],
])(
  'the client of %s is there and tries to connect',
  async (name, url, words) => {
    const config = {
      'connector.class': 'io.confluent.connect.jdbc.JdbcSourceConnector',
      'connection.url': url,
      'connection.user': 'someone',
      'connection.password': 'something',
      'connection.attempts': '1',
      'topic.prefix': 'p-',
      'table.whitelist': 'orders',
      mode: 'bulk',
    }
    await worker.fetch(`/connectors/${name}/config`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(config),
    })
    // In the client's own words.
    await until('the connector to fail', async () =>
      (await worker.log())
        .split('\n')
        .some(line => line.includes('Cannot connect to') && line.includes(words)),
    )
  },
  90_000,
)
