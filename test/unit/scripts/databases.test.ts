import { expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const script = resolve(import.meta.dir, '../../../scripts/databases')

test.each(['start', 'restart', 'clean'])('%s leaves a folder alone that is not its own', command => {
  const dir = mkdtempSync(join(tmpdir(), 'bunnect-databases-'))
  try {
    writeFileSync(join(dir, 'thesis.txt'), 'x')
    const { exitCode, stderr } = Bun.spawnSync([script, command, 'postgres', '--dir', dir, '--port', '24351'])
    expect(exitCode).toBe(1)
    expect(String(stderr)).toContain(`${dir} is no data folder of scripts/databases and not empty`)
    expect(readdirSync(dir)).toEqual(['thesis.txt'])
  } finally {
    rmSync(dir, { recursive: true })
  }
})
