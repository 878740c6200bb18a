import { expect, test } from 'bun:test'
import {
  internalClientProperties,
  offsetsTopicProperties,
  sharedAdminProperties,
} from '../../../src/kafka/client-layers.ts'

const worker = {
  'bootstrap.servers': 'b:1',
  'group.id': 'g',
  'session.timeout.ms': '7000',
  'ssl.truststore.location': '/t',
  'fetch.max.bytes': '4711',
  'max.request.size': '99',
  'config.storage.topic': 'c',
  'producer.acks': '1',
  acks: '0',
}

test('clients of internal topics have the worker’s settings, and what Connect forces', () => {
  const { producer, consumer } = internalClientProperties(worker, 'configs')
  expect(producer).toEqual({
    'linger.ms': '0',
    'bootstrap.servers': 'b:1',
    'ssl.truststore.location': '/t',
    'max.request.size': '99',
    'client.id': 'g-configs',
    acks: 'all',
    'max.in.flight.requests.per.connection': '1',
    'enable.idempotence': 'false',
    'delivery.timeout.ms': '2147483647',
  })
  expect(consumer).toEqual({
    'allow.auto.create.topics': 'false',
    'bootstrap.servers': 'b:1',
    'ssl.truststore.location': '/t',
    'fetch.max.bytes': '4711',
    'client.id': 'g-configs',
    'auto.offset.reset': 'earliest',
    'enable.auto.commit': 'false',
  })
  expect(sharedAdminProperties(worker)).toEqual({
    'bootstrap.servers': 'b:1',
    'ssl.truststore.location': '/t',
    'client.id': 'g-shared-admin',
  })
})

test('statuses are not sent again by the client, and names carry the worker’s client.id', () => {
  const { producer } = internalClientProperties({ ...worker, 'client.id': ' me ' }, 'statuses')
  expect(producer).toMatchObject({ 'client.id': 'g-me-statuses', retries: '0' })
  expect(producer).not.toContainKey('delivery.timeout.ms')
})

test('with exactly-once only what was committed is read, but of statuses, and its end is known sooner', () => {
  const read = (support: string, store: 'configs' | 'statuses' | 'offsets') =>
    internalClientProperties({ ...worker, 'exactly.once.source.support': support }, store).consumer
  expect(read('ENABLED', 'offsets')).toMatchObject({
    'isolation.level': 'read_committed',
    'fetch.max.wait.ms': '100',
  })
  expect(read('enabled', 'configs')['isolation.level']).toBe('read_committed')
  expect(read('enabled', 'statuses')['isolation.level']).toBeUndefined()
  expect(read('preparing', 'configs')['isolation.level']).toBeUndefined()
  expect(read('preparing', 'configs')['fetch.max.wait.ms']).toBe('100')
  expect(read('disabled', 'configs')['fetch.max.wait.ms']).toBeUndefined()
})

test('a connector’s offsets topic is reached with the connector’s own clients', () => {
  const connector = {
    'producer.override.bootstrap.servers': 'other:1',
    'consumer.override.isolation.level': 'read_uncommitted',
    'admin.override.bootstrap.servers': 'other:1',
  }
  const { producer, consumer, admin } = offsetsTopicProperties(worker, connector, 'n')
  expect(producer).toMatchObject({
    'client.id': 'connector-producer-n',
    'bootstrap.servers': 'other:1',
    acks: '1',
  })
  expect(consumer).toMatchObject({
    'client.id': 'connector-consumer-n',
    'bootstrap.servers': 'b:1',
    'isolation.level': 'read_uncommitted',
    'auto.offset.reset': 'earliest',
  })
  expect(admin).toMatchObject({ 'client.id': 'connector-adminclient-n', 'bootstrap.servers': 'other:1' })
})
