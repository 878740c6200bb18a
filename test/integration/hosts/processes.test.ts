import { describe, expect, test } from 'bun:test'
import { appendFileSync, existsSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../../servers/run.ts'
import type { ConnectWorker } from '../../servers/worker.ts'
import { numbers, ownGround } from './ground.ts'
import {
  childrenOf,
  isRunning,
  startHostsWorker,
  statusOf,
  submit,
  taskFailure,
  taskHosts,
} from './support.ts'

const ground = ownGround('hosts', worker => worker.stop())
const { folder, growsBeyond, newTopic, numbersIn, start } = ground

/** No number is missing up to the last, whatever came twice. */
function expectComplete(seen: readonly number[]): void {
  const distinct = new Set(seen)
  expect(distinct.size).toBe(Math.max(...seen))
}

describe('the end of a process', () => {
  test('SIGKILL of the worker takes its hosts along, also those in a loop', async () => {
    const topic = await newTopic()
    const worker = await start({ 'bunnect.task.hosts': '3', 'bunnect.task.host.timeout.ms': '60000' })
    await worker.create(numbers('good', topic))
    await worker.create(numbers('bad', topic, { fault: 'poll:loop', after: '5' }))
    await worker.awaitState('good', 'RUNNING')
    const hosts = childrenOf(worker.pid)
    expect(hosts.length).toBeGreaterThanOrEqual(3) // good, bad, and the catalogue
    await worker.kill()
    // Long before their own deadline for calls.
    await until('all hosts to be gone', () => !hosts.some(isRunning), 20_000, 10)
  })

  test('SIGKILL of a host: outside code fails with the reason and comes back by a restart, offsets never go back', async () => {
    const topic = await newTopic()
    const worker = await start({ 'bunnect.task.hosts': '1' })
    await worker.create(numbers('good', topic))
    await worker.awaitState('good', 'RUNNING')
    await until('the first offset', () => hasOffsets(worker, 'good'))
    await growsBeyond(topic)
    const [host] = await taskHosts(worker)
    process.kill(host!, 'SIGKILL')
    expect(await taskFailure(worker, 'good')).toMatch(
      /ConnectException: Task host task-host-1 \(pid \d+\) has ended with signal SIGKILL/,
    )
    const answer = await worker.fetch('/connectors/good/restart?includeTasks=true', { method: 'POST' })
    expect(answer.status).toBe(202)
    await worker.awaitState('good', 'RUNNING')
    await growsBeyond(topic)
    const seen = await numbersIn(topic)
    expectComplete(seen)
    // What comes twice begins behind an offset that was stored, and it comes once more, in order.
    const again = seen.filter((n, i) => seen.indexOf(n) !== i)
    expect(again).not.toContain(1)
    expect(again).toEqual(again.map((_, i) => again[0]! + i))
  })

  test('SIGKILL of a host: what is built in goes on in another one and never shows FAILED', async () => {
    const topic = await newTopic()
    const file = join(folder, 'lines.txt')
    writeFileSync(file, 'first\n')
    const worker = await start({ 'bunnect.task.hosts': '1' })
    await worker.create({ name: 'lines', 'connector.class': 'FileStreamSource', file, topic })
    await worker.awaitState('lines', 'RUNNING')
    await until('the first line', async () => (await ground.probe.endOffset(topic)) === 1)
    const states = new Set<string>()
    const watching = setInterval(async () => {
      const status = await statusOf(worker, 'lines').catch(() => null)
      for (const { state } of status ? [status.connector, ...status.tasks] : []) states.add(state)
    }, 20)
    const [host] = await taskHosts(worker)
    // Its offset is stored: the line must not come again.
    await until('the offset', () => hasOffsets(worker, 'lines'))
    process.kill(host!, 'SIGKILL')
    await until('another host', async () => {
      const hosts = await taskHosts(worker)
      return hosts.length === 1 && hosts[0] !== host
    })
    // Not written anew: a file that is empty for a moment is read from its beginning.
    appendFileSync(file, 'second\n')
    await until('the second line', async () => (await ground.probe.endOffset(topic)) >= 2)
    clearInterval(watching)
    expect([...states]).toEqual(['RUNNING'])
    expect((await ground.probe.readAll(topic)).map(({ value }) => String(value))).toEqual(['first', 'second'])
  })

  test('a stop is orderly: every host ends by itself, and nothing comes twice', async () => {
    const topic = await newTopic()
    const dir = join(folder, 'orderly')
    mkdirSync(dir)
    const grace = { 'task.shutdown.graceful.timeout.ms': '30000' }
    const first = await start({ 'bunnect.task.hosts': '2', ...grace }, { dir })
    await first.create(numbers('good', topic))
    await growsBeyond(topic)
    expect(await first.stop()).toBe(143)
    expect(await first.log()).not.toMatch(/is killed|was killed|ERROR/)
    const second = await start({ 'bunnect.task.hosts': '2' }, { dir })
    await second.create(numbers('good', topic))
    await growsBeyond(topic)
    const seen = await numbersIn(topic)
    expect(seen).toEqual(seen.map((_, i) => i + 1))
  })

  test('a stop waits for a host that does not answer no longer than it was granted', async () => {
    const topic = await newTopic()
    const worker = await start({ 'bunnect.task.hosts': '2', 'bunnect.task.host.timeout.ms': '60000' })
    await worker.create(numbers('good', topic))
    const other = await newTopic()
    await worker.create(numbers('bad', other, { fault: 'poll:loop', after: '5' }))
    await until('the last poll that comes back', async () => (await ground.probe.endOffset(other)) >= 50)
    const hosts = childrenOf(worker.pid)
    expect(await worker.stop()).toBe(143)
    await until('its hosts to be gone', () => !hosts.some(isRunning))
    expect(await worker.log()).toContain('Graceful stop of task bad-0 failed.')
  })
})

describe('sharing a host', () => {
  test('a neighbour of the same host is started again elsewhere, its status never shows FAILED, no record is lost', async () => {
    const topic = await newTopic()
    const other = await newTopic()
    const worker = await start({ 'bunnect.task.hosts': '1' })
    await worker.create(numbers('good', topic))
    await worker.awaitState('good', 'RUNNING')
    await growsBeyond(topic, 20)
    await worker.create(numbers('bad', other, { fault: 'poll:loop', after: '5' }))
    const states = new Set<string>()
    const watching = setInterval(async () => {
      const status = await statusOf(worker, 'good').catch(() => null)
      for (const { state } of status ? [status.connector, ...status.tasks] : []) states.add(state)
    }, 20)
    expect(await taskFailure(worker, 'bad')).toContain('while it was in poll of task bad-0')
    await growsBeyond(topic)
    clearInterval(watching)
    expect([...states]).toEqual(['RUNNING'])
    expect(await worker.log()).toContain('Task good-0 goes on in task-host-2')
    expectComplete(await numbersIn(topic))
  })

  test('there are never more hosts than are allowed', async () => {
    const topic = await newTopic()
    const worker = await start({ 'bunnect.task.hosts': '2' })
    for (let i = 0; i < 5; i++) await worker.create(numbers(`good-${i}`, topic, { 'tasks.max': '2' }))
    for (let i = 0; i < 5; i++) await worker.awaitState(`good-${i}`, 'RUNNING')
    expect(await taskHosts(worker)).toHaveLength(2)
  })

  test('what uses the terminal stays in the worker, whatever is set', async () => {
    const topic = await newTopic()
    const worker = await start({ 'bunnect.task.hosts': '2' })
    await worker.create(numbers('good', topic))
    await worker.create({ name: 'shown', 'connector.class': 'FileStreamSink', topics: topic })
    await until('a record on standard output', async () => /^0-\d+$/m.test(await worker.log()))
    // Good's and the catalogue.
    expect(childrenOf(worker.pid)).toHaveLength(2)
  })

  test('unset: what is built in stays in the worker, code from outside gets a host', async () => {
    const topic = await newTopic()
    const file = join(folder, 'here.txt')
    writeFileSync(file, 'line\n')
    const worker = await start()
    await worker.create({ name: 'lines', 'connector.class': 'FileStreamSource', file, topic })
    await worker.awaitState('lines', 'RUNNING')
    expect(await taskHosts(worker)).toHaveLength(0)
    await worker.create(numbers('good', topic))
    await worker.awaitState('good', 'RUNNING')
    expect(await taskHosts(worker)).toHaveLength(1)
  })
})

describe('states follow in hosts too', () => {
  test('pause, resume, stop and resume', async () => {
    const topic = await newTopic()
    const worker = await start({ 'bunnect.task.hosts': '1' })
    await worker.create(numbers('good', topic))
    await worker.awaitState('good', 'RUNNING')
    await worker.fetch('/connectors/good/pause', { method: 'PUT' })
    await worker.awaitState('good', 'PAUSED')
    await worker.fetch('/connectors/good/resume', { method: 'PUT' })
    await worker.awaitState('good', 'RUNNING')
    await worker.fetch('/connectors/good/stop', { method: 'PUT' })
    await until('STOPPED', async () => (await statusOf(worker, 'good'))?.connector.state === 'STOPPED')
    expect((await statusOf(worker, 'good'))?.tasks).toEqual([])
    await worker.fetch('/connectors/good/resume', { method: 'PUT' })
    await worker.awaitState('good', 'RUNNING')
    await growsBeyond(topic)
    const seen = await numbersIn(topic)
    expect(seen).toEqual(seen.map((_, i) => i + 1))
  })
})

describe('what a host may know', () => {
  test('no secret is in its arguments or environment; its standard input is empty', async () => {
    const topic = await newTopic()
    const canary = 'canary-5d41402abc4b'
    const worker = await start({
      'bunnect.task.hosts': '1',
      'producer.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="${canary}";`,
    })
    await worker.create(numbers('good', topic, { 'my.secret': canary }))
    await worker.awaitState('good', 'RUNNING')
    for (const pid of childrenOf(worker.pid)) {
      expect(readFileSync(`/proc/${pid}/cmdline`, 'latin1')).not.toContain(canary)
      expect(readFileSync(`/proc/${pid}/environ`, 'latin1')).not.toContain(canary)
      expect(readlinkSync(`/proc/${pid}/fd/0`)).toBe('/dev/null')
      expect(readFileSync(`/proc/${pid}/cmdline`, 'latin1')).toMatch(/\0task-host\0\d+\0$/)
    }
  })
})

describe('without hosts', () => {
  test('code from outside is refused when the connector is created, with the way out', async () => {
    const worker = await start({ 'bunnect.task.hosts': '0' })
    const answer = await submit(worker, numbers('good', 'never'))
    expect(answer.status).toBe(400)
    expect(answer.body).toContain(
      "test.hosts.BadSource is not built in and would need a task host, but the worker's configuration says bunnect.task.hosts=0.",
    )
    const chain = await submit(worker, {
      name: 'chain',
      'connector.class': 'FileStreamSource',
      file: join(folder, 'here.txt'),
      topic: 'never',
      transforms: 't',
      'transforms.t.type': 'BadTransform',
    })
    expect(chain.status).toBe(400)
    expect(chain.body).toContain('test.hosts.BadTransform is not built in')
  })

  test('the embedded log has it run in the worker, and says what that means', async () => {
    const worker = ground.owns(await startHostsWorker('embedded', { 'bunnect.task.hosts': '2' }))
    await worker.create(numbers('good', 'numbers'))
    await worker.awaitState('good', 'RUNNING')
    expect(childrenOf(worker.pid)).toHaveLength(0)
    const log = await worker.log()
    expect(log).toContain('bunnect.task.hosts has no effect')
    expect(log).toMatch(
      /WARN .*a plugin of plugin\.path that loops, leaks or ends the process takes the worker along/,
    )
  })
})

describe('a changed plugin file', () => {
  const plugin = (version: string) => `
    import { sourceConnector, SourceRecord, key } from 'bunnect'
    export const source = sourceConnector({
      className: 'test.Reloaded', taskClassName: 'test.ReloadedTask', version: '${version}',
      config: { topic: key.string({ importance: 'high', doc: 'Where to write.' }) },
      task: ({ topic }) => ({
        async poll() {
          await Bun.sleep(20)
          return [new SourceRecord({ p: 'p' }, { o: 1 }, topic, null, null, null, null, '${version}')]
        },
      }),
    })`

  test('is used by its connectors without a restart of the worker; a broken one changes nothing', async () => {
    const topic = await newTopic()
    const plugins = join(folder, 'changing')
    mkdirSync(plugins)
    const file = join(plugins, 'reloaded.ts')
    writeFileSync(file, plugin('1.0'))
    const worker = await start({ 'plugin.path': plugins })
    await worker.create({ name: 'changing', 'connector.class': 'Reloaded', topic })
    const writes = (version: string) =>
      until(`a record of ${version}`, async () =>
        (await ground.probe.readAll(topic)).some(({ value }) => String(value) === version),
      )
    await writes('1.0')
    writeFileSync(file, plugin('2.0'))
    await writes('2.0')
    writeFileSync(file, 'import "bunnect"; this is no code')
    await until('the complaint', async () => (await worker.log()).includes('Plugin '))
    await growsBeyond(topic, 10)
    expect((await statusOf(worker, 'changing'))?.tasks.map(task => task.state)).toEqual(['RUNNING'])
  })
})

/** True when the worker has made an offset of the connector durable. */
function hasOffsets(worker: ConnectWorker, connector: string): boolean {
  return ['', '-wal'].some(suffix => {
    const file = `${worker.offsetsFile}${suffix}`
    return existsSync(file) && readFileSync(file).includes(`["${connector}",`)
  })
}
