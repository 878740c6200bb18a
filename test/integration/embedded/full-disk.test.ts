import { afterEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import { DEADLINE } from '../../port/harness.ts'
import { cleanUp, directory } from './support.ts'

afterEach(cleanUp)

/** A mount of its own for the child alone: as root, or as root of a user namespace. */
const UNSHARE =
  process.getuid?.() === 0 ? ['unshare', '--mount'] : ['unshare', '--mount', '--user', '--map-root-user']

test(
  'a full disk fails deliveries with a clear error, loses nothing, and the log goes on when there is room',
  () => {
    const mount = directory()
    const script = `mount -t tmpfs -o size=64m bunnect ${mount} && exec "$@"`
    const child = Bun.spawnSync([
      ...UNSHARE,
      'sh',
      '-c',
      script,
      'sh',
      process.execPath,
      join(import.meta.dir, 'full-disk-child.ts'),
      mount,
    ])
    expect(child.stderr.toString()).not.toContain('rror:')
    const told = JSON.parse(child.stdout.toString())
    expect(told).toMatchObject({
      code: 'KAFKA_STORAGE_ERROR',
      retriable: true,
      message: expect.stringMatching(
        /^The disk of the embedded log .*embedded-log\.db is full: .* Free some space/,
      ),
      allThere: true,
      nothingElse: true,
      again: true,
      afterwards: null,
      goesOn: true,
      offsetsInRow: true,
      reopened: true,
    })
    expect(told.ackedWhileFull).toBeGreaterThan(1000)
  },
  DEADLINE,
)
