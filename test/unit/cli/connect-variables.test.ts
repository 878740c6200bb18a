import { expect, test } from 'bun:test'
import { connectVariables, variableOf } from '../../../src/cli/connect-variables.ts'
import { jvmOptions } from '../../../src/cli/jvm-options.ts'

test.each([
  ['CONNECT_GROUP_ID', 'group.id'],
  ['CONNECT_CONFIG_PROVIDERS_MY__VAULT_CLASS', 'config.providers.my-vault.class'],
  ['CONNECT_CONFIG_PROVIDERS_MY___VAULT_CLASS', 'config.providers.my_vault.class'],
  ['CONNECT_CONSUMER_MAX_POLL_RECORDS', 'consumer.max.poll.records'],
])('%s is %s', (name, key) => {
  expect(connectVariables({ [name]: 'x' })).toEqual({ [key]: 'x' })
  expect(variableOf(key)).toBe(name)
})

test('the log has variables of its own, and others have nothing to do with it', () => {
  const env = { CONNECT_LOG4J_LOGGERS: 'a=INFO', CONNECT_: 'x', KAFKA_GROUP_ID: 'x', connect_group_id: 'x' }
  expect(connectVariables(env)).toEqual({})
})

test('values are as the property file of the images would have them', () => {
  const env = {
    CONNECT_A: 'plain = value # here',
    CONNECT_B: 'required password="a\\\\b\\"c" ü;',
    CONNECT_C: 'one\ntwo\\tthree',
    CONNECT_D: '',
  }
  expect(connectVariables(env)).toEqual({
    a: 'plain = value # here',
    b: 'required password="a\\b"c" ü;',
    c: 'one\ntwo\tthree',
    d: '',
  })
})

test.each([
  [{ CONNECT_REST_PORT: '28083' }, 'http://:28083'],
  [{ CONNECT_REST_PORT: '1', CONNECT_REST_HOST_NAME: 'h' }, 'http://h:1'],
  [{ CONNECT_REST_PORT: '1', CONNECT_LISTENERS: 'https://x:2' }, 'https://x:2'],
])('%j listens at %s', (env, listeners) => {
  expect(connectVariables(env)).toEqual({ listeners })
})

test('words for a JVM', () => {
  expect(jvmOptions(' -Da=1  -Db -Da=x=y', undefined, '-javaagent:/j.jar=9404:c.yml -Xmx2G')).toEqual({
    system: { a: 'x=y', b: '' },
    agents: ['-javaagent:/j.jar=9404:c.yml'],
    other: ['-Xmx2G'],
  })
})
