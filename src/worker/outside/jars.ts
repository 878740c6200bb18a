/**
 * Java plugins on plugin.path, as far as their archives tell: what stands in their service files.
 * Java: org.apache.kafka.connect.runtime.isolation.ServiceLoaderScanner
 */
import { dirname } from 'node:path'
import * as yauzl from 'yauzl'
import type { PluginType } from '../plugins.ts'

/** A class of an archive, which cannot be run here. */
export interface JavaPlugin {
  className: string
  types: readonly PluginType[]
  jar: string
}

export interface JavaPlugins {
  plugins: JavaPlugin[]
  /** Folders whose archives name no plugin at all: made before Kafka 3.6, found by the JVM's scan only. */
  silent: string[]
  failures: { file: string; error: unknown }[]
}

const SERVICES: Readonly<Record<string, PluginType>> = {
  'org.apache.kafka.connect.source.SourceConnector': 'source',
  'org.apache.kafka.connect.sink.SinkConnector': 'sink',
  'org.apache.kafka.connect.storage.Converter': 'converter',
  'org.apache.kafka.connect.storage.HeaderConverter': 'header_converter',
  'org.apache.kafka.connect.transforms.Transformation': 'transformation',
  'org.apache.kafka.connect.transforms.predicates.Predicate': 'predicate',
}
const FOLDER = 'META-INF/services/'
/** Invariant 7: a service file is a list of names. */
const MOST_BYTES = 1_048_576

/** Reads the directory of each archive and its service files, however large the rest is. */
export async function javaPlugins(jars: readonly string[]): Promise<JavaPlugins> {
  const plugins: JavaPlugin[] = []
  const failures: JavaPlugins['failures'] = []
  const telling = new Set<string>()
  for (const jar of jars) {
    try {
      const found = await pluginsIn(jar)
      plugins.push(...found)
      if (found.length > 0) telling.add(dirname(jar))
    } catch (error) {
      failures.push({ file: jar, error })
    }
  }
  const folders = new Set(jars.map(jar => dirname(jar)))
  return { plugins, silent: [...folders].filter(folder => !telling.has(folder)), failures }
}

async function pluginsIn(jar: string): Promise<JavaPlugin[]> {
  const types = new Map<string, PluginType[]>()
  for (const { name, text } of await serviceFiles(jar)) {
    for (const className of providers(text))
      types.set(className, [...(types.get(className) ?? []), SERVICES[name]!])
  }
  return [...types].map(([className, of]) => ({ className, types: of, jar }))
}

/** Java: ServiceLoader's format: a name a line, `#` begins a comment. */
function providers(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map(line => line.replace(/#.*/, '').trim())
    .filter(line => line !== '')
}

function serviceFiles(jar: string): Promise<{ name: string; text: string }[]> {
  return new Promise((resolve, reject) => {
    yauzl.open(jar, { lazyEntries: true, autoClose: true }, (error, archive) => {
      if (error) return reject(error)
      const found: { name: string; text: string }[] = []
      const fail = (failure: unknown) => {
        archive.close()
        reject(failure)
      }
      archive.on('error', fail)
      archive.on('end', () => resolve(found))
      archive.on('entry', (entry: yauzl.Entry) => {
        const name = entry.fileName.startsWith(FOLDER) ? entry.fileName.slice(FOLDER.length) : ''
        if (!Object.hasOwn(SERVICES, name) || entry.uncompressedSize > MOST_BYTES) return archive.readEntry()
        archive.openReadStream(entry, (failure, stream) => {
          if (failure) return fail(failure)
          const parts: Buffer[] = []
          stream.on('error', fail)
          stream.on('data', (part: Buffer) => parts.push(part))
          stream.on('end', () => {
            found.push({ name, text: Buffer.concat(parts).toString('utf8') })
            archive.readEntry()
          })
        })
      })
      archive.readEntry()
    })
  })
}
