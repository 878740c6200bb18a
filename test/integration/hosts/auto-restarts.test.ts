/** A host that is killed for what one task does there: the task is restarted in another, as often as it may be. */
import { expect, test } from 'bun:test'
import type { RestartInfo } from '../../../src/herder/herder.ts'
import { until } from '../../servers/run.ts'
import { ownGround } from './ground.ts'
import { taskFailure } from './support.ts'

const ground = ownGround('auto-restarts', worker => worker.stop())

test('a task that hangs its host is restarted elsewhere; one that ends itself stays failed', async () => {
  const worker = await ground.start({
    'bunnect.task.hosts': '2',
    'bunnect.restart.policy': 'retriable',
    'bunnect.restart.backoff.initial.ms': '100',
    'bunnect.restart.backoff.max.ms': '100',
    'bunnect.restart.limit': '2',
  })
  const restart = async (connector: string) => {
    const all = (await (await worker.fetch('/bunnect/restarts')).json()) as RestartInfo[]
    return all.find(one => one.connector === connector)
  }
  const topic = await ground.newTopic()
  const bad = { 'connector.class': 'BadSource', 'tasks.max': '1', topic, after: '3' }
  await worker.create({ name: 'hangs', ...bad, fault: 'poll:loop' })
  const limited = await until('the restarts to be used up', async () => {
    const found = await restart('hangs')
    return found?.state === 'waiting' && found.attempts === 2 && found
  })
  expect(limited.reason).toStartWith('bunnect.restart.limit=2 restarts within 3600000 ms are used up')
  expect(limited.last_error).toMatch(
    /Task host task-host-\d+ \(pid \d+\) was killed: .* in poll of task hangs-0/,
  )
  // Three hosts were killed for it, each after it had written some records.
  expect(await ground.probe.endOffset(topic)).toBeGreaterThanOrEqual(3)
  await worker.create({ name: 'exits', ...bad, fault: 'poll:exit' })
  await taskFailure(worker, 'exits')
  expect(await restart('exits')).toMatchObject({ state: 'failed', attempts: 0, next_attempt: null })
})
