import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProviderLog } from '../../../src/config/providers/provider.ts'
import { ConfigProviders } from '../../../src/config/providers/providers.ts'
import { referencesIn } from '../../../src/config/providers/references.ts'

const logged: string[] = []
const log: ProviderLog = {
  info: text => void logged.push(`INFO ${text}`),
  warn: text => void logged.push(`WARN ${text}`),
  error: text => void logged.push(`ERROR ${text}`),
}
const JAVA = 'org.apache.kafka.common.config.provider.'
let folder = ''
let secrets = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bunnect-providers-'))
  secrets = join(folder, 'secrets.properties')
  writeFileSync(secrets, 'user=anna\npass=p\\u00e4ss\nnative=grüße\nwith\\:colon=c\nempty=\n')
  writeFileSync(join(folder, 'latin.properties'), Buffer.from([0x61, 0x3d, 0xe4]))
  mkdirSync(join(folder, 'dir/sub'), { recursive: true })
  writeFileSync(join(folder, 'dir/password'), 'hunter2\n')
  symlinkSync(join(folder, 'dir/password'), join(folder, 'dir/link'))
  process.env['PROVIDER_TEST_TOKEN'] = 'tok-1'
  process.env['PROVIDER_OTHER_TOKEN'] = 'tok-2'
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  delete process.env['PROVIDER_TEST_TOKEN']
  delete process.env['PROVIDER_OTHER_TOKEN']
})

const open = (more: Record<string, string> = {}) =>
  ConfigProviders.open(
    {
      'config.providers': 'file, dir,env,nothing',
      'config.providers.file.class': `${JAVA}FileConfigProvider`,
      'config.providers.dir.class': 'Directory',
      'config.providers.env.class': 'EnvVarConfigProvider',
      ...more,
    },
    log,
  )
const resolved = async (value: string, more: Record<string, string> = {}) =>
  (await open(more).resolve({ value })).config['value']

describe('a value', () => {
  const cases: [string, () => string, string][] = [
    ['of a property file', () => `\${file:${secrets}:user}`, 'anna'],
    ['with an escape', () => `\${file:${secrets}:pass}`, 'päss'],
    ['in UTF-8', () => `\${file:${secrets}:native}`, 'grüße'],
    ['whose key has a colon', () => `\${file:${secrets}:with:colon}`, 'c'],
    ['that is empty', () => `<\${file:${secrets}:empty}>`, '<>'],
    ['of a folder, its line end kept', () => `\${dir:${folder}/dir:password}`, 'hunter2\n'],
    ['of a folder, through a link', () => `\${dir:${folder}/dir:link}`, 'hunter2\n'],
    ['of the environment', () => '${env:PROVIDER_TEST_TOKEN}', 'tok-1'],
    ['of the environment, with an empty path', () => '${env::PROVIDER_TEST_TOKEN}', 'tok-1'],
    [
      'made of several',
      () => `jdbc:x?user=\${file:${secrets}:user}&t=\${env:PROVIDER_TEST_TOKEN}&u=\${file:${secrets}:user}`,
      'jdbc:x?user=anna&t=tok-1&u=anna',
    ],
  ]
  for (const [what, reference, expected] of cases) {
    test(what, async () => expect(await resolved(reference())).toBe(expected))
  }
})

describe('stays as it is', () => {
  const cases: [string, () => string][] = [
    ['a provider nobody knows', () => '${vault:/x:y}'],
    ['a provider without a class', () => '${nothing:x}'],
    ['a key that is not there', () => `\${file:${secrets}:nope}`],
    ['a file in a folder that is none', () => `\${dir:${folder}/none:x}`],
    ['a folder instead of a file', () => `\${dir:${folder}/dir:sub}`],
    ['a variable that is not set', () => '${env:PROVIDER_NOT_SET}'],
    ['a file provider without a path', () => '${file:user}'],
    ['no reference at all', () => '${topic}-$1 {x:y}'],
  ]
  for (const [what, reference] of cases) {
    test(what, async () => expect(await resolved(reference())).toBe(reference()))
  }
})

test('the value of a reference is not looked through for references', async () => {
  process.env['PROVIDER_NESTED'] = '${env:PROVIDER_TEST_TOKEN}'
  expect(await resolved('${env:PROVIDER_NESTED}')).toBe('${env:PROVIDER_TEST_TOKEN}')
  delete process.env['PROVIDER_NESTED']
})

test('the parts of a reference', () => {
  expect(referencesIn('a${p:k}b${q:/x/y:k:l}')).toEqual([
    { text: '${p:k}', provider: 'p', path: '', key: 'k' },
    { text: '${q:/x/y:k:l}', provider: 'q', path: '/x/y', key: 'k:l' },
  ])
})

test('files are read anew each time, the environment once', async () => {
  const providers = open()
  const file = join(folder, 'rotating.properties')
  const raw = { a: `\${file:${file}:k}`, b: '${env:PROVIDER_TEST_TOKEN}' }
  writeFileSync(file, 'k=1\n')
  expect((await providers.resolve(raw)).config).toEqual({ a: '1', b: 'tok-1' })
  writeFileSync(file, 'k=2\n')
  process.env['PROVIDER_TEST_TOKEN'] = 'changed'
  expect((await providers.resolve(raw)).config).toEqual({ a: '2', b: 'tok-1' })
  process.env['PROVIDER_TEST_TOKEN'] = 'tok-1'
})

test('a key called __proto__ is one like any other', async () => {
  const raw = JSON.parse('{"__proto__": "a", "value": "${env:PROVIDER_TEST_TOKEN}"}')
  const { config } = await open().resolve<string>(raw)
  expect(Object.entries(config)).toEqual([
    ['__proto__', 'a'],
    ['value', 'tok-1'],
  ])
})

test('what was replaced is told, each reference once; nulls and keys are let be', async () => {
  const raw = {
    '${env:PROVIDER_TEST_TOKEN}': null,
    a: '${env:PROVIDER_TEST_TOKEN}${env:PROVIDER_TEST_TOKEN}',
  }
  expect(await open().resolve(raw)).toEqual({
    config: { '${env:PROVIDER_TEST_TOKEN}': null, a: 'tok-1tok-1' },
    replaced: [{ reference: '${env:PROVIDER_TEST_TOKEN}', value: 'tok-1' }],
    ttls: new Map(),
  })
})

describe('allowed', () => {
  const only = () => ({ 'config.providers.file.param.allowed.paths': join(folder, 'dir') })

  test('what lies below an allowed path, not what only begins like it or climbs out of it', async () => {
    writeFileSync(join(folder, 'dir/in.properties'), 'k=in\n')
    writeFileSync(join(folder, 'dirty.properties'), 'k=out\n')
    expect(await resolved(`\${file:${folder}/dir/in.properties:k}`, only())).toBe('in')
    expect(await resolved(`\${file:${folder}/dir/sub/../in.properties:k}`, only())).toBe('in')
    logged.length = 0
    for (const path of [`${folder}/dirty.properties`, `${folder}/dir/../dirty.properties`]) {
      expect(await resolved(`\${file:${path}:k}`, only())).toBe(`\${file:${path}:k}`)
      expect(logged).toContain(`WARN The path ${path} is not allowed to be accessed`)
    }
  })

  test('variables whose whole name fits the pattern', async () => {
    const pattern = { 'config.providers.env.param.allowlist.pattern': 'PROVIDER_TEST_.*' }
    expect(await resolved('${env:PROVIDER_TEST_TOKEN}${env:PROVIDER_OTHER_TOKEN}', pattern)).toBe(
      'tok-1${env:PROVIDER_OTHER_TOKEN}',
    )
  })
})

describe('refused', () => {
  test('a class nobody knows, a path that is relative or not there', () => {
    expect(() => open({ 'config.providers.file.class': 'nope.P' })).toThrow(
      'Invalid value nope.P for configuration config.providers.file.class: Could not load config provider class or one of its dependencies',
    )
    const allowed = (paths: string) => () => open({ 'config.providers.file.param.allowed.paths': paths })
    expect(allowed('etc')).toThrow('Path etc is not absolute')
    expect(allowed(`${folder},/nope`)).toThrow('Path /nope does not exist')
  })

  const failing: [string, () => string, () => string][] = [
    ['no such file', () => '${file:/nope:k}', () => 'Could not read properties from file /nope'],
    [
      'not UTF-8',
      () => `\${file:${folder}/latin.properties:a}`,
      () => `Could not read properties from file ${folder}/latin.properties`,
    ],
    [
      'a path for the environment',
      () => '${env:/x:k}',
      () => "Path is not supported for EnvVarConfigProvider, invalid value '/x'",
    ],
  ]
  for (const [what, reference, message] of failing) {
    test(what, async () => {
      const error = await resolved(reference()).then(
        () => null,
        error => error,
      )
      expect(error).toMatchObject({
        javaClass: 'org.apache.kafka.common.config.ConfigException',
        message: message(),
        hint: expect.stringMatching(/^Config provider '(?:file|env)' was asked for [ak] at /),
      })
    })
  }

  test('a file of a folder that is not UTF-8', async () => {
    const file = join(folder, 'dir/bytes')
    writeFileSync(file, Buffer.from([0xff]))
    await expect(resolved(`\${dir:${folder}/dir:bytes}`)).rejects.toThrow(
      `Could not read file ${file} for property bytes`,
    )
  })
})
