import { afterEach, expect, test } from 'bun:test'
import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTopic, DEADLINE, numbered, portOf, publish, readAll } from '../../port/harness.ts'
import { cleanUp, directory, openLog } from './support.ts'

afterEach(cleanUp)

/**
 * A power loss keeps what was synced and any part of what came after it. Before each acknowledgement the
 * write-ahead log is synced; so whatever is cut off or garbled behind the length it had then, the record stays.
 */
test(
  'what was acknowledged survives any damage behind the log as it was at the acknowledgement',
  async () => {
    const dataDir = directory()
    const file = join(dataDir, 'embedded-log.db')
    const client = openLog(dataDir)
    await createTopic(portOf(client), 't')
    const lengths: number[] = []
    for (let i = 0; i < 40; i++) {
      await publish(portOf(client), numbered('t', i * 25, i * 25 + 25))
      lengths.push(statSync(`${file}-wal`).size)
    }
    const partition = { topic: 't', partition: 0 }
    for (let step = 0; step < 39; step += 3) {
      for (const damage of ['cut', 'cut in a frame', 'garbled'] as const) {
        const copy = directory()
        copyFileSync(file, join(copy, 'embedded-log.db'))
        const wal = join(copy, 'embedded-log.db-wal')
        copyFileSync(`${file}-wal`, wal)
        const kept = lengths[step]!
        if (damage === 'cut') truncateSync(wal, kept)
        else if (damage === 'cut in a frame') truncateSync(wal, Math.min(kept + 5000, lengths.at(-1)!))
        else writeFileSync(wal, readFileSync(wal).fill(0xa5, kept, kept + 64))
        const survivor = openLog(copy)
        const { records } = await readAll(portOf(survivor), [partition])
        expect(records.length).toBe((step + 1) * 25)
        expect(records.every((record, i) => record.offset === i && record.value === String(i))).toBe(true)
        await survivor.close()
      }
    }
  },
  DEADLINE,
)
