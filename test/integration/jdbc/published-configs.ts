import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseProperties } from '../../../src/config/properties.ts'
import type { ConnectWorker } from '../../servers/worker.ts'

const folder = resolve(import.meta.dir, '../../fixtures/jdbc-configs')

/** Files of published configurations, without the one that names their sources. */
export const publishedFiles = readdirSync(folder).filter(name => name !== 'SOURCES.md')

/** The lines of SOURCES.md, by file: where it was published, and what its configuration is PUT to. */
export const sources = new Map(
  readFileSync(join(folder, 'SOURCES.md'), 'utf8')
    .split('\n')
    .map(line => line.split('|').map(cell => cell.trim()))
    .filter(cells => cells.length === 6 && publishedFiles.includes(cells[1]!))
    .map(([, file, title, url, name]) => [file!, { title: title!, url: url!, name: name! }]),
)

/**
 * Hands a published configuration to a worker as its source hands it: the body of POST /connectors, or the
 * configuration alone to the name that the source gives it. `addresses` are the only texts that are replaced.
 * Resolves with the connector's name, when it and its tasks run.
 */
export async function runPublished(
  worker: ConnectWorker,
  file: string,
  addresses: Readonly<Record<string, string>>,
): Promise<string> {
  let text = readFileSync(join(folder, file), 'utf8')
  for (const [published, ours] of Object.entries(addresses)) text = text.replaceAll(published, ours)
  const name = await submit(worker, file, text)
  await worker.awaitState(name, 'RUNNING')
  return name
}

async function submit(worker: ConnectWorker, file: string, text: string): Promise<string> {
  if (file.endsWith('.properties')) {
    const { values } = parseProperties(Buffer.from(text), file)
    await worker.create(values)
    return values['name']!
  }
  const { name } = sources.get(file)!
  const [method, path] = name === '' ? ['POST', '/connectors'] : ['PUT', `/connectors/${name}/config`]
  const headers = { 'Content-Type': 'application/json' }
  const answer = await worker.fetch(path!, { method: method!, headers, body: text })
  const body = (await answer.json()) as { name: string }
  if (answer.status !== 201) throw new Error(`${file}: ${answer.status} ${JSON.stringify(body)}`)
  return body.name
}
