import { afterAll, expect, test } from 'bun:test'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { bunnectBinary } from '../../servers/worker.ts'

const root = resolve(import.meta.dir, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'bunnect-types-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** As an author's editor sees them: nothing of ours but the printed file. */
async function complaints(files: readonly string[]): Promise<string> {
  const { stdout } = Bun.spawnSync(
    [
      join(root, 'node_modules/typescript/bin/tsc'),
      ...[
        '--noEmit',
        '--strict',
        '--target',
        'esnext',
        '--module',
        'esnext',
        '--moduleResolution',
        'bundler',
      ],
      ...['--typeRoots', join(root, 'node_modules/@types'), '--types', 'bun'],
      ...files,
    ],
    { cwd: folder },
  )
  return stdout.toString()
}

test('an editor knows the SDK and scripts by what plugin-types prints', async () => {
  const { stdout, exitCode } = Bun.spawnSync([bunnectBinary(), 'plugin-types'], { cwd: folder })
  expect(exitCode).toBe(0)
  writeFileSync(join(folder, 'bunnect.d.ts'), stdout)
  cpSync(join(root, 'src/sdk/examples'), folder, { recursive: true })
  const files = [...new Bun.Glob('*.ts').scanSync(folder)]
  expect(files.length).toBe(7)
  expect(await complaints(files)).toBe('')
  writeFileSync(
    join(folder, 'slip.ts'),
    "import { Struct } from 'bunnect'\nStruct.nothing\nexport default ((record) => record.tpic) satisfies Script\n",
  )
  const told = await complaints(['bunnect.d.ts', 'slip.ts'])
  expect(told).toContain("slip.ts(2,8): error TS2339: Property 'nothing' does not exist")
  expect(told).toContain(
    "slip.ts(3,36): error TS2551: Property 'tpic' does not exist on type 'ScriptRecord'. Did you mean 'topic'?",
  )
}, 120_000)
