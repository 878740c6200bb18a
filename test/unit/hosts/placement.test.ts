import { expect, test } from 'bun:test'
import { chooseHost, type HostLoad } from '../../../src/worker/hosts/placement.ts'

/** `connectors`: names, with ! behind those that run code from outside. */
const host = (busy: number, ...connectors: string[]): HostLoad => ({
  busy,
  actors: connectors.length,
  connectors: new Map(connectors.map(name => [name.replace('!', ''), name.endsWith('!')])),
})

const cases: [what: string, hosts: HostLoad[], wanted: string, most: number, chosen: number][] = [
  ['the first starts with the first task', [], 'a', 2, -1],
  ['the second waits until the first is three quarters busy', [host(0.74, 'a')], 'b', 2, 0],
  ['three quarters busy', [host(0.75, 'a')], 'b', 2, -1],
  ['no more than are allowed', [host(0.9, 'a'), host(0.8, 'b')], 'c', 2, 1],
  ['the least busy', [host(0.5, 'a'), host(0.2, 'b')], 'c', 2, 1],
  ['of equals the one with fewer', [host(0, 'a', 'b'), host(0, 'c')], 'd', 2, 1],
  ['code from outside has a host of its own', [host(0, 'a')], 'b!', 2, -1],
  ['and does not get company', [host(0, 'b!')], 'a', 2, -1],
  ['its own tasks join it', [host(0, 'a'), host(0.1, 'b!')], 'b!', 3, 1],
  ['an empty one will do', [host(0, 'a'), host(0)], 'b!', 3, 1],
  ['it shares when there may be no more', [host(0.5, 'a'), host(0.1, 'c!')], 'b!', 2, 1],
  ['company rather goes where none is', [host(0.7, 'a'), host(0.1, 'b!')], 'c', 2, 0],
  ['and shares when there is no other', [host(0.1, 'b!')], 'a', 1, 0],
]
test.each(cases)('%s', (_, hosts, wanted, most, chosen) => {
  const outside = wanted.endsWith('!')
  expect(chooseHost(hosts, { connector: wanted.replace('!', ''), outside }, most)).toBe(chosen)
})
