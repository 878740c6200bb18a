import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { setLoggerLevel } from '../../../src/observe/loggers.ts'
import { Door } from './door.ts'

const errorBody = (error_code: number, message: string) => ({ error_code, message })
let door: Door
beforeAll(async () => {
  door = await Door.open()
})
afterAll(async () => {
  setLoggerLevel('root', 'INFO')
  await door.close()
})

describe('loggers', () => {
  const put = (logger: string, body: unknown) => door.put(`/admin/loggers/${logger}`, body)

  test('a level is set for a logger and those below it, is told with its time, and setting it again changes nothing', async () => {
    const before = Date.now()
    expect((await put('rest.test.a.b', { level: 'warn' })).body).toEqual(['rest.test.a.b'])
    expect((await put('rest.test.a', { level: ' Debug ' })).body).toEqual(['rest.test.a', 'rest.test.a.b'])
    expect((await put('rest.test.a', { level: 'DEBUG' })).body).toEqual([])
    const { body } = await door.get('/admin/loggers/rest.test.a.b')
    expect(body).toEqual({ level: 'DEBUG', last_modified: expect.any(Number) })
    expect((body as { last_modified: number }).last_modified).toBeGreaterThanOrEqual(before)
  })
  test('the list is sorted and has no logger that is off', async () => {
    await put('rest.test.quiet', { level: 'OFF' })
    const names = Object.keys((await door.get('/admin/loggers')).body as object)
    expect(names).toContain('root')
    expect(names).toContain('org.apache.kafka.connect.runtime.rest.RestServer')
    expect(names).not.toContain('rest.test.quiet')
    expect(names).toEqual(names.toSorted())
    expect((await door.get('/admin/loggers/rest.test.quiet')).body).toMatchObject({ level: 'OFF' })
  })
  test.each(['root', 'ROOT', 'Root'])('%s is the root logger', async name => {
    expect((await door.get(`/admin/loggers/${name}`)).body).toMatchObject({ level: 'INFO' })
  })
  test('root changes all', async () => {
    const { body } = await put('root', { level: 'ERROR' })
    expect(body).toContain('root')
    expect(body).toContain('rest.test.a')
    await put('root', { level: 'INFO' })
  })
  test.each(['cluster', 'CLUSTER'])('scope=%s: 204', async scope => {
    const { status, text } = await put(`rest.test.${scope}?scope=${scope}`, { level: 'trace' })
    expect([status, text]).toEqual([204, ''])
    expect((await door.get(`/admin/loggers/rest.test.${scope}`)).body).toMatchObject({ level: 'TRACE' })
  })
  test.each([
    [{ level: 'loud' }, 404, "invalid log level 'loud'."],
    [{ level: 5 }, 404, "invalid log level '5'."],
    [{ level: ' ' }, 404, "invalid log level ' '."],
    [{ level: '' }, 400, 'Illegal null or empty Level name.'],
    [{ level: null }, 400, "Desired 'level' parameter was not specified in request."],
    [{}, 400, "Desired 'level' parameter was not specified in request."],
    ['null', 400, 'Cannot invoke "java.util.Map.get(Object)" because "levelMap" is null'],
    ['', 400, 'Cannot invoke "java.util.Map.get(Object)" because "levelMap" is null'],
  ])('%j: %d', async (body, status, message) => {
    const answer = await put('rest.test.a', body)
    expect([answer.status, answer.body]).toEqual([status, errorBody(status, message)])
    const cluster = await put('rest.test.a?scope=cluster', body)
    expect([cluster.status, cluster.body]).toEqual([status, errorBody(status, message)])
  })
  test('a logger that nobody has used is not found', async () => {
    const { status, body } = await door.get('/admin/loggers/rest.test.a.none')
    expect([status, body]).toEqual([404, errorBody(404, 'Logger rest.test.a.none not found.')])
  })
})

describe('admin.listeners', () => {
  test('of their own serve loggers and nothing else, and the others have none', async () => {
    const own = await Door.open({ 'admin.listeners': 'http://127.0.0.1:0' })
    try {
      expect((await own.get('/admin/loggers')).status).toBe(404)
      expect((await own.ofAdmin('GET', '/admin/loggers/root'))?.status).toBe(200)
      for (const path of ['/', '/connectors', '/health', '/openapi.json'])
        expect((await own.ofAdmin('GET', path))?.status).toBe(404)
      expect(own.resources.some(({ path }) => path.startsWith('/admin'))).toBe(false)
    } finally {
      await own.close()
    }
  })
  test('empty: nowhere', async () => {
    const closed = await Door.open({ 'admin.listeners': '' })
    try {
      expect((await closed.get('/admin/loggers')).status).toBe(404)
      expect((await closed.put('/admin/loggers/root', { level: 'INFO' })).status).toBe(404)
      expect(await closed.ofAdmin('GET', '/admin/loggers')).toBeNull()
    } finally {
      await closed.close()
    }
  })
})
