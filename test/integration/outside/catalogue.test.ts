/** What happens to questions that are asked of the catalogue's host when a plugin hangs in it, or files change. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hostCommand } from '../../../src/cli/host-settings.ts'
import { Catalogue } from '../../../src/worker/hosts/catalogue.ts'
import { until } from '../../servers/run.ts'

const folder = mkdtempSync(join(tmpdir(), 'bunnect-catalogue-'))
const plugin = (name: string, validate: string) =>
  writeFileSync(
    join(folder, `${name}.ts`),
    `import { predicate } from 'bunnect'
export default predicate({
  className: 'my.${name}', version: '1', config: {},
  validate: ${validate},
  create: () => ({ test: () => true }),
})
`,
  )
/** There once the plugin Waits has been asked. */
const asked = join(folder, 'asked')
const catalogue = new Catalogue(
  [folder],
  { config: {}, gracefulStopMs: 0, offsetFlushIntervalMs: 0, offsetFlushTimeoutMs: 0 },
  {
    most: 1,
    builtIns: false,
    command: hostCommand(),
    dataDir: folder,
    pluginTimeoutMs: 20_000,
    transformTimeoutMs: 1000,
    hostTimeoutMs: 1000,
    memoryMaxBytes: 2 ** 30,
    find: () => null,
    fileOf: () => null,
  },
)
const problems = async (name: string) => {
  const found = (await contents).plugins.find(({ className }) => className === `my.${name}`)!
  return await found.validate!({})
}
let contents: ReturnType<Catalogue['read']>

beforeAll(async () => {
  plugin('Loops', '() => { for (;;) {} }')
  plugin('Ends', '() => process.exit(3)')
  plugin(
    'Waits',
    `async () => {
      await Bun.write(${JSON.stringify(asked)}, '')
      await Bun.sleep(2500)
      return [{ key: 'a', message: 'waited' }]
    }`,
  )
  contents = catalogue.read()
  await contents
}, 120_000)
afterAll(async () => {
  await catalogue.close()
  rmSync(folder, { recursive: true, force: true })
})

const settled = (answer: Promise<unknown>) => answer.then(String, (error: Error) => error.message)
const told = [{ key: 'a', message: 'waited' }]

test('one that hangs fails by itself; who was asked at the same time answers', async () => {
  const waits = problems('Waits')
  const loops = problems('Loops')
  loops.catch(() => {})
  expect(await waits).toEqual(told)
  await expect(loops).rejects.toThrow(/^validate of my.Loops did not come to an end: .* was killed/)
}, 120_000)

test('so it is with one that ends its process', async () => {
  const waits = problems('Waits')
  const ends = problems('Ends')
  ends.catch(() => {})
  expect(await waits).toEqual(told)
  expect(await settled(ends)).toContain('exit')
}, 120_000)

test('a host that has ended answers the next questions, all at once', async () => {
  await catalogue.close()
  expect(await Promise.all([problems('Waits'), problems('Waits')])).toEqual([told, told])
}, 120_000)

test('files that change meanwhile take no answer away', async () => {
  rmSync(asked)
  const waits = problems('Waits')
  await until('Waits to be asked', () => existsSync(asked))
  contents = catalogue.read()
  expect(await waits).toEqual(told)
  expect(await problems('Waits')).toEqual(told)
}, 120_000)

test('a plugin whose file cannot be loaded any more is not taken to have nothing to say', async () => {
  const known = problems
  await catalogue.close()
  writeFileSync(join(folder, 'Waits.ts'), "import 'bunnect'; throw new Error('broken')")
  expect(await settled(known('Waits'))).toContain('my.Waits cannot check its configuration')
}, 120_000)
