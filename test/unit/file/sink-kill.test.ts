import { expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { until } from './task-context.ts'

test('SIGKILLs in the middle of writes leave no torn line, no merged line and no gap', async () => {
  const folder = mkdtempSync('/tmp/bunnect-sink-kill-')
  const [file, committed] = [join(folder, 'out'), join(folder, 'committed')]
  const size = () => statSync(file, { throwIfNoEntry: false })?.size ?? 0
  try {
    for (let round = 0; round < 25; round++) {
      const child = Bun.spawn(
        [process.execPath, join(import.meta.dir, 'sink-kill-child.ts'), file, committed],
        {
          stderr: 'ignore',
        },
      )
      const before = size()
      await until('the first lines', () => size() > before, 60_000)
      // As soon as a further write has begun: without waiting in between, it lasts a millisecond or two.
      const begun = size()
      const deadline = performance.now() + 10_000
      while (size() === begun && performance.now() < deadline);
      child.kill('SIGKILL')
      await child.exited
    }
    const child = Bun.spawn(
      [process.execPath, join(import.meta.dir, 'sink-kill-child.ts'), file, committed],
      {
        stderr: 'ignore',
      },
    )
    const before = size()
    await until('whole lines again', () => size() > before + 30_000_000, 60_000)
    child.kill('SIGKILL')
    await child.exited
    const lines = readFileSync(file, 'utf8').split('\n')
    lines.pop() // Cut off by the last kill, or empty.
    let highest = -1
    for (const line of lines) {
      const n = Number.parseInt(line, 10)
      expect(line === `${n} ${'x'.repeat(n % 200)}.`).toBe(true)
      expect(n).toBeLessThanOrEqual(highest + 1)
      highest = Math.max(highest, n)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}, 120_000)
