import { describe, expect, test } from 'bun:test'
import { appendFileSync, copyFileSync, existsSync, mkdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../../servers/run.ts'
import { bunnectBinary } from '../../servers/worker.ts'
import { numbers, ownGround } from './ground.ts'
import { childrenOf, statusOf, submit, taskFailure, taskHosts } from './support.ts'

const ground = ownGround('races', worker => worker.kill())
const { folder, growsBeyond, newTopic, numbersIn, start } = ground

describe('the host ends while', () => {
  test('a connector on it is being deleted: it stays deleted', async () => {
    const topic = await newTopic()
    const other = await newTopic()
    const worker = await start({
      'bunnect.task.hosts': '1',
      // A new producer's first records have time to arrive, and the deletion to come before the end.
      'bunnect.task.host.timeout.ms': '8000',
      'task.shutdown.graceful.timeout.ms': '20000',
    })
    await worker.create(numbers('good', topic))
    await worker.awaitState('good', 'RUNNING')
    await worker.create(numbers('bad', other, { fault: 'poll:loop', after: '5' }))
    await until('the last poll that comes back', async () => (await ground.probe.endOffset(other)) >= 50)
    const answer = await worker.fetch('/connectors/good', { method: 'DELETE' })
    expect(answer.status).toBe(204)
    expect(await taskFailure(worker, 'bad')).toContain('while it was in poll of task bad-0')
    expect(await worker.log()).not.toMatch(/[Gg]ood(?:-0)? goes on in/)
    expect(await statusOf(worker, 'good')).toBeNull()
    const written = await ground.probe.endOffset(topic)
    // The same name again: one object, one task, and they are told what to do.
    await worker.create(numbers('good', topic))
    await worker.awaitState('good', 'RUNNING')
    await growsBeyond(topic)
    expect(await ground.probe.endOffset(topic)).toBeGreaterThan(written)
  })
})

describe('a plugin that takes too long to load', () => {
  test('has failed for good: it does not run when it has been loaded in the end', async () => {
    const topic = await newTopic()
    const plugins = join(folder, 'slow')
    mkdirSync(plugins)
    const loaded = join(folder, 'slow-loaded')
    const late = join(folder, 'slow-late')
    writeFileSync(
      join(plugins, 'Slow.ts'),
      `import { existsSync, writeFileSync } from 'node:fs'
       if (existsSync(${JSON.stringify(loaded)})) {
         await Bun.sleep(12_000)
         setTimeout(() => writeFileSync(${JSON.stringify(late)}, ''), 1000)
       }
       ${counting('Slow', 'await Bun.sleep(20)')}`,
    )
    const worker = await start({
      'bunnect.task.hosts': '1',
      'plugin.path': plugins,
      // Time enough to be described in.
      'bunnect.plugin.timeout.ms': '3000',
      'bunnect.task.host.timeout.ms': '1000',
    })
    writeFileSync(loaded, '')
    const answer = await submit(worker, { name: 'slow', 'connector.class': 'Slow', topic, 'tasks.max': '1' })
    expect(answer.status).toBe(500)
    expect(answer.body).toMatch(/start of connector slow has not returned within \d+ ms on task-host-1/)
    await until('the plugin to be loaded in the end', () => existsSync(late))
    expect(await worker.log()).not.toContain('Creating connector slow')
    expect((await statusOf(worker, 'slow'))?.connector.state).toBe('FAILED')
  })
})

describe('signals', () => {
  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)(
    '%s to the whole process group: hosts leave their end to the worker, and nothing comes twice',
    async (signal, code) => {
      const topic = await newTopic()
      const dir = join(folder, signal)
      mkdirSync(dir)
      const grace = { 'task.shutdown.graceful.timeout.ms': '30000' }
      const first = await start({ 'bunnect.task.hosts': '2', ...grace }, { dir })
      await first.create(numbers('good', topic))
      await growsBeyond(topic)
      const hosts = childrenOf(first.pid)
      expect(hosts.length).toBeGreaterThanOrEqual(2)
      // The hosts first, as it may happen with a group.
      for (const pid of [...hosts, first.pid]) process.kill(pid, signal)
      expect(await first.exited).toBe(code)
      expect(await first.log()).not.toMatch(/is killed|was killed|has ended with|ERROR/)
      const second = await start({ 'bunnect.task.hosts': '2' }, { dir })
      await second.create(numbers('good', topic))
      await growsBeyond(topic)
      const seen = await numbersIn(topic)
      expect(seen).toEqual(seen.map((_, i) => i + 1))
    },
  )

  test('SIGSTOP of the worker: its hosts go on, and none is killed when it comes back', async () => {
    const topic = await newTopic()
    const worker = await start({ 'bunnect.task.hosts': '1' })
    await worker.create(numbers('good', topic))
    await worker.create(numbers('loud', topic, { fault: 'poll:talk' }))
    await growsBeyond(topic)
    const hosts = await taskHosts(worker)
    process.kill(worker.pid, 'SIGSTOP')
    await growsBeyond(topic, 100)
    // Longer than any timeout here, and more than may wait for the worker: what must not happen has its chance.
    await growsBeyond(topic, 8000)
    process.kill(worker.pid, 'SIGCONT')
    await worker.awaitState('good', 'RUNNING')
    await growsBeyond(topic, 500)
    expect(await taskHosts(worker)).toEqual(hosts)
    expect(await worker.log()).not.toMatch(/was killed/)
  })

  test('SIGSTOP of a host: it is killed, and what is built in goes on elsewhere', async () => {
    const topic = await newTopic()
    const file = join(folder, 'stopped.txt')
    writeFileSync(file, 'first\n')
    const worker = await start({ 'bunnect.task.hosts': '1' })
    await worker.create({ name: 'lines', 'connector.class': 'FileStreamSource', file, topic })
    await until('the first line', async () => (await ground.probe.endOffset(topic)) === 1)
    const [host] = await taskHosts(worker)
    process.kill(host!, 'SIGSTOP')
    await until('another host', async () => {
      const hosts = await taskHosts(worker)
      return hosts.length === 1 && hosts[0] !== host
    })
    // Not written anew: a file that is empty for a moment is read from its beginning.
    appendFileSync(file, 'second\n')
    await until('the second line', async () => (await ground.probe.endOffset(topic)) >= 2)
    await worker.awaitState('lines', 'RUNNING')
  })
})

describe('a host that cannot live', () => {
  test('is started so many times and not for ever', async () => {
    const topic = await newTopic()
    const file = join(folder, 'never.txt')
    writeFileSync(file, 'line\n')
    const worker = await start({ 'bunnect.task.hosts': '1' })
    await worker.create({ name: 'lines', 'connector.class': 'FileStreamSource', file, topic })
    await worker.awaitState('lines', 'RUNNING')
    let killed = 0
    while ((await statusOf(worker, 'lines'))?.tasks[0]?.state !== 'FAILED' && killed < 20) {
      const [host] = await taskHosts(worker)
      if (host === undefined) continue
      process.kill(host, 'SIGKILL')
      killed++
      await until('its end', async () => !(await taskHosts(worker)).includes(host))
    }
    expect(killed).toBe(4)
    expect(await taskFailure(worker, 'lines')).toMatch(/the 4th of its hosts within 10 minutes/)
    // By hand it starts again.
    await worker.fetch('/connectors/lines/restart?includeTasks=true', { method: 'POST' })
    await worker.awaitState('lines', 'RUNNING')
  })

  test('an executable that was replaced meanwhile is no trouble: hosts are what the worker is', async () => {
    const topic = await newTopic()
    const program = join(folder, 'bunnect')
    copyFileSync(bunnectBinary(), program)
    const before = process.env['BUNNECT_BIN']
    process.env['BUNNECT_BIN'] = program
    const worker = await start({ 'bunnect.task.hosts': '1' }).finally(() => {
      if (before === undefined) delete process.env['BUNNECT_BIN']
      else process.env['BUNNECT_BIN'] = before
    })
    unlinkSync(program)
    writeFileSync(program, '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    await worker.create(numbers('good', topic))
    await worker.awaitState('good', 'RUNNING')
    await growsBeyond(topic)
  })
})

/** A source of outside code that counts; `poll` is what it does before each record. */
function counting(name: string, poll: string): string {
  return `
    import { key, SourceRecord, sourceConnector } from 'bunnect'
    export const source = sourceConnector({
      className: 'test.races.${name}', taskClassName: 'test.races.${name}Task', version: '1.0',
      config: { topic: key.string({ importance: 'high', doc: 'Where to write.' }) },
      task: ({ topic }) => {
        let n = 0
        return {
          async poll() {
            ${poll}
            return [new SourceRecord({ p: 'p' }, { n: ++n }, topic, null, null, null, null, '${name} ' + n)]
          },
        }
      },
    })`
}
