/** A JVM worker has the group: it is not disturbed. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { NotAloneError } from '../../../src/group/alone.ts'
import { decodeMetadata } from '../../../src/group/protocol.ts'
import { describeGroup } from '../../../src/kafka/wire/requests.ts'
import { sharedBroker } from '../../servers/kafka.ts'
import { until } from '../../servers/run.ts'
import { type ConnectWorker, startWorker } from '../../servers/worker.ts'
import { GroupWorker, optionsFor, stranger } from './group-worker.ts'

let broker: Awaited<ReturnType<typeof sharedBroker>>
let jvm: ConnectWorker
const group = `jvm-${process.pid}`

beforeAll(async () => {
  broker = await sharedBroker()
  const topic = (what: string) => ({
    [`${what}.storage.topic`]: `${group}-${what}`,
    [`${what}.storage.replication.factor`]: '1',
  })
  jvm = await startWorker('jvm', {
    bootstrap: broker.bootstrap,
    mode: 'distributed',
    env: { JVM_CONNECT_LOG: 'info' },
    worker: {
      'group.id': group,
      ...topic('config'),
      ...topic('offset'),
      ...topic('status'),
      'offset.storage.partitions': '1',
      'status.storage.partitions': '1',
      'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'session.timeout.ms': '6000',
    },
  })
})
afterAll(async () => {
  await jvm?.kill()
  await broker?.stop()
})

const rounds = async () => (await jvm.log()).match(/Rebalance started/g)?.length

test('its URL is named, and it has no round more than before', async () => {
  await until('the JVM to be a member', async () =>
    (await jvm.log()).includes('Finished starting connectors'),
  )
  const own = new GroupWorker(optionsFor(broker.bootstrap, group, { sessionTimeoutMs: 6000 }))
  const failure = await own.start().failing()
  expect(failure).toBeInstanceOf(NotAloneError)
  expect(failure.message).toBe(`The group has other workers: ${jvm.rest}/`)
  expect(await rounds()).toBe(1)
  await own.member.close()
})

test('a worker that was killed is waited for, and its group taken over', async () => {
  await jvm.kill()
  const own = new GroupWorker(optionsFor(broker.bootstrap, group, { sessionTimeoutMs: 6000 }))
  expect(await own.start().rounded(1)).toMatchObject({ isLeader: true, protocol: 'sessioned' })
  const connection = await stranger(broker.bootstrap)
  const { members } = await connection.request(describeGroup, { group }, 5000)
  connection.close()
  expect(members.map(({ metadata }) => decodeMetadata(metadata).url)).toEqual([own.url])
  await own.member.close()
})
