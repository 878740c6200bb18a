import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedClient, embeddedClient } from '../../../src/kafka/embedded/client.ts'
import type { ClientProperties } from '../../../src/kafka/port.ts'

const opened: EmbeddedClient[] = []
const directories: string[] = []

/** An empty directory that is gone after {@link cleanUp}. */
export function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'bunnect-embedded-'))
  directories.push(path)
  return path
}

/** Opens the log; {@link cleanUp} closes it at the latest. */
export function openLog(path: string, properties: ClientProperties = {}): EmbeddedClient {
  const client = embeddedClient(path, properties)
  opened.push(client)
  return client
}

/** For `afterEach` of every file: a hook of this module's own would hold for the first file of a process only. */
export async function cleanUp(): Promise<void> {
  for (const client of opened.splice(0)) await client.close()
  for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true })
}
