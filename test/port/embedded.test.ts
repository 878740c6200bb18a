import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { embeddedClient } from '../../src/kafka/embedded/client.ts'
import { portSuite } from './suite.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'bunnect-port-'))

portSuite({
  name: 'embedded',
  client: async () => embeddedClient(dataDir),
  properties: () => ({ 'bootstrap.servers': 'embedded' }),
  dispose: async () => rmSync(dataDir, { recursive: true, force: true }),
  capabilities: { compressions: ['none'] },
})
