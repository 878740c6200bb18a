import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { portShares, runInLanes } from '../../../scripts/test-lanes.ts'

const folder = mkdtempSync(join(tmpdir(), 'bunnect-lanes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const diary = join(folder, 'diary')

/** A test that tells when it begins and ends, and with which ports; as the runner gives it. */
function testFile(name: string, body = ''): string {
  const file = join(folder, `${name}.test.ts`)
  const tell = (what: string) =>
    `appendFileSync(${JSON.stringify(diary)}, '${what} ${name} ' + process.env.BUNNECT_TEST_PORTS + '\\n')`
  writeFileSync(
    file,
    `import { test, expect } from 'bun:test'
import { appendFileSync } from 'node:fs'
test('${name}', async () => {
  ${tell('begin')}
  try { await Bun.sleep(50); ${body} } finally { ${tell('end')} }
})`,
  )
  return relative('.', file)
}

test('ports are shared out, none twice', () => {
  expect(portShares(2, 22010, 22099)).toEqual(['22010-22054', '22055-22099'])
  expect(portShares(1, 100, 189)).toEqual(['100-189'])
})

test('two files at a time, those that need the machine after them and one by one; the outcome in order', async () => {
  const names = ['a', 'alone1', 'b', 'c', 'alone2', 'd', 'e']
  const files = names.map(name => testFile(name, name === 'a' || name === 'd' ? 'expect(1).toBe(2)' : ''))
  writeFileSync(diary, '')
  const alone = new Set(files.filter(file => file.includes('alone')))
  const { passed, failed, output } = await runInLanes(files, {
    ports: ['100-109', '110-119'],
    alone,
    long: new Set(),
  })
  expect({ passed, failed }, output).toEqual({ passed: 5, failed: 2 })
  expect(output.indexOf('a.test.ts')).toBeGreaterThanOrEqual(0)
  expect(output.indexOf('d.test.ts')).toBeGreaterThan(output.indexOf('in '))

  const running = new Map<string, string>()
  const seen: string[] = []
  for (const line of readFileSync(diary, 'utf8').trimEnd().split('\n')) {
    const [what, name = '', ports = ''] = line.split(' ')
    if (what === 'end') running.delete(name)
    else {
      seen.push(name)
      expect([...running.values()]).not.toContain(ports)
      running.set(name, ports)
      expect(running.size).toBeLessThanOrEqual(name.startsWith('alone') ? 1 : 2)
    }
  }
  expect(seen.toSorted()).toEqual(names.toSorted())
  expect(seen.slice(-2)).toEqual(['alone1', 'alone2'])
})

test('several files to a process; the long ones first and each by itself', async () => {
  const files = ['f', 'g', 'long1', 'h', 'i', 'j'].map(name => testFile(name))
  writeFileSync(diary, '')
  const long = new Set(files.filter(file => file.includes('long')))
  const { passed, failed, took } = await runInLanes(files, { ports: ['100-109'], alone: new Set(), long }, 2)
  expect({ passed, failed }).toEqual({ passed: 6, failed: 0 })
  const begun = readFileSync(diary, 'utf8').matchAll(/^begin (\w+)/gm)
  expect([...begun].map(([, name]) => name)).toEqual(['long1', 'f', 'g', 'h', 'i', 'j'])
  expect(took.map(({ files }) => files.length)).toEqual([2, 1, 2, 1])
})
