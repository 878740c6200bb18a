import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtInList } from '../../../src/cli/builtins.ts'
import { withoutClashes } from '../../../src/worker/outside/clashes.ts'
import { describedPlugin, describePlugin, outsideProblems } from '../../../src/worker/outside/description.ts'
import { type LoadedPlugins, loadPlugins } from '../../../src/worker/outside/load.ts'

const folder = mkdtempSync(join(tmpdir(), 'bunnect-load-'))
const path = join(folder, 'plugins')
const write = (name: string, text: string) => {
  mkdirSync(join(path, name, '..'), { recursive: true })
  writeFileSync(join(path, name), text)
}
const plugin = (maker: string, name: string, more: string) =>
  `import { ${maker} } from 'bunnect'\nexport const it = ${maker}({ className: '${name}', version: '1', config: {}, ${more} })\n`

let loaded: LoadedPlugins
beforeAll(async () => {
  write(
    'sound.ts',
    `import { key, atLeast, sinkConnector, transformation } from 'bunnect'
export const sink = sinkConnector({
  className: 'my.Sink', taskClassName: 'my.SinkTask', version: '2', idempotentPut: true,
  config: {
    size: key.int({ doc: 'Size', importance: 'low', default: 5, validator: atLeast(1) }),
    secret: key.password({ doc: 'Secret', importance: 'low', optional: true }),
  },
  validate: config => config['size'] === '13' ? [{ key: 'size', message: 'Not thirteen.' }] : [],
  task: () => ({ put() {} }),
})
export default [sink, transformation({ className: 'my.Transform', version: '1', config: {}, create: () => ({ apply: r => r }) })]
export const other = { kind: 'of something else' }
`,
  )
  write(
    'folder/index.ts',
    `import { five } from 'five'\nimport { six } from './six.ts'\n${plugin('predicate', 'my.P', 'create: () => ({ test: () => five < six })')}`,
  )
  write('folder/six.ts', 'export const six = 6')
  write('folder/node_modules/five/package.json', '{"name":"five","main":"lib/five.js"}')
  write('folder/node_modules/five/lib/five.js', 'exports.five = 5')
  write('main/package.json', '{"main":"src/start.js"}')
  write('main/src/start.js', plugin('converter', 'my.C', 'headerConverter: () => ({})'))
  write('throws.ts', "import { key } from 'bunnect'\n\nthrow new Error('not today')\n")
  write('syntax.ts', "import { key } from 'bunnect'\nconst a = = 1\n")
  write('lacks.ts', "import { key } from 'bunnect'\nimport { x } from './nowhere.ts'\nexport const it = x\n")
  write('none.ts', "import { key } from 'bunnect'\nexport const it = key\n")
  write(
    'shape.ts',
    "import { key } from 'bunnect'\nexport const it = { kind: 'sink', className: 'my.Shape', version: 1, config: { a: 'x' } }\n",
  )
  write('twin.ts', plugin('predicate', 'my.Sink', 'create: () => ({ test: () => true })'))
  write('waits.ts', "import { key } from 'bunnect'\nawait new Promise(() => {})\n")
  write('script.ts', 'return record')
  write('types.d.ts', "declare module 'bunnect' {}")
  write('sound.test.ts', "import 'bunnect'\nthrow new Error('a test is no plugin')")
  symlinkSync(join(folder, 'gone'), join(path, 'dangling.ts'))
  loaded = await loadPlugins([path, join(folder, 'missing')], 500)
})
afterAll(() => rmSync(folder, { recursive: true }))

test('files, folders with an index and packages with a main are loaded, each plugin once', () => {
  expect(loaded.plugins.map(({ kind, className, file }) => `${kind} ${className} ${file}`)).toEqual([
    `predicate my.P ${path}/folder/index.ts`,
    `converter my.C ${path}/main/src/start.js`,
    `sink my.Sink ${path}/sound.ts`,
    `transformation my.Transform ${path}/sound.ts`,
  ])
  expect(loaded.plugins.every(each => each.outside)).toBeTrue()
})

test.each([
  ['throws.ts', 'throws.ts:3:'],
  ['throws.ts', 'not today'],
  ['syntax.ts', 'syntax.ts:2:11: '],
  ['lacks.ts', './nowhere.ts'],
  ['none.ts', 'exports no plugin'],
  [
    'shape.ts',
    "my.Shape is no whole plugin: version must be a text, not a number; taskClassName must be a text, not undefined; task must be a function, not undefined; config.a must be made by key.string, key.int …, not 'x'",
  ],
  ['twin.ts', 'my.Sink is the class name of a plugin in'],
  ['waits.ts', 'has not finished loading within 500 ms'],
])('%s is listed with its reason: %s', (name, message) => {
  const failure = loaded.failures.find(({ file }) => file === join(path, name))
  expect(String(failure?.error)).toContain(message)
})

test('nothing else fails, and what is no plugin is not run', () => {
  const names = loaded.failures.map(({ file }) => file.slice(path.length + 1)).sort()
  expect(names).toEqual(
    ['lacks.ts', 'none.ts', 'shape.ts', 'syntax.ts', 'throws.ts', 'twin.ts', 'waits.ts', ''].sort(),
  )
  expect(String(loaded.failures.find(({ file }) => file === join(folder, 'missing'))?.error)).toContain(
    `Could not get listing for plugin path: ${folder}/missing. Ignoring.`,
  )
})

test('a plugin under the name of one that is built in is not used', () => {
  const [sink] = loaded.plugins.filter(({ kind }) => kind === 'sink')
  const twin = { ...sink!, className: 'org.apache.kafka.connect.file.FileStreamSinkConnector' }
  const { plugins, clashes } = withoutClashes(builtInList(), [sink!, twin])
  expect(plugins).toEqual([sink!])
  expect(clashes).toEqual([
    {
      file: `${path}/sound.ts`,
      message: `Plugin ${twin.className} of ${path}/sound.ts is not used: a class of that name is built in. Give it another className.`,
    },
  ])
})

test('what has changed is read again, with what it imports, and a mended file as well', async () => {
  const again = join(folder, 'again')
  const version = async () => (await loadPlugins([again])).plugins.map(plugin => plugin.version)
  const index = (text: string) => {
    mkdirSync(again, { recursive: true })
    writeFileSync(join(again, 'index.ts'), text)
  }
  const sound = `import { predicate } from 'bunnect'
import { version } from './version.ts'
export const it = predicate({ className: 'my.Again', version, config: {}, create: () => ({ test: () => true }) })
`
  index(sound)
  writeFileSync(join(again, 'version.ts'), "export const version = 'first'")
  expect(await version()).toEqual(['first'])
  writeFileSync(join(again, 'version.ts'), "export const version = 'second one'")
  expect(await version()).toEqual(['second one'])
  index(`${sound}throw new Error('broken')`)
  expect(await version()).toEqual([])
  expect(await version()).toEqual([])
  index(sound)
  expect(await version()).toEqual(['second one'])
})

describe('a description', () => {
  const sink = () => loaded.plugins.find(({ className }) => className === 'my.Sink')!

  test('can be sent, and its stand-in is validated against like the plugin', async () => {
    const stand = describedPlugin(structuredClone(describePlugin(sink())), async (name, config) => {
      expect(name).toBe('my.Sink')
      return await outsideProblems(sink(), config)
    })
    expect(Object.keys(stand.config)).toEqual(['size', 'secret'])
    expect(stand.config['secret']).toMatchObject({ secret: true, type: 'PASSWORD', required: false })
    expect(stand).toMatchObject({
      kind: 'sink',
      version: '2',
      idempotentPut: true,
      taskClassName: 'my.SinkTask',
    })
    expect(await stand.validate!({ size: '0' })).toEqual([
      { key: 'size', message: 'Invalid value 0 for configuration size: Value must be at least 1' },
    ])
    expect(await stand.validate!({ size: '13' })).toEqual([{ key: 'size', message: 'Not thirteen.' }])
    expect(await stand.validate!({ size: '1' })).toEqual([])
  })
  test('leaves to the stand-in what it can tell itself', async () => {
    // That it is no number; the validator's own complaint of what is null then is the JVM's.
    expect(await outsideProblems(sink(), { size: 'x' })).toEqual([
      { key: 'size', message: 'Invalid value null for configuration size: Value must be non-null' },
    ])
  })
  test('cannot be run', () => {
    const stand = describedPlugin(describePlugin(sink()), async () => [])
    if (stand.kind !== 'sink') throw new Error(stand.kind)
    expect(() => stand.task({}, {} as never)).toThrow('runs in task hosts only')
  })
})
