import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtInPlugins } from '../../../src/cli/builtins.ts'
import { REGISTRY_FILE } from '../../../src/cli/own-registry.ts'
import { startWorker } from '../../../src/cli/worker.ts'
import { parseWorkerConfig } from '../../../src/config/worker-config.ts'
import { embeddedRegistry } from '../../../src/converters/registry/embedded-registry.ts'
import { openRegistry } from '../../../src/registry/open.ts'

test('a worker that fails to start gives its registry back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bunnect-registry-worker-'))
  const offsets = join(folder, 'offsets')
  writeFileSync(offsets, 'no offsets\n')
  const STRING = 'org.apache.kafka.connect.storage.StringConverter'
  const config = parseWorkerConfig('standalone', {
    'bootstrap.servers': 'embedded',
    'bunnect.data.dir': join(folder, 'data'),
    listeners: 'http://127.0.0.1:0',
    'key.converter': STRING,
    'value.converter': STRING,
    'offset.storage.file.filename': offsets,
  })
  try {
    // Asked for before the offset file is read, as by the converter of a task.
    const values = { ...config.values }
    let opened: Promise<unknown> | null = null
    Object.defineProperty(values, 'offset.storage.file.filename', {
      get: () => {
        opened = embeddedRegistry().catch(() => null)
        return offsets
      },
    })
    const started = startWorker({ ...config, values }, builtInPlugins())
    expect(await started.catch(error => error.message)).toContain('it holds text, not offsets')
    expect(opened).not.toBeNull()
    await opened
    expect(() => embeddedRegistry()).toThrow('this worker has no registry of its own')
    openRegistry({ file: join(folder, 'data', REGISTRY_FILE) }).close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
