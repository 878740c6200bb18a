import { describe, expect, test } from 'bun:test'
import {
  sinkConsumerProperties,
  sourceProducerProperties,
  taskAdminProperties,
  workerClientProperties,
} from '../../../src/kafka/client-layers.ts'

const worker = {
  'bootstrap.servers': 'a:1',
  'group.id': 'cluster',
  'key.converter': 'x',
  'offset.flush.interval.ms': '1',
  'request.timeout.ms': '7000',
  'security.protocol': 'SSL',
  'producer.linger.ms': '20',
  'producer.acks': '1',
  'consumer.max.poll.records': '9',
  'admin.retries': '2',
}
const id = { connector: 'c', task: 3 }

test('a source task’s producer', () => {
  expect(sourceProducerProperties(worker, { 'producer.override.acks': 'all', topic: 't' }, id)).toEqual({
    'bootstrap.servers': 'a:1',
    'client.id': 'connector-producer-c-3',
    'max.block.ms': '9223372036854775807',
    'enable.idempotence': 'false',
    acks: 'all',
    'max.in.flight.requests.per.connection': '1',
    'delivery.timeout.ms': '2147483647',
    'linger.ms': '20',
  })
})

test('the admin client of a task has the worker’s own keys below its layers', () => {
  const connector = { 'admin.override.retries': '5', 'producer.override.acks': '0' }
  expect(taskAdminProperties(worker, connector, 'connector-adminclient-c-3')).toEqual({
    'bootstrap.servers': 'a:1',
    'client.id': 'connector-adminclient-c-3',
    'request.timeout.ms': '7000',
    'security.protocol': 'SSL',
    retries: '5',
  })
  const none = { ...worker, 'connector.client.config.override.policy': 'None' }
  expect(() => taskAdminProperties(none, connector, 'a')).toThrow(
    "Client Config Overrides not allowed [The 'None' policy does not allow 'retries' to be overridden in the connector configuration.]",
  )
})

test('a sink task’s consumer', () => {
  expect(sinkConsumerProperties(worker, { 'consumer.override.group.id': 'mine' }, id)).toEqual({
    'bootstrap.servers': 'a:1',
    'client.id': 'connector-consumer-c-3',
    'group.id': 'mine',
    'enable.auto.commit': 'false',
    'auto.offset.reset': 'earliest',
    'max.poll.records': '9',
  })
})

test('the worker’s own clients get its client keys', () => {
  expect(workerClientProperties(worker)).toEqual({
    'bootstrap.servers': 'a:1',
    'request.timeout.ms': '7000',
    'security.protocol': 'SSL',
  })
})

describe('the policy is asked again', () => {
  test.each(['None', 'Principal', 'Allowlist'])('%s', policy => {
    const strict = { ...worker, 'connector.client.config.override.policy': policy }
    expect(() => sourceProducerProperties(strict, { 'producer.override.acks': 'all' }, id)).toThrow(
      `Client Config Overrides not allowed [The '${policy}' policy does not allow 'acks' to be overridden in the connector configuration.]`,
    )
    expect(sourceProducerProperties(strict, {}, id)['linger.ms']).toBe('20')
  })
})
