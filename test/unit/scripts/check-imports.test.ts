import { expect, test } from 'bun:test'
import { checkImports } from '../../../scripts/import-rules.ts'

const faultsOf = (files: Record<string, string>) => checkImports(new Map(Object.entries(files))).faults

const dataText = 'src/data/text.ts'
const cliRun = 'src/cli/run.ts'

test.each<[string, string, string, string]>([
  [
    'a part above',
    dataText,
    `import { a } from '../config/keys.ts'`,
    'data must not import src/config/keys.ts',
  ],
  [
    'a part above, exported on',
    dataText,
    `export * from '../config/keys.ts'`,
    'data must not import src/config',
  ],
  ['its effects alone', dataText, `import '../config/keys.ts'`, 'data must not import src/config/keys.ts'],
  ['import()', dataText, `const a = await import('../config/keys.ts')`, 'data must not import src/config'],
  [
    'import() of a type',
    dataText,
    `type A = import('../config/keys.ts').A`,
    'data must not import src/config',
  ],
  [
    'import() in backquotes',
    dataText,
    'await import(`../config/keys.ts`)',
    'data must not import src/config',
  ],
  [
    'import() of many lines',
    dataText,
    `await import(\n'../config/keys.ts',\n)`,
    'data must not import src/config',
  ],
  ['require()', dataText, `require("../config/keys.ts")`, 'data must not import src/config/keys.ts'],
  ['import() of a part of text', cliRun, `await import(\`../\${name}.ts\`)`, 'cannot be read from the text'],
  ['import() of a variable', cliRun, 'await import(name)', 'cannot be read from the text'],
  [
    'one file of a part too many',
    'src/rest/a.ts',
    `import '../herder/standalone.ts'`,
    'rest must not import',
  ],
  ['a test', cliRun, `import '../../test/servers/run.ts'`, 'test/servers/run.ts is not part of the product'],
  [
    'a script',
    cliRun,
    `import '../../scripts/bun-test.ts'`,
    'scripts/bun-test.ts is not part of the product',
  ],
  ['a place outside', cliRun, `import '../../../x.ts'`, '../x.ts is not part of the product'],
  ['another connector', 'connectors/a/x.ts', `import '../b/y.ts'`, 'a connector imports another one'],
  [
    'a connector past its door',
    'connectors/a/x.ts',
    `import '../../src/data/a.ts'`,
    'must not import src/data/a.ts',
  ],
  [
    'a part that nobody knows',
    'src/new/a.ts',
    `import '../data/a.ts'`,
    'src/new is not in the table of parts',
  ],
  ['valibot in data', dataText, `import * as v from 'valibot'`, 'data must not import the package valibot'],
  ['files in data', dataText, `import fs from 'node:fs'`, 'data must not import the package node:fs'],
  ['files in config', 'src/config/keys.ts', `import 'node:fs'`, 'config must not import the package node:fs'],
  [
    'hono in herder',
    'src/herder/a.ts',
    `import { Hono } from 'hono'`,
    'herder must not import the package hono',
  ],
  [
    'platformatic in worker',
    'src/worker/a.ts',
    `import '@platformatic/kafka'`,
    'must not import the package',
  ],
  ['platformatic in embedded', 'src/kafka/embedded/a.ts', `import '@platformatic/kafka'`, 'must not import'],
  ['sqlite in rest', 'src/rest/a.ts', `import { Database } from 'bun:sqlite'`, 'the package bun:sqlite'],
  ['sqlite in kafka', 'src/kafka/jaas.ts', `import { Database } from 'bun:sqlite'`, 'the package bun:sqlite'],
  ['a package in a connector', 'connectors/a/x.ts', `import 'hono'`, 'must not import the package hono'],
])('%s is a fault', (_, file, text, fault) => {
  expect(faultsOf({ [file]: `// first line\n${text}\n` })).toEqual([expect.stringContaining(fault)])
})

test('a fault tells file and line', () => {
  expect(faultsOf({ [dataText]: `\n/** as import('../config/keys.ts') does */\nimport 'hono'\n` })).toEqual([
    'src/data/text.ts:3: data must not import the package hono',
  ])
})

test('folders that import each other', () => {
  const files = {
    'src/data/a/x.ts': `import '../b/y.ts'`,
    'src/data/b/y.ts': `import '../a/x.ts'`,
  }
  expect(faultsOf(files)).toEqual([
    'folders import each other: src/data/a -> src/data/b -> src/data/a (src/data/a/x.ts:1, src/data/b/y.ts:1)',
  ])
})

test('no file at all is a fault', () => {
  expect(faultsOf({})).toEqual(['no source file was found'])
})

test('what is allowed passes and is counted', () => {
  const files = {
    'src/config/a.ts': `import * as v from 'valibot'\nimport { b } from '../data/b.ts'`,
    'src/config/files.ts': `import { readFile } from 'node:fs/promises'`,
    'src/stores/a.ts': `import { Database } from 'bun:sqlite'`,
    'src/kafka/librdkafka/admin.ts': `const { Admin } = await import('@platformatic/kafka')`,
    'src/cli/a.ts': `import x from '../../connectors/file/index.ts'\nconst y = import('../rest/app.ts')`,
    'connectors/file/a.ts': `import { z } from '#bunnect'\nimport { w } from './w.ts'\nimport 'node:fs'`,
  }
  expect(checkImports(new Map(Object.entries(files)))).toEqual({ faults: [], imports: 10 })
})
