import { afterEach, beforeEach, expect, test } from 'bun:test'
import { logger, redirect } from '../../../src/observe/log.ts'
import { followLevels, namedLogger, ownLevels, replaceLevels } from '../../../src/observe/log-levels.ts'
import { isValidLevel, listLoggers, loggerLevel, setLoggerLevel } from '../../../src/observe/loggers.ts'

// The names of a test are its own: what a process has named stays named.
let lines: string[]
let restore: () => void
beforeEach(() => {
  lines = []
  replaceLevels([['root', 'INFO']])
  restore = redirect(line => void lines.push(line.replace(/^\[.*?\] /, '')))
})
afterEach(() => {
  restore()
  replaceLevels([['root', 'INFO']])
})

const shown = (prefix: string) =>
  [...listLoggers()]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, { level, lastModified }]) => `${name}=${level}${lastModified === null ? '' : '*'}`)

// What org.apache.kafka.connect.runtime.Loggers answers on Log4j 2.25 for the same calls.
test('a namespace and all below it get the level; told is who had another', () => {
  for (const name of ['j.b.C', 'j.b.D', 'j.bee.E', 'j.bX']) namedLogger(name)
  expect(loggerLevel('j.b')).toBeNull()
  expect(loggerLevel('j.b.C')).toEqual({ level: 'INFO', lastModified: null })
  expect(setLoggerLevel('j.b', 'DEBUG')).toEqual(['j.b', 'j.b.C', 'j.b.D'])
  expect(shown('j.')).toEqual(['j.b=DEBUG*', 'j.b.C=DEBUG*', 'j.b.D=DEBUG*', 'j.bX=INFO', 'j.bee.E=INFO'])
  expect(setLoggerLevel('j.b', 'DEBUG')).toEqual([])
  expect(setLoggerLevel('j.b.C', 'WARN')).toEqual(['j.b.C'])
  expect(setLoggerLevel('j.b', 'DEBUG')).toEqual(['j.b.C'])
  expect(setLoggerLevel('j.b.C', 'TRACE')).toEqual(['j.b.C'])
  expect(setLoggerLevel('j.b', 'INFO')).toEqual(['j.b', 'j.b.C', 'j.b.D'])
})

test('a name that nobody uses is made, changed or not; one that begins to be used inherits', () => {
  expect(setLoggerLevel('k.here', 'info')).toEqual([])
  expect(shown('k.')).toEqual(['k.here=INFO'])
  expect(setLoggerLevel('k.there', ' debug ')).toEqual(['k.there'])
  namedLogger('k.there.Now')
  expect(shown('k.')).toEqual(['k.here=INFO', 'k.there=DEBUG*', 'k.there.Now=DEBUG'])
})

test('root in any case is every logger, and is told among them', () => {
  setLoggerLevel('l.a', 'ERROR')
  const changed = setLoggerLevel('RooT', 'WARN')
  expect(changed).toContain('root')
  expect(changed).toContain('l.a')
  expect(changed).toEqual([...changed].sort())
  expect(setLoggerLevel('root', 'WARN')).toEqual([])
  expect(loggerLevel('ROOT')).toEqual({ level: 'WARN', lastModified: expect.any(Number) })
  expect(Math.abs(Date.now() - loggerLevel('l.a')!.lastModified!)).toBeLessThan(60_000)
})

test('a logger that is off is not listed, and still answers for itself', () => {
  setLoggerLevel('m.x', 'OFF')
  expect(shown('m.')).toEqual([])
  expect(loggerLevel('m.x')?.level).toBe('OFF')
})

test.each([
  ['', false],
  [' debug ', true],
  ['foo', false],
  ['Off', true],
  ['all', true],
  ['fatal', true],
])('the level %p: %p', (text, valid) => {
  expect(isValidLevel(text)).toBe(valid)
})

test('no level is an error with the text of the REST answer', () => {
  expect(() => setLoggerLevel('n', 'loud')).toThrow("invalid log level 'loud'.")
})

test('loggers that exist already write by the new level, the others as before', () => {
  const one = logger('o.one', 'c|task-0')
  const other = logger('o.other')
  setLoggerLevel('o.one', 'DEBUG')
  one.debug('heard')
  other.debug('not heard')
  setLoggerLevel('o', 'ERROR')
  one.warn('not heard')
  one.error('it broke', 'trace')
  setLoggerLevel('o.one', 'OFF')
  one.error('not heard')
  const heard = lines.filter(line => !line.includes('Setting level of namespace'))
  expect(heard).toEqual(['DEBUG [c|task-0] heard (o.one)\n', 'ERROR [c|task-0] it broke (o.one)\n'])
})

test('levels of another process are taken as a whole', () => {
  setLoggerLevel('p.mine', 'TRACE')
  setLoggerLevel('p.both', 'WARN')
  namedLogger('p.both.Below')
  let told = 0
  const end = followLevels(() => told++)
  replaceLevels([
    ['root', 'ERROR'],
    ['p.both', 'DEBUG'],
  ])
  end()
  setLoggerLevel('p.mine', 'ERROR')
  expect(told).toBe(1)
  expect(loggerLevel('p.mine')?.level).toBe('ERROR')
  expect(loggerLevel('p.both.Below')?.level).toBe('DEBUG')
  expect(ownLevels()).toContainEqual(['p.both', 'DEBUG'])
})
