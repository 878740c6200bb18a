import { afterEach } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedClient, embeddedClient } from '../../../src/kafka/embedded/client.ts'
import type { ClientProperties } from '../../../src/kafka/port.ts'

const opened: EmbeddedClient[] = []
const directories: string[] = []

/** An empty directory that is gone after the test. */
export function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'bunnect-embedded-'))
  directories.push(path)
  return path
}

/** Opens the log; it is closed after the test at the latest. */
export function openLog(path: string, properties: ClientProperties = {}): EmbeddedClient {
  const client = embeddedClient(path, properties)
  opened.push(client)
  return client
}

afterEach(async () => {
  for (const client of opened.splice(0)) await client.close()
  for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true })
})
