import { expect, test } from 'bun:test'
import type { Plugin } from '../../../src/sdk/plugin.ts'
import { outsidePlugins } from '../../../src/worker/outside-use.ts'

const named = (className: string) => ({ className, outside: className.startsWith('Out') }) as Plugin
const find = (name: string) => (name === 'Unknown' ? null : named(name))
const uses = (connector: Record<string, string>, worker: Record<string, string> = {}) =>
  outsidePlugins(connector, worker, find).map(plugin => plugin.className)

test.each<[what: string, connector: Record<string, string>, worker: Record<string, string>, used: string[]]>([
  ['nothing', { 'connector.class': 'In', transforms: 'a', 'transforms.a.type': 'In' }, {}, []],
  ['the connector', { 'connector.class': ' OutC ' }, {}, ['OutC']],
  ['a converter of its own', { 'value.converter': 'OutV' }, { 'value.converter': 'In' }, ['OutV']],
  ['the worker’s converter', {}, { 'key.converter': 'OutK' }, ['OutK']],
  ['its own in place of the worker’s', { 'key.converter': 'In' }, { 'key.converter': 'OutK' }, []],
  [
    'transformations and predicates that are in use',
    {
      transforms: 'a, b',
      predicates: 'p',
      'transforms.a.type': 'OutT',
      'transforms.b.type': 'In',
      'transforms.c.type': 'OutUnused',
      'predicates.p.type': 'OutP',
    },
    {},
    ['OutT', 'OutP'],
  ],
  ['what nobody knows', { 'connector.class': 'Unknown' }, {}, []],
])('%s', (_, connector, worker, used) => {
  expect(uses(connector, worker)).toEqual(used)
})
