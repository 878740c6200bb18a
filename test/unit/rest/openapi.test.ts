import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type OpenApi, problemsOf } from '../../differential/schema-check.ts'
import { Door } from './door.ts'

let door: Door
let document: OpenApi
beforeAll(async () => {
  door = await Door.open()
  document = (await door.get('/openapi.json')).body as OpenApi
})
afterAll(() => door.close())

test('every path and method that is mounted is in it, and nothing else', () => {
  const mounted = door.resources.flatMap(({ path, methods }) =>
    Object.keys(methods).map(method => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')}`),
  )
  const told = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).flatMap(method => (method === 'parameters' ? [] : [`${method} ${path}`])),
  )
  expect(told.toSorted()).toEqual(mounted.toSorted())
  expect(told.length).toBeGreaterThan(25)
})

test('every reference leads somewhere, and every parameter of a path is declared', () => {
  const text = JSON.stringify(document)
  for (const [, pointer] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const found = pointer!
      .split('/')
      .reduce<unknown>((at, part) => (at as Record<string, unknown>)?.[part], document)
    expect(found).toBeDefined()
  }
  for (const [path, item] of Object.entries(document.paths)) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const declared = ((item['parameters'] ?? []) as unknown as { name: string }[]).map(({ name }) => name)
    expect(declared).toEqual(names as string[])
  }
})

test('it says which version it is of', () => {
  expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'bunnect REST API' } })
})

test('an answer that is not as declared is found', () => {
  const answer = (text: string) => ({ method: 'GET', path: '/connectors/a/status', status: 200, text })
  expect(problemsOf(document, answer('{}'))).toContain('body.name is missing')
  const status = {
    name: 'a',
    connector: { state: 'ASLEEP', worker_id: 'w' },
    tasks: [],
    type: 'source',
    more: 1,
  }
  expect(problemsOf(document, answer(JSON.stringify(status)))).toEqual([
    expect.stringContaining('body.connector.state is none of'),
    'body.more is not declared',
  ])
})
