import { afterEach, expect, test } from 'bun:test'
import { parseConfig } from '#bunnect'
import { confluentSourceKeys } from '../../../connectors/jdbc/source/confluent-keys.ts'
import { confluentSettings } from '../../../connectors/jdbc/source/settings.ts'
import { SourceConnection } from '../../../connectors/jdbc/source/source-connection.ts'
import { logger } from '../../../src/observe/log.ts'

const servers: { stop(force: boolean): void }[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.stop(true)
})

/** Takes connections and answers only the first message of each, if at all. */
function silentServer(answer: Uint8Array | null): { port: number; reached: Promise<void> } {
  const reached = Promise.withResolvers<void>()
  const answered = new WeakSet<object>()
  const server = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      open: () => reached.resolve(),
      data(socket) {
        if (answer === null || answered.has(socket)) return
        answered.add(socket)
        socket.write(answer)
      },
    },
  })
  servers.push(server)
  return { port: server.port, reached: reached.promise }
}

function connection(url: string, signal: AbortSignal): SourceConnection {
  const config = {
    'connection.url': url,
    'connection.user': 'u',
    'connection.attempts': '1',
    mode: 'bulk',
    'topic.prefix': 't-',
  }
  const settings = confluentSettings(parseConfig(confluentSourceKeys, config), config)
  return new SourceConnection(settings, logger('test.jdbc', 'jdbc|task-0'), signal)
}

test.each(['postgresql', 'mysql'])('%s: whoever stops does not wait for a silent server', async kind => {
  const { port, reached } = silentServer(null)
  const stop = new AbortController()
  // Without a limit of its own but the test's.
  const url = `jdbc:${kind}://127.0.0.1:${port}/d?connectTimeout=${kind === 'mysql' ? 600_000 : 600}`
  const got = connection(url, stop.signal).get()
  await reached
  stop.abort()
  await expect(got).rejects.toThrow('The task is to stop')
})

test('a server that falls silent after the login is given up', async () => {
  const loggedIn = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49])
  const { port } = silentServer(loggedIn)
  const url = `jdbc:postgresql://127.0.0.1:${port}/d?sslmode=disable&connectTimeout=1`
  await expect(connection(url, new AbortController().signal).get()).rejects.toThrow(
    'No answer within 1 s (connectTimeout)',
  )
})
